/** docs/broken-builds.md: which mistakes in QEMU's backup cowcheck finds from outside, and how soon. */
import { code, table } from '../docs/markdown.ts';
import type { Edit } from './edit.ts';
import { type Budget, type Trial, commandOf } from './trial.ts';

/** docs/broken-builds.json */
export interface Results {
  /** Debian's version of the sources. */
  readonly version: string;
  readonly budget: Budget;
  /** QEMU as it is. */
  readonly asItIs: Trial;
  /** Without the known bugs of this release: what every edit is made in. */
  readonly mended: Trial;
  readonly trials: readonly Trial[];
  /** What a reader must know of how it was measured. */
  readonly note?: string;
}

/** So few say nothing of a build in which nothing was found. */
const RUNS_FEW = 100;

export function brokenBuildsDocument(results: Results, edits: readonly Edit[], mends: readonly Edit[]): string {
  const { version, budget, asItIs, mended, trials, note } = results;
  const rows = edits.flatMap((edit) => trials.filter(({ name }) => name === edit.name).map((trial) => ({ edit, trial })));
  const found = rows.filter(({ trial }) => trial.verdict === 'broken').map(({ trial }) => trial.runs);
  const tooFew = rows.filter(({ trial }) => trial.verdict !== 'broken' && trial.runs < RUNS_FEW);
  return [
    '<!-- Written by `npm run broken-builds`. -->',
    '',
    '# Broken builds of QEMU',
    '',
    'Would cowcheck find the mistake in your patch? `npm run broken-builds` answers by experiment: it builds `qemu-storage-daemon` from',
    `Debian's source package (QEMU ${version}), as it is and with one rule of the backup broken at a time, and runs`,
    '',
    `    npx cowcheck ${commandOf(budget, 'BUILD').join(' ')}`,
    '',
    'on each build, which ends at the first failure.',
    '',
    '## Result',
    '',
    `**${found.length} of ${rows.length} broken builds are found (${percent(found.length, rows.length)}), half of them within ` +
      `${median(found)} runs**, the last one in run ${Math.max(...found)}.`,
    ...(tooFew.length === 0 ? [] : [`Of those that are not, ${tooFew.length} had fewer than ${RUNS_FEW} runs: nothing is known of them.`]),
    '',
    ...(note === undefined ? [] : [note, '']),
    table(
      ['build', 'verdict', 'runs', 'property', 'seconds'],
      [
        ['QEMU as it is', asItIs],
        [`QEMU without its known bugs: ${mends.map(({ name }) => code(name)).join(', ')}`, mended],
      ].map(([what, trial]) => [what as string, ...summary(trial as Trial)]),
    ),
    '',
    'QEMU as it is has bugs of its own, which `cowcheck qemu` finds ([releases.md](releases.md)). They are fixed before anything',
    'else is broken, so that what is found is what was broken:',
    '',
    table(
      ['known bug', 'step', 'what goes wrong'],
      mends.map(({ name, step, wrong }) => [code(name), step, wrong]),
    ),
    '',
    '## Build by build',
    '',
    'Steps are those of [qemu-today.md](qemu-today.md), and so are the numbers of what QEMU promises. Runs are counted from 1.',
    '',
    table(
      ['build', 'step', 'found in run', 'property', 'promise', 'what cowcheck said', 'seconds'],
      rows.map(({ edit, trial }) => [
        code(edit.name),
        edit.step,
        trial.verdict === 'broken' ? String(trial.runs) : `**not** in ${trial.runs}`,
        trial.property === null ? '' : code(trial.property),
        trial.promise ?? '',
        trial.said ?? '',
        String(trial.seconds),
      ]),
    ),
    '',
    '## What each build breaks',
    '',
    table(
      ['build', 'rule', 'without it'],
      rows.map(({ edit }) => [code(edit.name), edit.rule, edit.wrong]),
    ),
    '',
    '## What is not found, and why',
    '',
    ...rows
      .filter(({ trial }) => trial.verdict !== 'broken')
      .map(({ edit: { name, unseen } }) => `- ${code(name)}: ${unseen ?? 'a longer search may find it'}.`),
    '',
  ].join('\n');
}

const summary = ({ verdict, runs, property, seconds }: Trial): string[] => [
  verdict,
  String(runs),
  property === null ? '' : code(property),
  String(seconds),
];

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, number) => sum + number, 0) / middle.length;
}
