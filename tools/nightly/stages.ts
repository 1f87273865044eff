/** The heavy stages of `npm run nightly`, each with the minutes that it may take on two cores. */
import type { Stage } from './run-stages.ts';

const tool = (name: string, ...more: string[]): string[] => [process.execPath, `dist/tools/${name}/main.js`, ...more];
/** Runs a command in a copy of the tree, where these files must come out as they are in the tree. */
const unchanged = (files: readonly string[], command: readonly string[]): string[] => [
  process.execPath,
  'dist/tools/nightly/in-copy.js',
  ...files.flatMap((file) => ['--same', file]),
  '--',
  ...command,
];

export const STAGES: readonly Stage[] = [
  {
    name: 'specs',
    does: 'the specs of two sizes, at full size',
    minutes: 30,
    command: [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--project', 'nightly'],
  },
  {
    name: 'false-proofs',
    does: 'mutants of custom jobs and of the model: random search refutes none that exhaustive search has proved',
    minutes: 70,
    command: tool('false-proofs', '--mutants', '200', '--different', '60', '--minutes', '65'),
  },
  {
    name: 'checker-mutants',
    does: 'mutants of the checker: a spec turns red for at least 95 %, and for each unsound reduction',
    minutes: 100,
    command: tool('checker-mutants'),
  },
  { name: 'kills', does: 'a search that is killed: all that it told is on disk and replays', minutes: 20, command: tool('kills') },
  {
    name: 'fuzz',
    does: 'files with mistakes, for the readers of files',
    minutes: 15,
    command: tool('fuzz', '--mutations', '3000000', '--seed', 'nightly'),
  },
  {
    name: 'fresh-folders',
    does: 'the packed tarball in fresh folders, with each test runner, on Node 22 and 24',
    minutes: 8,
    command: tool('fresh-folders', '--node', '22', '--node', '24'),
  },
  { name: 'page', does: 'the page in Chromium, with every trace of the gallery', minutes: 12, command: tool('e2e', '--all') },
  {
    name: 'mistakes',
    does: 'mistakes in jobs that no rule names: all that were written by hand, and 95 % of those that are drawn',
    minutes: 9,
    command: tool('ordering-mistakes'),
  },
  {
    name: 'sabotage',
    does: 'the oracle of a real QEMU: 200 effects of each kind of sabotage',
    minutes: 15,
    command: tool('sabotage'),
  },
  {
    name: 'same-traces',
    does: 'the same bug gives the same trace, whatever was found first',
    minutes: 60,
    command: tool('same-traces', '--seeds', '5'),
  },
  {
    name: 'brute-force',
    does: 'whether a plain search finds anything smaller than what was proven minimal',
    minutes: 40,
    command: tool('brute-force'),
  },
  {
    name: 'rules-matrix',
    does: 'the matrix of rules is the one in docs/ and traces/',
    minutes: 60,
    command: unchanged(['docs/rules.json', 'traces/matrix'], tool('rules-matrix')),
  },
  {
    name: 'top-ending',
    does: 'the search of the end of TOP comes to what docs/ says',
    minutes: 20,
    command: unchanged(['docs/top-ending.json', 'traces/gallery'], tool('top-ending')),
  },
  {
    name: 'strategy-matrix',
    does: 'how soon each strategy finds each rule that is off, with few seeds',
    minutes: 20,
    command: tool('strategy-matrix', '--seeds', '2', '--max', '5000', '--out', '/dev/stdout'),
  },
];
