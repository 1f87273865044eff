/** What the checker is asked, and what it answers: plain data, since it works elsewhere (worker.ts). */
import type { Setting } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import type { Trace } from '../../src/trace/format.ts';

/** `any`: can this be broken at all? `cheapest`: with how few preemptions, and then how few steps? */
export interface Check {
  readonly kind: 'any' | 'cheapest';
  readonly scenario: Scenario;
  readonly setting: Setting;
}

/** Why a long run broke. */
export interface Why {
  readonly kind: 'why';
  /** Null: it is no trace's run. */
  readonly trace: Trace | null;
  readonly scenario: Scenario;
  readonly setting: Setting;
  /** Who ran, up to what broke. */
  readonly ids: readonly number[];
}

export type Question = Check | Why;

/** An order in which a property breaks. */
export interface Way {
  readonly property: string;
  readonly ids: readonly number[];
  readonly preemptions: number;
  /** Whether none takes fewer preemptions, nor of those one fewer steps. */
  readonly isCheapest: boolean;
}

/** `stopped` and `failed` come from the page, which asked, not from the search. */
export type Found =
  | { readonly is: 'broken'; readonly states: number; readonly way: Way }
  | { readonly is: 'holds' | 'memory' | 'stopped'; readonly states: number }
  | { readonly is: 'failed'; readonly why: string };

export type Answer = { readonly states: number } | { readonly found: Found } | { readonly explanation: Explanation | null };

/** For states, in bytes. */
export const BYTES_MAX = 2 ** 28;
