#!/usr/bin/env node
/**
 * `npm run rule-traces [-- RULE...]`: searches for a smaller trace of each rule than the one in
 * traces/rules/, and writes it there. A trace that does not reproduce any more is always replaced.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RULES, RULE_NAMES } from '../dist/model/backup/rules.js';
import { generated } from '../dist/src/generate/sources.js';
import { Benches, runUnit } from '../dist/src/explore/campaign.js';
import { failureOf } from '../dist/src/shrink/failure.js';
import { costOf, isLess } from '../dist/src/shrink/cost.js';
import { readTrace } from '../dist/src/trace/read.js';
import { replay } from '../dist/src/trace/replay.js';
import { writeTrace } from '../dist/src/trace/write.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '12' } } });
const MODES = ['full', 'top', 'none'];
const UNIT = 20_000;

for (const rule of positionals.length > 0 ? positionals : RULE_NAMES) {
  const path = new URL(`../traces/rules/${rule}.trace.yaml`, import.meta.url);
  const kept = existsSync(path) ? usable(readTrace(readFileSync(path, 'utf8'))) : null;
  let best = kept;
  for (const { trace, cost } of found(rule)) if (best === null || isLess(cost, best.cost)) best = { trace, cost };
  if (best === null) console.log(`${rule}: no trace found`);
  else if (best !== kept) writeFileSync(path, writeTrace(best.trace));
  if (best !== null) console.log(`${rule.padEnd(30)} ${best === kept ? 'kept' : 'new '} ${best.trace.scenario.mode} ${best.trace.verdict.property}, ${best.trace.schedule.length} steps`);
}

function usable(trace) {
  return replay(trace).outcome === 'reproduced' ? { trace, cost: costOf(trace) } : null;
}

/** Failures of which this rule alone is the cause. */
function* found(rule) {
  const source = generated({ clusters: 3, clusterSectors: 2, writes: 3, faults: RULES[rule].needsFaults === true });
  const setting = { effects: 'sector', wake: 'any', without: [rule], requestsMin: 3 };
  for (const mode of MODES) {
    for (let n = 0; n < Number(values.seeds); n++) {
      const about = { strategy: 'portfolio', seed: `rule ${n}` };
      const unit = { mode, number: 0, schedules: n === 0 ? UNIT : UNIT / 4 };
      const result = runUnit({ ...about, setting, keepGoing: false }, source, unit, new Benches(), () => false);
      if (result.found.length === 0) break;
      const failure = failureOf(result.found[0], { ...about, setting }, () => false);
      if (failure.trace.cause.join() === rule) yield failure;
    }
  }
}
