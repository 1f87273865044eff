/** A search on a real QEMU: runs it, makes each failure small, and tells what came of it. */
import { randomBytes } from 'node:crypto';
import { SYNC_MODES, type SyncMode } from '../../../../model/sync.ts';
import { RUNS_ENOUGH, runsNeeded } from '../../../search/campaign/verdict.ts';
import { printable } from '../../../trace/printable.ts';
import type { Shard } from '../../campaign/shard.ts';
import { FileError } from '../../files/text.ts';
import { removeTrace, saveTrace, tracePath } from '../../files/traces.ts';
import { type QemuResult, runQemuCampaign } from '../../qemu/campaign/campaign.ts';
import { causeOf } from '../../qemu/campaign/cause.ts';
import type { QemuFound } from '../../qemu/campaign/found.ts';
import type { QemuCampaign, QemuRun, QemuStarted } from '../../qemu/campaign/job.ts';
import { promiseOf } from '../../qemu/campaign/promises.ts';
import { failingTraceOf } from '../../qemu/campaign/real-trace.ts';
import type { QemuTally } from '../../qemu/campaign/tally.ts';
import { shrinkOnQemu } from '../../qemu/campaign/shrink.ts';
import { Host } from '../../qemu/case/host.ts';
import type { FeatureName } from '../../qemu/draw/features.ts';
import { BROKEN, INTERRUPTED, exitStatusOf } from '../io/exit-status.ts';
import { barOf } from '../io/failures.ts';
import { describeLoss } from '../io/failure-store.ts';
import { io } from '../io/io.ts';
import { type ModeChoice, modesIn } from '../io/mode-option.ts';
import type { QemuFlags } from '../io/qemu-binary.ts';
import type { Asked } from '../io/reporters-asked.ts';
import { type Progress, count, painter, plural, sayTo, shown } from '../io/terminal.ts';
import type { Reporting } from '../reporters/reporting.ts';
import { casesOfSearch } from '../reporters/result.ts';
import {
  type QemuOptions,
  type QemuReport,
  type QemuSaved,
  printQemuReport,
  qemuReportJson,
  qemuVerdictOf,
  scopeOf,
} from '../reports/qemu-report.ts';
import { saved } from './validate.ts';

/** About ten seconds on two cores: a slow machine tests as much as a fast one. */
export const RUNS_DEFAULT = 100;

export interface QemuSearchFlags extends QemuFlags {
  mode: ModeChoice;
  only?: FeatureName[];
  strategy: string;
  runs?: number;
  seconds?: number;
  seed?: string;
  clusters: number;
  writes: number;
  faults: boolean;
  workers: number;
  shard?: Shard;
  report?: string;
  keepGoing: boolean;
  validate: boolean;
  out: string;
  json: boolean;
  reporter: Asked[];
  quiet: boolean;
  verbose: boolean;
  color: boolean;
}

/** What a search is run with, beside its campaign. */
export type RunFlags = Pick<QemuSearchFlags, 'workers' | 'out' | 'quiet' | 'json' | 'verbose' | 'color'>;

/** @returns the exit status */
export async function searchOn(binary: string, flags: QemuSearchFlags, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const begin = Date.now();
  const campaign = campaignOf(flags, binary);
  const options = optionsOf(flags.mode, campaign);
  reporting.begin(nameOf(binary), { scope: scopeOf(options), options });
  const { result, asFound } = await runSearch(campaign, flags, signal, reporting);
  const enough = untilEnd(begin, campaign.seconds, signal);
  return endSearch({ result, asFound, options, modes: campaign.modes }, flags, enough, signal, reporting);
}

export const nameOf = (binary: string): string => `qemu ${printable(binary)}`;

/** All that decides the outcome. */
export function optionsOf(mode: ModeChoice, { modes: _modes, shard: _shard, scope, ...rest }: QemuCampaign): QemuOptions {
  const { clusters, writes, faults, only = [] } = scope;
  return { mode, only, ...rest, clusters, writes, faults };
}

export function campaignOf(flags: QemuSearchFlags, binary: string): QemuCampaign {
  const { mode, only = [], strategy, clusters, writes, faults, keepGoing, validate } = flags;
  return {
    binary,
    strategy,
    keepGoing,
    validate,
    modes: modesIn(mode).filter((one) => SYNC_MODES.some((known) => known === one)),
    scope: { clusters, writes, faults, only },
    seed: flags.seed ?? randomBytes(4).toString('hex'),
    runs: flags.runs ?? (flags.seconds === undefined ? RUNS_DEFAULT : null),
    seconds: flags.seconds ?? null,
    shard: flags.shard ?? null,
  };
}

