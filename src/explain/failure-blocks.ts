/** A failure for people, in four blocks: what broke, how, why, and how to go on. */
import { historyOf } from '../../model/backup/history.ts';
import { RULES, type Rule } from '../../model/backup/rules.ts';
import { isOwnJob } from '../../model/own-job/file-name.ts';
import type { Failure } from '../shrink/failure.ts';
import { traceColumns } from './columns.ts';
import { describeScenario } from './scenario.ts';
import { wrap } from './wrap.ts';

/** A way to go on: what it does, and what to type. */
export type WayOn = readonly [does: string, type: string];

type Paint = (style: 'red' | 'dim', text: string) => string;

/** Columns that all of it fits in, but for what is to be typed. */
const WIDTH = 80;
const INDENT = '   ';

/** @param n its number, where there may be others */
export function failureBlocks({ trace, cost, sentence }: Failure, n: number | null, waysOn: readonly WayOn[], paint: Paint = (_, text) => text): string[] {
  const { verdict, scenario, schedule } = trace;
  const words = (text: string): string[] => wrap(text, WIDTH - INDENT.length).map((line) => INDENT + line);
  const across = Math.max(...waysOn.map(([does]) => does.length)) + 3;
  return [
    `${paint('red', `${n === null ? '' : `${n}. `}${verdict.property} is broken`)} in mode ${scenario.mode.toUpperCase()}: ${plural(schedule.length, 'step')}, ${plural(cost.preemptions, 'preemption')}`,
    ...words(verdict.detail),
    '',
    ...words(describeScenario(scenario)),
    ...traceColumns(trace, WIDTH - INDENT.length).map((line) => `${INDENT}${line}`.trimEnd()),
    '',
    ...words(`Why: ${sentence}`),
    ...histories(trace).flatMap((history) => words(`${history}.`)),
    '',
    ...words(`Minimal: ${trace.minimal}`),
    '',
    ...waysOn.map(([does, type]) => `${INDENT}${paint('dim', does)}${' '.repeat(across - does.length)}${type}`),
  ];
}

/** Of an era, in which releases it was so. */
const histories = ({ job, cause }: Failure['trace']): string[] => (job === 'correct' || isOwnJob(job) ? [] : cause.map((rule) => historyOf(RULES[rule] as Rule)));

const plural = (count: number, thing: string): string => `${count.toLocaleString('en-US')} ${thing}${count === 1 ? '' : 's'}`;
