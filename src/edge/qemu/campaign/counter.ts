/** Counts the runs of a campaign in their order, whichever worker thread was done first. */
import { QemuTally } from './tally.ts';
import type { QemuCampaign, QemuRun, QemuStarted } from './job.ts';
import { failingTraceOf, traceOf } from './real-trace.ts';
import { ValidationTally } from './validation-tally.ts';

export class Counter {
  readonly started: QemuStarted;
  readonly tally: QemuTally;
  /** Null: nobody wanted to know. */
  readonly validation: ValidationTally | null;
  readonly #campaign: QemuCampaign;
  /** Those that have ended while one before them has not, by their numbers. */
  readonly #early = new Map<number, QemuRun>();
  #next = 0;

  constructor(campaign: QemuCampaign, started: QemuStarted) {
    this.#campaign = campaign;
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
    const before = this.#next;
    this.#early.set(ended.number, ended);
    for (let one = this.#early.get(this.#next); one !== undefined && !this.isOver; one = this.#early.get(++this.#next)) {
      this.#early.delete(this.#next);
      this.#count(one);
    }
    return this.#next - before;
  }

  #count({ run, result, validation }: QemuRun): void {
    const { strategy, seed } = this.#campaign;
    const { version } = this.started;
    const foundBy = { strategy, seed, run };
    this.tally.add(result, () => failingTraceOf(result, version, foundBy));
    if (validation !== null) this.validation!.add(traceOf(result, version, foundBy), validation);
  }
}
