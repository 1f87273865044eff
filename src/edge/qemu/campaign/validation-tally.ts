/** What a campaign's logs came to when they were checked against the model. */
import type { Trace } from '../../../trace/format.ts';
import { type DepartureName, DEPARTURES } from '../../../validate/departures.ts';
import type { Validation } from '../../../validate/validate.ts';
import type { Refusal } from '../../../validate/refusal.ts';

/** A log that is no run of the model, and nothing that is known of QEMU explains it. */
export interface Unexplained {
  readonly trace: Trace;
  readonly refusals: readonly Refusal[];
}

/** More would only be more of the same. */
const KEPT_MAX = 10;

export class ValidationTally {
  validated = 0;
  unfinished = 0;
  unexplained = 0;
  /** The first of them. */
  readonly kept: Unexplained[] = [];
  /** Refused logs by what QEMU is known to do otherwise. */
  readonly departures = new Map<DepartureName, number>();
  /** Runs that the model has nothing to compare with, by the reason. */
  readonly notCompared = new Map<string, number>();

  add(trace: Trace, result: Validation): void {
    if (result.outcome === 'a run of the model') this.validated++;
    else if (result.outcome === 'unfinished') this.unfinished++;
    else if (result.outcome === 'not compared') count(this.notCompared, result.why);
    else if (result.departure !== null) count(this.departures, result.departure);
    else {
      this.unexplained++;
      if (this.kept.length < KEPT_MAX) this.kept.push({ trace, refusals: result.refusals });
    }
  }

  /** Those that are no runs of the model, explained or not. */
  get refused(): number {
    return this.unexplained + this.#explained;
  }

  get #explained(): number {
    return sum(this.departures.values());
  }

  get compared(): number {
    return this.validated + this.refused + this.unfinished;
  }

  /** In the order of their table. */
  get byDeparture(): [DepartureName, number][] {
    return (Object.keys(DEPARTURES) as DepartureName[]).flatMap((name) =>
      this.departures.has(name) ? [[name, this.departures.get(name)!]] : [],
    );
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);
