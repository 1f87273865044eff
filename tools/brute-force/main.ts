/**
 * Confirms traces that say "minimal: proven" by a search that knows nothing of the proof (src/shrink/brute-force.ts):
 * every Nth of traces/gallery and traces/matrix in which one rule is off, each for at most S seconds.
 *
 *     npm run brute-force [-- --every N] [--seconds S] [TRACE...]
 *
 * Exit status: 0 nothing smaller fails, 1 something does.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type BruteForce, smallerByBruteForce } from '../../src/shrink/brute-force.ts';
import { minimalityOf } from '../../src/shrink/failure.ts';
import { type FailingTrace, type Trace, isFailing } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ALL_SYNC_MODES } from '../../model/sync.ts';
import { ROOT } from '../copy-of-tree.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, seconds: { type: 'string', default: '300' } },
});

const load = (path: string): Trace => readTrace(readFileSync(path, 'utf8'));
const kept = ['gallery', 'matrix']
  .flatMap((folder) => readdirSync(`${ROOT}/traces/${folder}`).map((name) => `${ROOT}/traces/${folder}/${name}`))
  .filter((path) => isSearchable(load(path)));
const paths = positionals.length > 0 ? positionals : kept.filter((_, i) => i % Number(values.every) === 0);

const confirmed = new Map(ALL_SYNC_MODES.map((mode) => [mode, 0]));
let [refuted, unfinished] = [0, 0];
for (const path of paths) {
  const trace = loadFailing(path);
  const begin = process.cpuUsage().user;
  const end = begin + Number(values.seconds) * 1e6;
  const result = smallerByBruteForce(trace, () => process.cpuUsage().user >= end);
  const { scenarios, states, smaller, complete } = result;
  console.log(
    `${path.replace(ROOT, '').padEnd(64)} ${verdictOf(result)}: ${scenarios} scenarios, ${states} ` +
      `states, ${((process.cpuUsage().user - begin) / 1e6).toFixed(1)} s`,
  );
  if (smaller !== null) refuted++;
  else if (complete) confirmed.set(trace.scenario.mode, confirmed.get(trace.scenario.mode)! + 1);
  else unfinished++;
}
console.log(
  `confirmed: ${[...confirmed]
    .map(([mode, n]) => `${n} ${mode.toUpperCase()}`)
    .join(', ')}; refuted: ${refuted}; unfinished: ${unfinished}`,
);
process.exit(refuted > 0 ? 1 : 0);

/** Proofs about schedules with constraints are left out: they come from another search. */
function isSearchable(trace: Trace): boolean {
  return minimalityOf(trace).minimal === 'proven' && trace.without.length === 1 && !trace.minimal.includes('; none with fewer');
}

function loadFailing(path: string): FailingTrace {
  const trace = load(path);
  if (!isFailing(trace)) throw new Error(`${path}: nothing breaks in it, so nothing smaller can be searched for`);
  return trace;
}

function verdictOf({ smaller, complete }: BruteForce): string {
  if (smaller !== null) return `WRONG: ${smaller.violation.property} in ${JSON.stringify(smaller.scenario)}`;
  return complete ? 'confirmed' : 'unfinished';
}
