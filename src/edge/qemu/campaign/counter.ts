/** Counts the runs of a campaign in their order, whichever worker thread was done first. */
import type { Shard } from '../../campaign/shard.ts';
import { QemuTally } from './tally.ts';
import type { QemuCampaign, QemuRun, QemuStarted } from './job.ts';
import { failingTraceOf, traceOf } from './real-trace.ts';
import { ValidationTally } from './validation-tally.ts';

/** @param nth of those of the shard, from 0 @returns its number among all. Shards take turns, as in `isInShard` */
export const runOfShard = (shard: Shard | null, nth: number): number => (shard === null ? nth : nth * shard.of + shard.number - 1);

export class Counter {
  readonly started: QemuStarted;
  readonly tally: QemuTally;
  /** Null: nobody wanted to know. */
  readonly validation: ValidationTally | null;
  readonly #campaign: QemuCampaign;
  /** Those that have ended while one before them has not, by their numbers. */
  readonly #early = new Map<number, QemuRun>();
  readonly #onRun: (run: QemuRun, of: QemuStarted) => void;
  /** How many have been counted. */
  #counted = 0;

  /** @param onRun told of each run that counts, in their order, and of the QEMU */
  constructor(campaign: QemuCampaign, started: QemuStarted, onRun: (run: QemuRun, of: QemuStarted) => void = () => {}) {
    this.#campaign = campaign;
    this.#onRun = onRun;
    this.started = started;
    this.tally = new QemuTally(started.modes, campaign.scope.faults);
    this.validation = campaign.validate ? new ValidationTally() : null;
  }

  /** Whether no run counts any more: the first failure ends a campaign that does not go on. */
  get isOver(): boolean {
    return !this.#campaign.keepGoing && this.tally.found.length > 0;
  }

  /** @returns how many runs count with it that did not count before */
  add(ended: QemuRun): number {
    const before = this.#counted;
    this.#early.set(ended.number, ended);
    for (let one = this.#takeNext(); one !== undefined; one = this.#takeNext()) {
      this.#counted++;
      this.#count(one);
    }
    return this.#counted - before;
  }

  /** The run whose turn it is; undefined: it has not ended, or none counts any more. */
  #takeNext(): QemuRun | undefined {
    const next = runOfShard(this.#campaign.shard, this.#counted);
    const one = this.isOver ? undefined : this.#early.get(next);
    this.#early.delete(next);
    return one;
  }

  #count(ended: QemuRun): void {
    const { run, result, validation } = ended;
    const { strategy, seed } = this.#campaign;
    const { version } = this.started;
    const foundBy = { strategy, seed, run };
    this.tally.add(result, () => failingTraceOf(result, version, foundBy));
    this.#onRun(ended, this.started);
    if (validation !== null) this.validation!.add(traceOf(result, version, foundBy), validation);
  }
}
