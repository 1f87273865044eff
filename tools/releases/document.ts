/** docs/releases.md: what becomes of each trace of a real QEMU on each release. */
import type { ProjectionResult } from '../../src/edge/qemu/campaign/projection.ts';
import { type Answer, GIVEN, SYNCS, isLegal } from '../../src/edge/qemu/daemon/bitmap-modes.ts';
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

/** A trace of the model, forced on one release. */
export interface ForcedCell {
  readonly trace: string;
  readonly suite: string;
  readonly outcome: ProjectionResult['outcome'];
  readonly detail: string;
}

/** Which bitmap-mode a release takes with which sync mode. */
export interface BitmapModes {
  readonly suite: string;
  readonly answers: readonly Answer[];
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

/** Where a release takes what the model has as illegal, or the other way round. */
export const atOddsWithModel = ({ answers }: BitmapModes): Answer[] => answers.filter((answer) => answer.isTaken !== isLegal(answer));

export function releasesDocument(
  columns: readonly Column[],
  cells: readonly Cell[],
  forced: readonly ForcedCell[],
  bitmapModes: readonly BitmapModes[],
): string {
  const traces = [...new Set(cells.map(({ trace }) => trace))];
  const of = (trace: string, suite: string): Cell => cells.find((cell) => cell.trace === trace && cell.suite === suite)!;
  return [
    '<!-- Written by `npm run releases-table`. -->',
    '',
    '# Bugs in real releases',
    '',
    '`npm run releases-table` runs every trace of `traces/releases/` on every release that `cowcheck releases --fetch`',
    'has fetched: by `cowcheck replay`, and by its reproducer. A cell stands here only if both ran and agree.',
    '',
    ...tableOf(columns, cells, (cell) => wordOf(cell)!),
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
    '## Traces of the model, forced on each release',
    '',
    'What `cowcheck check --job qemu-11.1 --faults` finds in the model, from nothing: `traces/today/`. `cowcheck qemu` forces the order of',
    'each on a real QEMU.',
    '',
    ...tableOf(columns, forced, ({ outcome }) => outcome),
    '',
    '    npx cowcheck check --job qemu-11.1 --faults --seconds 60 --keep-going',
    '    npx cowcheck qemu traces/today/TRACE.trace.yaml --release SUITE',
    '',
    row(['trace', 'suite', 'what QEMU did']),
    row(['---', '---', '---']),
    ...forced.map(({ trace, suite, detail }) => row([nameOf(trace), suite, escaped(detail)])),
    '',
    '## Bitmap-modes',
    '',
    'Which bitmap-mode goes with which sync mode, asked of each release with a job on disks of nothing. The model has the same',
    '(`bitmapModes` in `model/sync.ts`); a release that answers otherwise ends `npm run releases-table` with 1.',
    '',
    row(['sync', ...GIVEN]),
    row(['---', ...GIVEN.map(() => '---')]),
    ...SYNCS.map((sync) =>
      row([
        sync,
        ...GIVEN.map((given) => {
          const taken = bitmapModes.filter(({ answers }) => answers.some((one) => one.sync === sync && one.given === given && one.isTaken));
          if (taken.length === bitmapModes.length) return 'yes';
          return taken.length === 0 ? '' : `yes: ${taken.map(({ suite }) => suite).join(', ')}`;
        }),
      ]),
    ),
    '',
    '## What each reproducer said',
    '',
    row(['trace', 'suite', 'last line']),
    row(['---', '---', '---']),
    ...traces.flatMap((trace) => columns.map(({ suite }) => row([nameOf(trace), suite, escaped(of(trace, suite).said)]))),
    '',
  ].join('\n');
}

/** A row for each trace, a column for each release. */
function tableOf<C extends { trace: string; suite: string }>(
  columns: readonly Column[],
  cells: readonly C[],
  word: (cell: C) => string,
): string[] {
  const traces = [...new Set(cells.map(({ trace }) => trace))];
  const wordFor = (trace: string, suite: string): string => word(cells.find((cell) => cell.trace === trace && cell.suite === suite)!);
  return [
    row(['trace', ...columns.map(({ suite, version }) => `${version.split(' ')[0]}, ${suite}`)]),
    row(['---', ...columns.map(() => '---')]),
    ...traces.map((trace) => row([nameOf(trace), ...columns.map(({ suite }) => wordFor(trace, suite))])),
  ];
}

const nameOf = (trace: string): string => trace.replace(/^.*\/|\.trace\.yaml$/g, '');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** As it is within a table. */
const escaped = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('`', "'");
