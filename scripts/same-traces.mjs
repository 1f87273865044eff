#!/usr/bin/env node
/**
 * `npm run same-traces [-- --seeds N] [RULE...]`: the same bug should give the same trace, whatever was
 * found first. For each rule and each mode to which it means something: how many of N searches with
 * seeds of their own end in the same trace, all but where it was found.
 */
import { parseArgs } from 'node:util';
import { RULES, RULE_NAMES } from '../dist/model/families/notifier/rules.js';
import { generated } from '../dist/src/scenarios/sources.js';
import { Benches, runUnit } from '../dist/src/search/campaign/campaign.js';
import { failureOf, provenFailure } from '../dist/src/shrink/failure.js';
import { writeTrace } from '../dist/src/trace/write.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '30' } } });
const MODES = ['full', 'top', 'none'];
/** What `check` draws from. */
const SCOPE = { clusters: 4, clusterSectors: 2, writes: 3 };
const SCHEDULES_MAX = 60_000;
const PROOF_MS = 60_000;
/** Searches without a failure before a mode is given up. */
const PATIENCE = 2;

for (const rule of positionals.length > 0 ? positionals : RULE_NAMES) {
  for (const mode of MODES) {
    const traces = [...tracesOf(rule, mode)];
    if (traces.length === 0) continue;
    const same = traces.map(({ text }) => traces.filter((other) => other.text === text).length);
    const proven = traces.filter(({ minimal }) => minimal.startsWith('proven')).length;
    console.log(`${rule.padEnd(28)} ${mode.padEnd(5)} ${Math.max(...same)} of ${traces.length} the same, ${proven} proven`);
  }
}

function* tracesOf(rule, mode) {
  const source = generated({ ...SCOPE, faults: RULES[rule].needsFaults === true });
  const setting = { effects: 'sector', wake: 'any', without: [rule], requestsMin: SCOPE.writes };
  const benches = new Benches();
  const proofs = new Map();
  let found = 0;
  for (let n = 0; n < Number(values.seeds); n++) {
    if (n >= PATIENCE && found === 0) return;
    const search = { strategy: 'portfolio', seed: `same ${n}`, setting };
    const [first] = runUnit(
      { ...search, keepGoing: false },
      source,
      { mode, number: 0, schedules: SCHEDULES_MAX },
      benches,
      () => false,
    ).found;
    if (first === undefined) continue;
    found++;
    yield proven(failureOf(first, search, () => false));
  }

  /** From one and the same failure every proof comes to the same. */
  function proven(failure) {
    const before = aboveFound(failure.trace);
    if (!proofs.has(before)) {
      const end = cpuMs() + PROOF_MS;
      const { trace } = provenFailure(failure, () => cpuMs() >= end);
      proofs.set(before, { text: aboveFound(trace), minimal: trace.minimal });
    }
    return proofs.get(before);
  }
}

/** A busy machine must not make proofs fail. */
function cpuMs() {
  return process.cpuUsage().user / 1000;
}

function aboveFound({ found: _, ...above }) {
  return writeTrace(above);
}
