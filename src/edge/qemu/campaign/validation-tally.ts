/** What a campaign's logs came to when they were checked against the model. */
import type { Trace } from '../../../trace/format.ts';
import type { Validation } from '../../../validate/validate.ts';
import type { Refusal } from '../../../validate/refusal.ts';

/** A log that is no run of the model. */
export interface Refused {
  readonly trace: Trace;
  readonly refusals: readonly Refusal[];
}

/** More would only be more of the same. */
const KEPT_MAX = 10;

export class ValidationTally {
  validated = 0;
  unfinished = 0;
  /** Those that are no runs of the model. */
  refused = 0;
  /** The first of them. */
  readonly kept: Refused[] = [];
  /** Runs that the model has nothing to compare with, by the reason. */
  readonly notCompared = new Map<string, number>();

  add(trace: Trace, result: Validation): void {
    if (result.outcome === 'a run of the model') this.validated++;
    else if (result.outcome === 'unfinished') this.unfinished++;
    else if (result.outcome === 'not compared') count(this.notCompared, result.why);
    else {
      this.refused++;
      if (this.kept.length < KEPT_MAX) this.kept.push({ trace, refusals: result.refusals });
    }
  }

  get compared(): number {
    return this.validated + this.refused + this.unfinished;
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
