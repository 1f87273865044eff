/**
 * Searches the end of TOP and its neighbours (cases.ts), which takes minutes. The outcomes go to docs/top-ending.json,
 * and the smallest traces to traces/gallery/, where they keep what is said about them. `npm run docs` makes
 * docs/top-ending.md of both.
 *
 *     npm run top-ending
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trace } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';
import { corpusText } from '../corpus.ts';
import { CASES } from './cases.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { searchEnding, traceOf } from './search.ts';

const outcomes: Outcome[] = [];
for (const ending of CASES) {
  for (const wake of ['any', 'qemu'] as const) {
    const before = outcomes.at(-1);
    if (before?.name === ending.name && before.verdict === 'holds') continue; // any order includes QEMU's
    const result = searchEnding(ending, wake);
    outcomes.push(outcomeOf(ending, wake, result));
    console.log(
      `${ending.name}, ${wake}: ${result.smallest === null ? 'holds' : 'breaks'}, ${result.scenarios} scenarios, ${result.states} states`,
    );
    if (wake === 'qemu' && result.smallest !== null && !ending.marksSkipped)
      keep(`top-ending-${ending.name}`, traceOf(ending, wake, result.smallest));
  }
}
writeFileSync(join(ROOT, 'docs/top-ending.json'), `${JSON.stringify(outcomes, null, 1)}\n`);

function keep(name: string, trace: Trace): void {
  const path = join(ROOT, `traces/gallery/${name}.trace.yaml`);
  const about = existsSync(path) ? readTrace(readFileSync(path, 'utf8')).about : undefined;
  writeFileSync(path, corpusText({ ...(about === undefined ? {} : { about }), ...trace }));
}
