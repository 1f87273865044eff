#!/usr/bin/env node
/**
 * `npm run brute-force [-- --every N] [--seconds S] [TRACE...]`: confirms traces that say "minimal: proven" by a search
 * that knows nothing of the proof (src/shrink/brute-force.ts): every Nth of traces/gallery and traces/matrix in which one rule is off,
 * each for at most S seconds. Exit status 1: something smaller fails.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { smallerByBruteForce } from '../dist/src/shrink/brute-force.js';
import { minimalityOf } from '../dist/src/shrink/failure.js';
import { readTrace } from '../dist/src/trace/read.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, seconds: { type: 'string', default: '300' } },
});

const load = (path) => readTrace(readFileSync(path, 'utf8'));
const isSearchable = ({ minimal, without }) =>
  // that is another search, of schedules with constraints
  minimalityOf({ minimal }).minimal === 'proven' && without.length === 1 && !minimal.includes('; none with fewer');
const kept = ['gallery', 'matrix']
  .flatMap((folder) => readdirSync(`${root}/traces/${folder}`).map((name) => `${root}/traces/${folder}/${name}`))
  .filter((path) => isSearchable(load(path)));
const paths = positionals.length > 0 ? positionals : kept.filter((_, i) => i % Number(values.every) === 0);

const confirmed = { full: 0, top: 0, none: 0 };
let [refuted, unfinished] = [0, 0];
for (const path of paths) {
  const trace = load(path);
  const begin = process.cpuUsage().user;
  const end = begin + Number(values.seconds) * 1e6;
  const { scenarios, states, smaller, complete } = smallerByBruteForce(trace, () => process.cpuUsage().user >= end);
  const says =
    smaller !== null
      ? `WRONG: ${smaller.violation.property} in ${JSON.stringify(smaller.scenario)}`
      : complete
        ? 'confirmed'
        : 'unfinished';
  console.log(
    `${path.replace(root, '').padEnd(64)} ${says}: ${scenarios} scenarios, ${states} ` +
      `states, ${((process.cpuUsage().user - begin) / 1e6).toFixed(1)} s`,
  );
  if (smaller !== null) refuted++;
  else if (complete) confirmed[trace.scenario.mode]++;
  else unfinished++;
}
console.log(
  `confirmed: ${Object.entries(confirmed)
    .map(([mode, n]) => `${n} ${mode.toUpperCase()}`)
    .join(', ')}; refuted: ${refuted}; unfinished: ${unfinished}`,
);
process.exit(refuted > 0 ? 1 : 0);
