/** A job that lacks a rule, and nobody says which: drawn from the gallery by a seed that stands in the address. */
import type { RuleName } from '../../model/backup/rules.ts';
import { randomNumbers } from '../../src/explore/random-numbers.ts';
import { isSameWithout } from '../../src/trace/cause.ts';
import type { Trace } from '../../src/trace/format.ts';
import type { Run } from '../run/run.ts';

export interface Mystery {
  readonly trace: Trace;
  readonly rule: RuleName;
  /** Four, the right one among them. */
  readonly suspects: readonly RuleName[];
}

const SUSPECTS = 4;

/** One seed always draws the same, as long as the gallery is the same. */
export function mysteryOf(seed: string, gallery: Readonly<Record<string, Trace>>): Mystery {
  const traces = Object.values(gallery).filter(({ cause, without }) => cause.length === 1 && without.length === 1);
  const random = randomNumbers(`mystery ${seed}`);
  const trace = traces[random.below(traces.length)]!;
  const rule = trace.cause[0]!;
  // Of the same mode first: nobody need think of TOP where there is none.
  const others = [...new Set(traces.toSorted((a, b) => Number(b.scenario.mode === trace.scenario.mode) - Number(a.scenario.mode === trace.scenario.mode)).map(({ cause }) => cause[0]!))].filter((name) => name !== rule);
  const drawn: RuleName[] = [];
  const near = others.slice(0, 2 * SUSPECTS + traces.filter(({ scenario }) => scenario.mode === trace.scenario.mode).length);
  while (drawn.length < SUSPECTS - 1) drawn.push(...near.splice(random.below(near.length), 1));
  const suspects = [...drawn];
  suspects.splice(random.below(SUSPECTS), 0, rule);
  return { trace, rule, suspects };
}

/** Whether a job that lacks this rule instead would have gone the same way, and broken the same. */
export function isAlsoRight({ scenario, setting, steps, broken }: Run, suspect: RuleName): boolean {
  return isSameWithout({ scenario, setting, steps: steps.slice(0, broken?.step) }, [suspect]);
}
