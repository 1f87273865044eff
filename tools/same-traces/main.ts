/**
 * The same bug should give the same trace, whatever was found first. For each rule and each mode to which it means
 * something, this counts how many of N searches with different seeds end in the same trace, apart from where it was
 * found.
 *
 *     npm run same-traces [-- --seeds N] [RULE...]
 */
import { parseArgs } from 'node:util';
import { RULES, RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import type { Rule } from '../../model/families/rule.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import { generated } from '../../src/scenarios/sources.ts';
import { Benches, runUnit } from '../../src/search/campaign/campaign.ts';
import { type Failure, failureOf, provenFailure } from '../../src/shrink/failure.ts';
import type { Trace } from '../../src/trace/format.ts';
import { writeTrace } from '../../src/trace/write.ts';

interface Smallest {
  /** The trace, without where it was found. */
  readonly text: string;
  readonly minimal: string;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '30' } } });
/** What `check` draws from. */
const SCOPE = { clusters: 4, clusterSectors: 2, writes: 3 };
const SCHEDULES_MAX = 60_000;
const PROOF_MS = 60_000;
/** Searches without a failure before a mode is given up. */
const PATIENCE = 2;

for (const rule of positionals.length > 0 ? (positionals as RuleName[]) : RULE_NAMES) {
  for (const mode of SYNC_MODES) {
    const traces = [...tracesOf(rule, mode)];
    if (traces.length === 0) continue;
    const same = traces.map(({ text }) => traces.filter((other) => other.text === text).length);
    const proven = traces.filter(({ minimal }) => minimal.startsWith('proven')).length;
    console.log(`${rule.padEnd(28)} ${mode.padEnd(5)} ${Math.max(...same)} of ${traces.length} the same, ${proven} proven`);
  }
}

function* tracesOf(rule: RuleName, mode: SyncMode): Generator<Smallest> {
  const { needsFaults }: Rule = RULES[rule];
  const source = generated({ ...SCOPE, faults: needsFaults === true });
  const setting: Setting = { effects: 'sector', wake: 'any', without: [rule], requestsMin: SCOPE.writes };
  const benches = new Benches();
  const proofs = new Map<string, Smallest>();
  let found = 0;
  for (let n = 0; n < Number(values.seeds); n++) {
    if (n >= PATIENCE && found === 0) return;
    const search = { strategy: 'portfolio', seed: `same ${n}`, setting };
    const unit = { mode, number: 0, schedules: SCHEDULES_MAX };
    const [first] = runUnit({ ...search, keepGoing: false }, source, unit, benches, () => false).found;
    if (first === undefined) continue;
    found++;
    const failure = failureOf(first, search, () => false);
    const before = aboveFound(failure.trace);
    const smallest = proofs.get(before) ?? provenSmallest(failure); // every proof of the same failure gives the same
    proofs.set(before, smallest);
    yield smallest;
  }
}

function provenSmallest(failure: Failure): Smallest {
  const end = cpuMs() + PROOF_MS;
  const { trace } = provenFailure(failure, () => cpuMs() >= end);
  return { text: aboveFound(trace), minimal: trace.minimal };
}

/** A busy machine must not make proofs fail. */
function cpuMs(): number {
  return process.cpuUsage().user / 1000;
}

function aboveFound({ found: _, ...above }: Trace): string {
  return writeTrace(above);
}
