#!/usr/bin/env node
/**
 * `npm run rule-traces [-- RULE...]`: searches for the smallest trace of each rule, proves that it is as
 * far as a minute goes, and writes it to traces/rules/; of several modes, that of the smallest. Then the
 * race of QEMU's TOP mode on a source with and without I/O limits, in both wake orders, to traces/gallery/.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RULES, RULE_NAMES } from '../dist/model/backup/rules.js';
import { generated } from '../dist/src/generate/sources.js';
import { Benches, runUnit } from '../dist/src/explore/campaign.js';
import { isLess } from '../dist/src/shrink/cost.js';
import { failureOf, provenFailure } from '../dist/src/shrink/failure.js';
import { writeTrace } from '../dist/src/trace/write.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '3' } } });
const MODES = ['full', 'top', 'none'];
const UNIT = 20_000;
const PROOF_MS = 60_000;
const RACE = 'drainBeforeUnhook';

for (const rule of positionals.length > 0 ? positionals : RULE_NAMES) {
  const smallest = smallestOf(MODES.flatMap((mode) => [...failures({ rule, mode, wake: 'any' })].map((failure) => proven(failure))));
  write('rules', rule, smallest);
}
if (positionals.length === 0 || positionals.includes(RACE)) {
  for (const wake of ['any', 'qemu']) {
    for (const throttled of [false, true]) {
      const counts = ({ disk }) => (disk.throttled ?? false) === throttled;
      const found = [...failures({ rule: RACE, mode: 'top', wake, counts })].filter(({ trace }) => counts(trace.scenario));
      write('gallery', [RACE, ...(throttled ? ['throttled'] : []), wake].join('-'), smallestOf(found.map((failure) => proven(failure, counts))));
    }
  }
}

function write(folder, name, failure) {
  if (failure === null) return console.log(`${name}: no trace found`);
  const { trace, cost } = failure;
  const to = new URL(`../traces/${folder}/`, import.meta.url);
  mkdirSync(to, { recursive: true });
  writeFileSync(new URL(`${name}.trace.yaml`, to), writeTrace(trace));
  console.log(`${name.padEnd(30)} ${trace.scenario.mode} ${trace.verdict.property}, ${cost.requests} requests, ${cost.clusters} clusters, ${cost.preemptions} preemptions, ${cost.steps} steps: ${trace.minimal}`);
}

function proven(failure, counts) {
  const end = Date.now() + PROOF_MS;
  return provenFailure(failure, () => Date.now() >= end, counts);
}

/** Of equally small ones the first. */
function smallestOf(failures) {
  return failures.reduce((best, failure) => (best === null || isLess(failure.cost, best.cost) ? failure : best), null);
}

/** Failures in a mode of which this rule alone is the cause, shrunk. */
function* failures({ rule, mode, wake, counts = () => true }) {
  const drawn = generated({ clusters: 3, clusterSectors: 2, writes: 3, faults: RULES[rule].needsFaults === true });
  const source = { ...drawn, draw: (...about) => drawUntil(() => drawn.draw(...about), counts) };
  const setting = { effects: 'sector', wake, without: [rule], requestsMin: 3 };
  for (let n = 0; n < Number(values.seeds); n++) {
    const about = { strategy: 'portfolio', seed: `rule ${n}` };
    const unit = { mode, number: 0, schedules: n === 0 ? UNIT : UNIT / 4 };
    const result = runUnit({ ...about, setting, keepGoing: false }, source, unit, new Benches(), () => false);
    if (result.found.length === 0) break;
    const failure = failureOf(result.found[0], { ...about, setting }, () => false);
    if (failure.trace.cause.join() === rule) yield failure;
  }
}

function drawUntil(draw, counts) {
  for (;;) {
    const scenario = draw();
    if (counts(scenario)) return scenario;
  }
}
