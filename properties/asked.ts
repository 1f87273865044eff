/** What a custom job is asked for in place of the usual properties, if it switches some off or has some of its own. */
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';
import type { Violation } from './property.ts';

/** A situation of a property of the job's own, and at which step of the run it was met first. */
export interface MarkMet {
  readonly name: string;
  readonly step: number;
}

/** A cell that such a property remembers, as it is called, and what it came to hold at which step. */
export interface Remembered {
  readonly name: string;
  readonly step: number;
  readonly value: number;
}

/** What such a property says, and what its latest finding rests on. */
export interface Grounds {
  readonly sentence: string;
  readonly remembered: readonly Remembered[];
  readonly marks: readonly MarkMet[];
}

export interface AskedInstead {
  /** Whether the order of steps may matter that are all the same to the job: then no search may leave one of two orders out. */
  readonly seesEveryStep: boolean;
  /** All situations of the job's own properties, and whether this run has met them. */
  readonly marks: readonly { readonly name: string; readonly isMet: boolean }[];
  begin(): void;
  /** @param watched what was changed or done, as bits of `Watched` */
  after(coroutine: Coroutine, step: Step, watched: number): Violation | null;
  end(): Violation | null;
  /** @returns null: it is no property of the job's own */
  groundsOf(property: string): Grounds | null;
}
