/** The heavy stages of `npm run nightly`, each with the minutes that it may take on two cores. */
import type { Stage } from './run-stages.ts';

const tool = (file: string, ...more: string[]): string[] => [process.execPath, `dist/tools/${file}.js`, ...more];
const script = (file: string, ...more: string[]): string[] => [process.execPath, `scripts/${file}.mjs`, ...more];
/** Runs a command in a copy of the tree, where these files must come out as they are in the tree. */
const unchanged = (files: readonly string[], command: readonly string[]): string[] =>
  tool('nightly/in-copy', ...files.flatMap((file) => ['--same', file]), '--', ...command);

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
    minutes: 90,
    command: tool('false-proofs/main', '--mutants', '300'),
  },
  {
    name: 'checker-mutants',
    does: 'mutants of the checker: a spec turns red for at least 95 %, and for each unsound reduction',
    minutes: 100,
    command: tool('checker-mutants/main'),
  },
  { name: 'kills', does: 'a search that is killed: all that it told is on disk and replays', minutes: 20, command: tool('kills/main') },
  {
    name: 'fuzz',
    does: 'files with mistakes, for the readers of files',
    minutes: 15,
    command: script('fuzz-readers', '--mutations', '3000000', '--seed', 'nightly'),
  },
  { name: 'mistakes', does: 'ordering mistakes that no rule names', minutes: 5, command: script('ordering-mistakes') },
  {
    name: 'sabotage',
    does: 'the oracle of a real QEMU: 200 effects of each kind of sabotage',
    minutes: 15,
    command: script('qemu-sabotage'),
  },
  {
    name: 'same-traces',
    does: 'the same bug gives the same trace, whatever was found first',
    minutes: 60,
    command: script('same-traces', '--seeds', '5'),
  },
  {
    name: 'brute-force',
    does: 'whether a plain search finds anything smaller than what was proven minimal',
    minutes: 40,
    command: script('brute-force'),
  },
  {
    name: 'rules-matrix',
    does: 'the matrix of rules is the one in docs/ and traces/',
    minutes: 60,
    command: unchanged(['docs/rules.json', 'traces/matrix'], script('rules-matrix')),
  },
  {
    name: 'top-ending',
    does: 'the search of the end of TOP comes to what docs/ says',
    minutes: 20,
    command: unchanged(['docs/top-ending.json', 'traces/gallery'], script('top-ending')),
  },
  {
    name: 'strategy-matrix',
    does: 'how soon each strategy finds each rule that is off, with few seeds',
    minutes: 20,
    command: script('strategy-matrix', '--seeds', '2', '--max', '5000', '--out', '/dev/stdout'),
  },
];
