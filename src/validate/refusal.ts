/** How far the model can follow the log of a real run that is none of its own. */
import type { TraceStep } from '../trace/format.ts';

/** A way through the model that shows the log up to an event, and no further. */
export interface Refusal {
  /** The step of the trace that the model does not come to, from 1. */
  readonly step: number;
  /** The events of the log of which none could come next. */
  readonly next: readonly string[];
  /** What the model could have shown there: `g1: store target 0-1`. */
  readonly instead: readonly string[];
  /** Who waits there for somebody else: `job: wait c1`. */
  readonly waiting: readonly string[];
  readonly schedule: readonly TraceStep[];
}
