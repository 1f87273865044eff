/** Who does something behind QEMU's back. */
import type { GuestRun } from './guest.ts';
import type { Held } from './held.ts';
import type { CaseView } from './oracle.ts';

export interface Saboteur {
  /** A step has been taken. */
  afterStep(view: CaseView): void;
  issued(run: GuestRun, view: CaseView): void;
  /** Whether the effect of a request is lost. */
  drops(held: Held, view: CaseView): boolean;
}
