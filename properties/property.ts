/** What a property is. Each lives in a file of its own, with its statement and its spec beside it. */
import type { Content } from '../model/block/content.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';

export interface Violation {
  readonly property: string;
  /** Where and what, if it is about a sector. */
  readonly sector?: number;
  readonly expected?: Content;
  readonly got?: Content;
  /** Ids of those who wait for ever, if it is about that (waiting.ts). */
  readonly waiting?: readonly number[];
  /** It is about the second disk of the machine, or its backup. */
  readonly isOfSecond?: true;
  /** One line about the particular case, ready to print. */
  readonly detail: string;
}

export interface Property {
  readonly name: string;
  /** What it says, in one sentence. */
  readonly sentence: string;
  /** What must have changed for it to be asked after a step: bits of `Watched`. */
  readonly watches: number;
  /** A run begins. */
  begin(): void;
  /** A step has run that changed something of what it watches. @param watched what was changed or done, as bits of `Watched` */
  after(coroutine: Coroutine, step: Step, watched: number): Violation | null;
  /** Nothing can run any more. */
  end(): Violation | null;
}
