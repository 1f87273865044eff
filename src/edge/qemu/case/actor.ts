/** What could happen next in a case: a command, or the effect or the reply of a request that we hold. */
import type { Held } from '../disks/held.ts';

export interface Actor {
  readonly id: number;
  readonly who: string;
  /** What it would do next. */
  readonly what: string;
  /** Of a request that we hold. */
  readonly held?: Held;
  readonly run: () => void;
}
