/** `cowcheck check --exhaustive`: every schedule of every scenario of some scopes, with progress, and what it comes to. */
import {
  GUEST_KINDS_OF_A_SCOPE,
  type Scope,
  VARIANT_NAMES,
  type VariantName,
  countScenarios,
  isApplicable,
} from '../../../scenarios/scope/scope.ts';
import { optionsOf as jobOptionsOf } from '../../../../model/machine/job-options.ts';
import { type Sweep, type SweepResult, countUnits } from '../../../search/exhaustive/sweep.ts';
import type { SweepTally } from '../../../search/exhaustive/sweep-tally.ts';
import type { Search } from '../../../shrink/failure.ts';
import { shardInWords } from '../../campaign/shard.ts';
import { EXHAUSTIVE_UNITS } from '../../campaign/unit-codec.ts';
import type { SweepJob } from '../../workers/job.ts';
import { type SweepOutcome, runSweep, sweepThreads } from '../../workers/sweep.ts';
import { NO_UNITS, type UnitStore } from '../../workers/unit-store.ts';
import { exitStatusOf } from '../io/exit-status.ts';
import { FailureStore, describeLoss } from '../io/failure-store.ts';
import { runCorpus } from '../io/corpus-run.ts';
import { barOf, tellThrown, timeLimits, toldFailures } from '../io/failures.ts';
import { type Flags, askedNames, jobOf, modesOf } from '../io/flags.ts';
import { io } from '../io/io.ts';
import { type Proof, type ProofOptions, printProof, proofJson, scopeInWords, verdictOf } from '../reports/proof-report.ts';
import type { Reporting } from '../reporters/reporting.ts';
import { casesOfSearch } from '../reporters/result.ts';
import { endShard } from '../reports/part-report.ts';
import type { AwayUnits } from '../io/machines.ts';
import { type SearchUnits, checkFound, unitsOfSearch } from '../io/units.ts';
import { type Progress, count, duration, painter, plural, sayTo, shown } from '../io/terminal.ts';

export const EXHAUSTIVE_DEFAULTS = {
  effects: 'cluster',
  clusters: 2,
  writes: 2,
  variants: ['plain'] as VariantName[],
  memory: 2 ** 31,
} as const;

/** Canonical scenarios; with more than this nobody lives to see the end. */
const SCENARIOS_MAX = 1e9;
/** Coroutines are kept as the bits of a number. */
const WRITES_MAX = 24;

/** What makes no sense together. @returns one line, or null */
export function refusal(flags: Flags): string | null {
  if (!flags.exhaustive) {
    const given = (['variants', 'kinds', 'memory'] as const).find((name) => flags[name] !== undefined);
    return given === undefined ? null : `option '--${given}' requires --exhaustive`;
  }
  if ((flags.writes ?? 0) > WRITES_MAX) return `an exhaustive search allows at most ${WRITES_MAX} --writes`;
  const variants = askedFor(flags);
  const empty = variants.find((variant) => !modesOf(flags).some((mode) => isApplicable(scopeOf(flags, mode, variant))));
  if (empty !== undefined && variants.length < VARIANT_NAMES.length)
    return `the variant '${empty}' has no scenarios in this mode and with these sizes: choose larger sizes or another mode`;
  const scenarios = scopesOf(flags).reduce((sum, scope) => sum + countScenarios(scope), 0);
  return scenarios <= SCENARIOS_MAX
    ? null
    : `a scope of ${count(scenarios)} scenarios is too large: lower --clusters, --cluster-sectors or --writes`;
}

/** @returns the exit status */
export async function prove(flags: Flags, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const begin = Date.now();
  const options = optionsOf(flags);
  const sweep = sweepOf(flags);
  const total = sweep.scopes.reduce((sum, scope) => sum + countScenarios(scope), 0);
  const search: Search = { setting: sweep.setting, strategy: 'exhaustive', seed: '' };
  const units = await unitsOfSearch(flags, options, EXHAUSTIVE_UNITS, ({ found }) => checkFound(found, search), awayOf(sweep));
  const corpus = await runCorpus(flags, sweep.setting, [...new Set(sweep.scopes.map(({ mode }) => mode))], signal);
  const bar = barOf(flags, total);
  reporting.begin(nameOf(flags), { scope: scopeInWords({ options, scopes: sweep.scopes }), options });
  const store = new FailureStore(search, flags.out, flags.keepGoing, sayTo(bar), (failure) => reporting.found(failure));
  const outcome = await watched(
    sweep,
    total,
    store,
    bar,
    flags,
    signal,
    corpus?.isEnough === true ? NO_UNITS : units?.store,
    units?.away,
    reporting,
  ).finally(() => units?.close());
  if (units !== null && units.part !== null && outcome.error !== null) throw outcome.error; // a share is whole, or none
  if (units !== null && units.part !== null)
    return endShard(units, { ...outcome, lacksMemory: outcome.tally.cut === 'memory' }, store, flags, signal, reporting);
  const found = await toldFailures(outcome.found, search, store, timeLimits(begin, flags.seconds ?? null, flags), flags, signal);
  const { failures, corpus: ofCorpus } = corpus?.end(found) ?? { failures: found };
  for (const { trace } of failures) outcome.tally.byMode.get(trace.scenario.mode)!.broken = true;
  const proof: Proof = {
    options,
    scopes: sweep.scopes,
    outcome: { ...outcome, seconds: flags.parts?.seconds ?? outcome.seconds, interrupted: signal.aborted },
    failures,
  };
  const told = { ...proofJson(proof), ...(ofCorpus === undefined ? {} : { corpus: ofCorpus }) };
  reporting.tell({
    name: nameOf(flags),
    json: told,
    search: told,
    cases: casesOfSearch(told),
    text: () => printProof(shown(proof), flags, painter(flags.color)),
  });
  for (const failure of failures) if (failure.loss !== null) io().err(describeLoss(failure));
  tellThrown(outcome.error, failures);
  return exitStatusOf(verdictOf(proof), signal.aborted);
}

