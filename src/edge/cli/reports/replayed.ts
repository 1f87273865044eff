/** What became of traces that were run again: each as it comes, and how many ended in which way where there are many. */
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { type Trace, isFailing } from '../../../trace/format.ts';
import { shellWord } from '../../../explain/shell-word.ts';
import { printable } from '../../../trace/printable.ts';
import { io } from '../io/io.ts';
import { count, plural } from '../io/terminal.ts';
import type { Paint } from './page.ts';
import { TABLE_FROM } from './table.ts';

/** A fix that adds a wait makes the order of a trace impossible. */
const afterAFix = (path: string, job: string): string[] => [
  'After a fix that adds a wait, this is the expected result. To be sure, run other',
  `orders: cowcheck check --job ${shellWord(printable(job))} --scenario ${shellWord(printable(path))}`,
];

/** How one trace ended. */
export interface Replayed {
  readonly outcome: string;
  readonly detail: string;
}

export interface ReplayedWords {
  /** How many traces there are in all. */
  readonly many: number;
  /** Only traces that do not end as they should. */
  readonly quiet: boolean;
  /** All of each, however many there are. */
  readonly verbose: boolean;
  /** Of an outcome. */
  readonly style: (outcome: string) => Parameters<Paint>[0];
  readonly paint: Paint;
}

/** @param isFine whether it ended as it should: of many such traces there is no more to say */
export function printReplayed(
  path: string,
  trace: Trace,
  { outcome, detail }: Replayed,
  isFine: boolean,
  { many, quiet, verbose, style, paint }: ReplayedWords,
): void {
  if (quiet && isFine) return;
  const { job, scenario, schedule } = trace;
  const about = `job ${job}, mode ${scenario.mode.toUpperCase()}, ${plural(schedule.length, 'step')}${isFailing(trace) ? '' : ', holds'}`;
  const lines = [
    `${paint(style(outcome), outcome)}  ${printable(path)}`,
    ...(verbose ? [`  ${printable(about)}`] : []),
    ...(many < TABLE_FROM || !isFine || verbose ? [`  ${printable(detail)}`] : []),
    ...(outcome === 'diverged' && isFailing(trace) && isCustomJob(job) ? afterAFix(path, job).map((line) => `  ${line}`) : []),
  ];
  io().out(`${lines.join('\n')}\n`);
}

/** `12 traces: 10 reproduced, 2 diverged` */
export function printReplayedSum(results: readonly Replayed[], { many, quiet }: Pick<ReplayedWords, 'many' | 'quiet'>): void {
  if (many < TABLE_FROM || quiet || results.length === 0) return;
  const byOutcome = new Map<string, number>();
  for (const { outcome } of results) byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + 1);
  io().out(`${plural(results.length, 'trace')}: ${[...byOutcome].map(([outcome, n]) => `${count(n)} ${outcome}`).join(', ')}\n`);
}
