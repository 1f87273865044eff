/** A job that lacks a rule, and nobody says which: drawn from the gallery by a seed that stands in the address. */
import type { RuleName } from '../../model/machine/job-names.ts';
import { isSameWithout } from '../../src/search/diagnose/cause.ts';
import type { Trace } from '../../src/trace/format.ts';
import type { Run } from '../../src/run/run.ts';
import { drawsOf } from './draw.ts';

export interface Mystery {
  readonly trace: Trace;
  readonly rule: RuleName;
  /** Four, the right one among them. */
  readonly suspects: readonly RuleName[];
}

const SUSPECTS = 4;
/** The wrong ones are drawn of so many. */
const NEAR = 8;

/** One seed always draws the same, as long as the gallery is the same. */
export function mysteryOf(seed: string, gallery: Readonly<Record<string, Trace>>): Mystery {
  const traces = Object.values(gallery).filter(({ cause, without }) => cause.length === 1 && without.length === 1);
  const draw = drawsOf(`mystery ${seed}`);
  const trace = traces[draw(traces.length)]!;
  const rule = trace.cause[0]!;
  const near = nearest(trace, traces);
  const drawn: RuleName[] = [];
  while (drawn.length < SUSPECTS - 1) drawn.push(...near.splice(draw(near.length), 1));
  const suspects = [...drawn];
  suspects.splice(draw(SUSPECTS), 0, rule);
  return { trace, rule, suspects };
}

/** Other rules whose scenarios are most like it: of those that nobody would think of here there is nothing to guess. */
function nearest(trace: Trace, traces: readonly Trace[]): RuleName[] {
  const rule = trace.cause[0]!;
  const sorted = traces.toSorted((a, b) => likeness(b, trace) - likeness(a, trace));
  return [...new Set(sorted.map(({ cause }) => cause[0]!))].filter((name) => name !== rule).slice(0, NEAR);
}

function likeness({ scenario: a }: Trace, { scenario: b }: Trace): number {
  const kinds = ({ guest }: Trace['scenario']): string => [...new Set(guest.map(({ kind }) => kind))].toSorted().join();
  return (
    Number(a.mode === b.mode) +
    Number(kinds(a) === kinds(b)) +
    Number((a.faults === undefined) === (b.faults === undefined)) +
    Number(a.cancel === b.cancel)
  );
}

/** Whether a job that lacks this rule instead would have gone the same way, and broken the same. */
export function isAlsoRight({ scenario, setting, steps, broken }: Run, suspect: RuleName): boolean {
  return isSameWithout({ scenario, setting, steps: steps.slice(0, broken?.step) }, [suspect]);
}