const nameOf = ({ job, shard }: Flags): string =>
  `check ${job} --exhaustive${shard === undefined ? '' : ` --shard ${shardInWords(shard)}`}`;

/** `--faults` is one way to ask for the variant of that name. Variants come in their own order. */
function askedFor({ variants = EXHAUSTIVE_DEFAULTS.variants, faults }: Flags): VariantName[] {
  return VARIANT_NAMES.filter((name) => variants.includes(name) || (name === 'fault' && faults));
}

function scopesOf(flags: Flags): Scope[] {
  return askedFor(flags)
    .flatMap((variant) => modesOf(flags).map((mode) => scopeOf(flags, mode, variant)))
    .filter(isApplicable);
}

function scopeOf(
  {
    clusters = EXHAUSTIVE_DEFAULTS.clusters,
    clusterSectors,
    writes = EXHAUSTIVE_DEFAULTS.writes,
    kinds = GUEST_KINDS_OF_A_SCOPE,
    job,
  }: Flags,
  mode: Scope['mode'],
  variant: VariantName,
): Scope {
  return { mode, clusters, clusterSectors, requests: writes, kinds, variant, jobOptions: jobOptionsOf(job) };
}

export function sweepOf(flags: Flags): Sweep {
  const { effects, wake, writes } = optionsOf(flags);
  return { scopes: scopesOf(flags), setting: { effects, wake, ...jobOf(flags), requestsMin: writes }, keepGoing: flags.keepGoing };
}

/** What machines behind a queue need, and are asked. */
function awayOf(sweep: Sweep): AwayUnits<SweepJob, SweepResult> {
  return {
    units: countUnits(sweep),
    seed: undefined,
    recording: null,
    scenario: null,
    offOf: () => '',
    foundIn: ({ found }) => found.length,
    threads: () => sweepThreads(1),
  };
}

/** The whole set of options that decide the outcome. */
function optionsOf(flags: Flags): ProofOptions {
  const { mode, job, without, wake, clusterSectors, keepGoing } = flags;
  const {
    effects = EXHAUSTIVE_DEFAULTS.effects,
    clusters = EXHAUSTIVE_DEFAULTS.clusters,
    writes = EXHAUSTIVE_DEFAULTS.writes,
    memory = EXHAUSTIVE_DEFAULTS.memory,
    kinds = GUEST_KINDS_OF_A_SCOPE,
  } = flags;
  return {
    mode,
    job,
    without,
    wake,
    effects,
    exhaustive: true,
    seconds: flags.seconds ?? null,
    memory,
    clusters,
    clusterSectors,
    writes,
    kinds,
    variants: askedFor(flags),
    faults: askedFor(flags).includes('fault'),
    keepGoing,
    ...askedNames(flags),
  };
}

/** Runs the sweep with progress on standard error. Ctrl-C ends it; what was found by then is kept. */
async function watched(
  sweep: Sweep,
  total: number,
  store: FailureStore,
  bar: Progress | null,
  flags: Flags,
  signal: AbortSignal,
  units: UnitStore<SweepResult> | undefined,
  away: SearchUnits<SweepJob, SweepResult>['away'] | undefined,
  reporting: Reporting,
): Promise<SweepOutcome> {
  const begin = Date.now();
  const limits = { workers: flags.workers, bytesMax: flags.memory ?? EXHAUSTIVE_DEFAULTS.memory, seconds: flags.seconds ?? null };
  try {
    return await runSweep(
      sweep,
      limits,
      signal,
      (tally, inUnit) => {
        for (const one of inUnit)
          store.found(
            one,
            tally.found.some((kept) => kept === one),
          );
        const { canonicalScenarios, states } = tally.all;
        reporting.progress(() => ({ scenarios: canonicalScenarios, ofScenarios: total, states, failures: tally.found.length }));
        bar?.update(tally.all.canonicalScenarios, describeProgress(tally, total, (Date.now() - begin) / 1000));
      },
      (sighting) => store.sighted(sighting),
      units,
      away,
    );
  } finally {
    bar?.stop();
  }
}

/** In its first seconds a search is slow: what they say of the time that is left is far too much. */
const SECONDS_TELLING = 10;

/** Every unit is a sample of all scenarios, so that what is left takes as long in proportion. */
function describeProgress(tally: SweepTally, total: number, seconds: number): string {
  const { canonicalScenarios: done, states } = tally.all;
  const left = done === 0 || seconds < SECONDS_TELLING ? '' : `, about ${duration((seconds * (total - done)) / done)} left`;
  const found = tally.found.length > 0 ? `, ${plural(tally.found.length, 'failure')}` : '';
  return `${count(done)} of ${count(total)} scenarios, ${count(states)} states${left}${found}`;
}
