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
import { ANY_COST, cheapestSchedule } from '../dist/src/explore/cheapest.js';
import { Experiment } from '../dist/src/explore/experiment.js';
import { isLess } from '../dist/src/shrink/cost.js';
import { failureOf, provenFailure } from '../dist/src/shrink/failure.js';
import { settingOf } from '../dist/src/trace/replay.js';
import { writeTrace } from '../dist/src/trace/write.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '3' } } });
const MODES = ['full', 'top', 'none'];
const UNIT = 20_000;
const PROOF_MS = 60_000;
const RACE = 'drainBeforeUnhook';

for (const rule of positionals.length > 0 ? positionals : RULE_NAMES) {
  write('rules', rule, smallestOf(MODES.flatMap((mode) => [...failures(rule, mode, 'any')])));
}
if (positionals.length === 0 || positionals.includes(RACE)) {
  for (const wake of ['any', 'qemu']) {
    const plain = smallestOf([...failures(RACE, 'top', wake)]);
    write('gallery', `${RACE}-${wake}`, plain);
    write('gallery', `${RACE}-throttled-${wake}`, throttled(plain));
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

/** The smallest failure of which only scenarios with I/O limits are looked at. @param plain one without */
function throttled({ trace }) {
  const scenario = { ...trace.scenario, disk: { ...trace.scenario.disk, throttled: true } };
  const setting = settingOf(trace);
  const { machine, properties } = new Experiment(scenario, setting);
  const { cheapest } = cheapestSchedule(machine, properties, { below: ANY_COST, bytesMax: 2 ** 28, shouldStop: () => false }, ({ property }) => property === trace.verdict.property);
  const unshrunk = failureOf({ scenario, ...cheapest, run: trace.found.run, unit: 0 }, { ...trace.found, setting }, () => true);
  return proven(unshrunk, ({ disk }) => disk.throttled === true);
}

/** Of equally small ones the first. */
function smallestOf(all) {
  return all.reduce((best, failure) => (best === null || isLess(failure.cost, best.cost) ? failure : best), null);
}

/** Failures in a mode of which this rule alone is the cause, as small as can be. */
function* failures(rule, mode, wake) {
  const source = generated({ clusters: 3, clusterSectors: 2, writes: 3, faults: RULES[rule].needsFaults === true });
  const setting = { effects: 'sector', wake, without: [rule], requestsMin: 3 };
  for (let n = 0; n < Number(values.seeds); n++) {
    const about = { strategy: 'portfolio', seed: `rule ${n}` };
    const unit = { mode, number: 0, schedules: n === 0 ? UNIT : UNIT / 4 };
    const result = runUnit({ ...about, setting, keepGoing: false }, source, unit, new Benches(), () => false);
    if (result.found.length === 0) break;
    const failure = failureOf(result.found[0], { ...about, setting }, () => false);
    if (failure.trace.cause.join() === rule) yield proven(failure);
  }
}
