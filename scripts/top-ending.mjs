#!/usr/bin/env node
/**
 * `npm run top-ending`: searches the end of TOP and its neighbours (tools/top-ending/cases.ts), which takes minutes, and
 * writes what came of it to docs/top-ending.json, with the smallest traces in traces/gallery/, where
 * they keep what is said about them. `npm run docs` makes docs/top-ending.md of it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CASES } from '../dist/tools/top-ending/cases.js';
import { searchEnding, traceOf } from '../dist/tools/top-ending/search.js';
import { outcomeOf } from '../dist/tools/top-ending/outcome.js';
import { readTrace } from '../dist/src/trace/read.js';
import { writeTrace } from '../dist/src/trace/write.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const outcomes = [];
for (const ending of CASES) {
  for (const wake of ['any', 'qemu']) {
    if (outcomes.at(-1)?.name === ending.name && outcomes.at(-1).verdict === 'holds') continue; // QEMU's order is among any
    const result = searchEnding(ending, wake);
    outcomes.push(outcomeOf(ending, wake, result));
    console.log(
      `${ending.name}, ${wake}: ${result.smallest === null ? 'holds' : 'breaks'}, ${result.scenarios} scenarios, ${result.states} states`,
    );
    if (wake === 'qemu' && result.smallest !== null && !ending.marksSkipped)
      keep(`top-ending-${ending.name}`, traceOf(ending, wake, result.smallest));
  }
}
writeFileSync(`${root}/docs/top-ending.json`, `${JSON.stringify(outcomes, null, 1)}\n`);

function keep(name, trace) {
  const path = `${root}/traces/gallery/${name}.trace.yaml`;
  const { about } = existsSync(path) ? readTrace(readFileSync(path, 'utf8')) : {};
  writeFileSync(path, writeTrace({ ...(about === undefined ? {} : { about }), ...trace }));
}
