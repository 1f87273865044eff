/** All that is said of a failing trace, as plain data: every format prints this and nothing else. */
import type { RuleName } from '../../model/machine/job-names.ts';
import { ENDED } from '../../model/kernel/step.ts';
import { type FailingTrace, type Trace, isFailing } from '../trace/format.ts';
import type { GuiltyStep, MissingOrder, Shape } from './story/facts.ts';
import { factsOf } from './facts-of.ts';
import { type Passing, nearestPassing } from './passing.ts';
import { describeScenario } from './scenario.ts';
import { sliceOf } from './slice.ts';
import { type SectorState, type Story, clusterOf, storyOf } from './story/story.ts';
import { type WithCorrect, withCorrect } from './with-correct.ts';

export interface Row {
  readonly n: number;
  readonly who: string;
  readonly what: string;
  readonly saw: string;
  readonly state: SectorState | null;
  /** What of the state this step changed. */
  readonly changed: readonly (keyof SectorState)[];
  /** The number of its footnote, from 1. */
  readonly note: number | null;
}

/** A coroutine, and from which step to which it is under way. */
export interface Lane {
  readonly who: string;
  readonly first: number;
  readonly last: number;
}

export interface Explanation {
  readonly trace: FailingTrace;
  readonly property: string;
  readonly mode: string;
  /** The bare fact, in the property's words. */
  readonly detail: string;
  readonly preemptions: number;
  readonly sector: number | null;
  readonly cluster: number | null;
  readonly expected: string | null;
  readonly got: string | null;
  readonly scenario: string;
  readonly shape: Shape | null;
  readonly sentence: string;
  readonly guilty: readonly GuiltyStep[];
  readonly order: MissingOrder | null;
  readonly passing: Passing | null;
  /** Null: the job has all its rules on. */
  readonly correct: WithCorrect | null;
  /** The coroutines that ran, in the order of their lanes. */
  readonly lanes: readonly Lane[];
  readonly rows: readonly Row[];
  /** The numbers of the rows that are worth showing. */
  readonly slice: readonly number[];
  /** The rules that would have kept it. */
  readonly rules: readonly RuleName[];
}

/** @returns null if nothing breaks in the trace, whether it says so or not */
export function explain(trace: Trace): Explanation | null {
  if (!isFailing(trace)) return null;
  const story = storyOf(trace);
  if (story === null) return null;
  const facts = factsOf(story);
  const correct = story.experiment.setting.without.length === 0 ? null : withCorrect(story);
  const { verdict, preemptions } = story;
  return {
    trace,
    property: verdict.property,
    mode: trace.scenario.mode.toUpperCase(),
    detail: verdict.detail,
    preemptions,
    sector: facts.sector,
    cluster: facts.sector === null ? null : clusterOf(story, facts.sector),
    expected: verdict.expected ?? null,
    got: verdict.got ?? null,
    scenario: describeScenario(trace.scenario),
    shape: facts.shape,
    sentence: facts.sentence,
    guilty: facts.guilty,
    order: facts.order,
    passing: nearestPassing(story, facts.order),
    correct,
    lanes: lanesOf(story),
    rows: rowsOf(story, facts.guilty),
    slice: sliceOf(story, facts, correct?.impossible?.step ?? null),
    rules: trace.cause,
  };
}

/** Whether the run was what the trace says, step by step: then the trace is reproduced. */
export function isAsTold({ trace, rows, property, sector, expected, got }: Explanation): boolean {
  const { schedule, verdict } = trace;
  if (schedule.length !== rows.length || verdict.step !== rows.length || verdict.property !== property) return false;
  if (sector !== null && (verdict.sector ?? sector) !== sector) return false;
  if ((verdict.expected ?? null) !== expected || (verdict.got ?? null) !== got) return false;
  return rows.every(
    ({ who, what, saw }, i) =>
      schedule[i]!.who === who && schedule[i]!.what === what && (schedule[i]!.saw === '' || schedule[i]!.saw === saw),
  );
}

const FIRST_LANES = ['job', 'job2', 'user', 'operator'];

/**
 * The jobs, the user and the operator at the monitor, then the guests in the order of the scenario, each with the tasks that work for it.
 * A lane that has not ended is under way.
 */
function lanesOf({ steps, trace }: Story): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const { who, n, next } of steps) lanes.set(who, { who, first: lanes.get(who)?.first ?? n, last: next === ENDED ? n : steps.length });
  const names = [...FIRST_LANES, ...trace.scenario.guest.map(({ id }) => id)];
  return names.flatMap((name) => [...lanes.values()].filter(({ who }) => who.split('.', 1)[0] === name).toSorted(byName));
}

const byName = (a: Lane, b: Lane): number => (a.who < b.who ? -1 : 1);

function rowsOf({ steps, verdict }: Story, guilty: readonly GuiltyStep[]): Row[] {
  const notes = new Map(guilty.map(({ step }, i) => [step, i + 1]));
  let before: SectorState | null = null;
  return steps.map(({ n, who, what, saw, state }): Row => {
    const now = state !== null && n === steps.length && verdict.expected !== undefined ? { ...state, shows: verdict.got ?? '-' } : state;
    const changed =
      now === null || before === null ? [] : (Object.keys(now) as (keyof SectorState)[]).filter((key) => now[key] !== before![key]);
    before = now;
    return { n, who, what, saw, state: now, changed, note: notes.get(n) ?? null };
  });
}

/** What is shown: rows, and how many are folded between them. */
export type Line = Row | { readonly folded: number };

export const isFold = (line: Line): line is { readonly folded: number } => 'folded' in line;

/** @param isFull every row, whatever the slice says */
export function linesOf({ rows, slice }: Explanation, isFull: boolean): Line[] {
  if (isFull) return [...rows];
  const lines: Line[] = [];
  let next = 1;
  for (const n of slice) {
    if (n > next) lines.push({ folded: n - next });
    lines.push(rows[n - 1]!);
    next = n + 1;
  }
  return lines;
}