/** Saves each failure as it is found. @param onRun told of each run that counts, in their order, and of the QEMU */
export async function runSearch(
  campaign: QemuCampaign,
  flags: RunFlags,
  signal: AbortSignal,
  reporting: Reporting,
  onRun?: (run: QemuRun, of: QemuStarted) => void,
): Promise<{ result: QemuResult; asFound: Map<QemuFound, QemuSaved> }> {
  const runs = campaign.runs === null || campaign.shard === null ? campaign.runs : Math.ceil(campaign.runs / campaign.shard.of);
  const bar = barOf(flags, campaign.seconds === null ? runs! : campaign.seconds * 1000);
  const asFound = new Map<QemuFound, QemuSaved>();
  const tell = (found: QemuFound, n: number): void => {
    const one = savedIn(found, flags.out);
    asFound.set(found, one);
    const { trace } = found;
    reporting.found({
      property: trace.verdict.property,
      cause: one.cause,
      mode: trace.scenario.mode,
      steps: trace.schedule.length,
      trace: one.loss === null ? one.path : null,
    });
    sayTo(bar)(
      `failure ${n}: ${found.trace.verdict.property} is broken in ${found.trace.scenario.mode.toUpperCase()}, ` +
        `after ${plural(found.trace.schedule.length, 'step')}` +
        (one.loss === null ? `: ${printable(one.path)}` : ', but its trace could not be written'),
    );
  };
  return { result: await watched(campaign, flags.workers, bar, signal, reporting, tell, onRun), asFound };
}

/** @param onFound called with each failure at once, and how many there are with it */
async function watched(
  campaign: QemuCampaign,
  workers: number,
  bar: Progress | null,
  signal: AbortSignal,
  reporting: Reporting,
  onFound: (found: QemuFound, n: number) => void,
  onRun?: (run: QemuRun, of: QemuStarted) => void,
): Promise<QemuResult> {
  const begin = Date.now();
  let told = 0;
  const onCount = (tally: QemuTally): void => {
    const { schedules, found } = tally;
    while (told < found.length) onFound(found[told]!, ++told);
    reporting.sample(() => ({ schedules, situations: tally.marks().filter(({ runs }) => runs > 0).length, failures: found.length }));
    bar?.update(
      campaign.seconds === null ? schedules : Date.now() - begin,
      `${count(schedules)} runs${found.length > 0 ? `, ${plural(found.length, 'failure')}` : ''}`,
    );
  };
  try {
    return await runQemuCampaign(campaign, workers, signal, onCount, onRun);
  } finally {
    bar?.stop();
  }
}

/** What a search has come to. */
export interface Searched {
  readonly result: QemuResult;
  readonly asFound: ReadonlyMap<QemuFound, QemuSaved>;
  readonly options: QemuOptions;
  readonly modes: readonly SyncMode[];
}

/**
 * Makes each failure small on the QEMU of the options, and tells what came of the search.
 * @param enough aborted once failures are small enough, for there is no time left
 * @returns the exit status
 */
export async function endSearch(
  { result, asFound, options, modes }: Searched,
  flags: RunFlags,
  enough: AbortSignal,
  signal: AbortSignal,
  reporting: Reporting,
): Promise<number> {
  const failures: QemuSaved[] = [];
  for (const found of result.tally.found) {
    const one = await shrunk(found, asFound.get(found)!, result.version, options.binary, flags.out, enough);
    if (!failures.some(({ cause }) => cause.join() === one.cause.join())) failures.push(one);
    else if (one.loss === null && !failures.some(({ path }) => path === one.path)) removeTrace(one.path); // made small, it is known
  }
  const unexplained = (result.validation?.kept ?? []).map(({ trace }) => saved(trace, flags.out));
  const needed = runsNeeded(modes, options.runs, RUNS_ENOUGH.realQemu);
  const report: QemuReport = { options, needed, result: { ...result, interrupted: signal.aborted }, failures, unexplained };
  const told = qemuReportJson(report);
  reporting.tell({
    name: nameOf(options.binary),
    json: told,
    search: told,
    cases: casesOfSearch(told),
    text: () => printQemuReport(shown(report), flags, painter(flags.color)),
  });
  for (const failure of failures) if (failure.loss !== null) io().err(describeLoss(failure));
  const status = exitStatusOf(qemuVerdictOf(report), signal.aborted);
  return status !== INTERRUPTED && unexplained.length > 0 ? BROKEN : status;
}

/** A failure that is found in the last moment gets a little time all the same. */
const GRACE_MS = 2_000;

/** Aborted when the time is over, or sooner. */
function untilEnd(begin: number, limit: number | null, signal: AbortSignal): AbortSignal {
  return limit === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(Math.max(begin + limit * 1000 - Date.now(), GRACE_MS))]);
}

/** Makes a failure smaller, and keeps it in the place of the run as it was found. */
async function shrunk(
  { trace, result }: QemuFound,
  asFound: QemuSaved,
  version: string,
  binary: string,
  out: string,
  signal: AbortSignal,
): Promise<QemuSaved> {
  const host = await Host.start(binary);
  const { result: small, tries } = await shrinkOnQemu(host, result, signal).finally(() => host.stop());
  const smaller = failingTraceOf(small, version, trace.found, tries === 0 ? 'not tried' : `best effort (${tries} tries)`);
  const kept = savedIn({ trace: smaller, result: small }, out);
  if (kept.loss === null && asFound.loss === null && kept.path !== asFound.path) removeTrace(asFound.path);
  return kept;
}

/** @param out the folder for traces */
export function savedIn({ trace, result }: QemuFound, out: string): QemuSaved {
  const failure = { trace, preemptions: result.preemptions, cause: causeOf(result), promise: promiseOf(trace) };
  try {
    return { ...failure, path: saveTrace(failure.trace, out), loss: null };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ...failure, path: tracePath(failure.trace, out), loss: error.message };
  }
}
