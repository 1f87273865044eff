/** What is said of a rule that a job of some family asks. */
import type { Remembered } from './history.ts';

export interface Rule extends Remembered {
  readonly sentence: string;
  /** What goes wrong without it. */
  readonly without: string;
  /** It can be missed only where I/O fails (`check --faults`). */
  readonly needsFaults?: true;
}
