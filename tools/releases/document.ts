/** docs/releases.md: what becomes of each trace of a real QEMU on each release. */
import type { ReplayResult } from '../../src/replay/replay.ts';

export interface Column {
  readonly suite: string;
  /** With whose build it is. */
  readonly version: string;
}

/** One trace on one release, run by cowcheck and by its reproducer. */
export interface Cell extends Pick<ReplayResult, 'outcome' | 'detail'> {
  readonly trace: string;
  readonly suite: string;
  /** Of the reproducer. */
  readonly status: number | null;
  /** Its last line. */
  readonly said: string;
}

/** By what the two say: a run that diverges because QEMU refuses a command can't be expressed there. */
const WORDS: readonly (readonly [ReplayResult['outcome'], number, string])[] = [
  ['reproduced', 1, 'reproduced'],
  ['holds now', 0, 'holds'],
  ['diverged', 125, 'not expressible'],
];

/** Null: cowcheck and the reproducer are at odds. */
export const wordOf = ({ outcome, status }: Cell): string | null =>
  WORDS.find(([one, exit]) => one === outcome && exit === status)?.[2] ?? null;

export function releasesDocument(columns: readonly Column[], cells: readonly Cell[]): string {
  const traces = [...new Set(cells.map(({ trace }) => trace))];
  const of = (trace: string, suite: string): Cell => cells.find((cell) => cell.trace === trace && cell.suite === suite)!;
  return [
    '# Traces of real releases, on each release',
    '',
    'Written by `npm run releases-table`, which runs every trace of `traces/releases/` on every release that `cowcheck releases --fetch`',
    'has fetched: by `cowcheck replay`, and by its reproducer. A cell stands here only if both ran and agree.',
    '',
    row(['trace', ...columns.map(({ suite, version }) => `${version.split(' ')[0]}, ${suite}`)]),
    row(['---', ...columns.map(() => '---')]),
    ...traces.map((trace) => row([nameOf(trace), ...columns.map(({ suite }) => wordOf(of(trace, suite))!)])),
    '',
    '| word | `replay` says | the reproducer ends with |',
    '|---|---|---|',
    ...WORDS.map(([outcome, status, word]) => row([word, `\`${outcome}\``, String(status)])),
    '',
    '## Commands',
    '',
    '`TRACE` is the file in `traces/releases/`, without its ending.',
    '',
    '    npx cowcheck replay traces/releases/TRACE.trace.yaml --release SUITE',
    '    npx cowcheck explain traces/releases/TRACE.trace.yaml --format reproducer --out TRACE.py',
    '    python3 TRACE.py ~/.cache/cowcheck/qemu/SUITE/qemu-storage-daemon',
    '',
    '| suite | QEMU |',
    '|---|---|',
    ...columns.map(({ suite, version }) => row([suite, version])),
    '',
    '## What each reproducer said',
    '',
    row(['trace', 'suite', 'last line']),
    row(['---', '---', '---']),
    ...traces.flatMap((trace) => columns.map(({ suite }) => row([nameOf(trace), suite, escaped(of(trace, suite).said)]))),
    '',
  ].join('\n');
}

const nameOf = (trace: string): string => trace.replace(/^.*\/|\.trace\.yaml$/g, '');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** As it is within a table. */
const escaped = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('`', "'");
