/** A search on a real QEMU in shares: `qemu --shard I/N` runs one of them, and `merge` adds up the reports of all. */
import { z } from 'zod';
import { SYNC_MODES } from '../../../../model/sync.ts';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import { type Trace, TraceError, isFailing } from '../../../trace/format.ts';
import { readTrace } from '../../../trace/read.ts';
import { modelVersion } from '../../campaign/campaign-key.ts';
import { Part, type Parts } from '../../campaign/part.ts';
import type { Header } from '../../campaign/unit-file.ts';
import { refuseOutput } from '../../files/output.ts';
import { fileError } from '../../files/text.ts';
import type { QemuFound } from '../../qemu/campaign/found.ts';
import type { QemuCampaign, QemuRun, QemuStarted } from '../../qemu/campaign/job.ts';
import { startOf } from '../../qemu/campaign/real-trace.ts';
import { QEMU_RUNS, type RunRecord, recordOf } from '../../qemu/campaign/run-record.ts';
import { QemuTally } from '../../qemu/campaign/tally.ts';
import { Host } from '../../qemu/case/host.ts';
import { Follow } from '../../qemu/case/picker.ts';
import { CAPABILITIES } from '../../qemu/daemon/capabilities.ts';
import { FEATURE_NAMES } from '../../qemu/draw/features.ts';
import { fits } from '../../qemu/disks/disks.ts';
import { NOTHING_KEPT } from '../../workers/unit-store.ts';
import { INTERRUPTED } from '../io/exit-status.ts';
import { io } from '../io/io.ts';
import { type ModeChoice, isModeChoice } from '../io/mode-option.ts';
import { tellShard } from '../reports/part-report.ts';
import { type QemuSaved, scopeOf } from '../reports/qemu-report.ts';
import type { Reporting } from '../reporters/reporting.ts';
import { type QemuSearchFlags, type RunFlags, campaignOf, endSearch, nameOf, optionsOf, runSearch, savedIn } from './qemu-search.ts';

/** What makes no sense together. @returns one line, or null */
export function refusalOfShard({ shard, report, seed, seconds, validate, release }: QemuSearchFlags): string | null {
  if (shard === undefined) return report === undefined ? null : "option '--report' requires --shard I/N";
  if (report === undefined) return "option '--shard' requires --report FILE, the file for its results";
  if (seed === undefined) return "option '--shard' requires --seed, the same for all shards";
  if (seconds !== undefined)
    return "option '--seconds' cannot be used with --shard: give --runs instead, so that the shards add up to one search";
  if (validate) return "option '--validate' cannot be used with --shard: validate in a search without it";
  return release === 'all' ? "option '--release' requires a single release with --shard, not 'all'" : null;
}

/** What must be the same in all shards: everything but where the program is. */
const keyOf = (mode: ModeChoice, campaign: QemuCampaign, { version, lacks, modes }: QemuStarted): Omit<Header, 'shard'> => {
  const { binary: _binary, ...options } = optionsOf(mode, campaign);
  return { kind: 'real qemu', options: { qemu: version, ...options }, files: {}, model: modelVersion(), asked: { lacks, modes } };
};

/** @returns the exit status @throws FileError if the report can't be written */
export async function runShard(binary: string, flags: QemuSearchFlags, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const { mode, report, color, quiet } = flags;
  refuseOutput(report!);
  const campaign = campaignOf(flags, binary);
  const part = new Part(campaign.shard!, QEMU_RUNS, NOTHING_KEPT);
  const keep = (run: QemuRun, { version }: QemuStarted): void => part.keep(run.number, recordOf(run, version, campaign));
  const { result, asFound } = await runSearch(campaign, flags, signal, reporting, keep);
  if (signal.aborted) {
    io().err('cowcheck: interrupted, so no report was written\n');
    return INTERRUPTED;
  }
  const failures = [...asFound.values()].map(({ trace: { verdict, scenario }, cause, path, loss }) => ({
    property: verdict.property,
    cause,
    mode: scenario.mode,
    trace: loss === null ? path : null,
  }));
  const header = { ...keyOf(mode, campaign, result), shard: campaign.shard };
  const outcome = { name: `qemu ${result.version}`, failures, seconds: result.seconds, lacksMemory: false };
  return tellShard({ part, header }, outcome, { shard: campaign.shard!, report: report!, color, quiet }, reporting);
}

const started = z.strictObject({ lacks: z.array(z.enum(CAPABILITIES)), modes: z.array(z.enum(SYNC_MODES)).min(1) });
/** In the order of `optionsOf`, so that the JSON of both is the same. */
const asked = z.strictObject({
  qemu: z.string().max(200),
  mode: z.string().max(100).refine(isModeChoice),
  only: z.array(z.enum(FEATURE_NAMES)),
  strategy: z.enum(Object.keys(STRATEGIES)),
  keepGoing: z.boolean(),
  validate: z.literal(false),
  seed: z.string().max(4_096),
  runs: z.int().min(1).max(1e9),
  seconds: z.null(),
  clusters: z.int().min(1).max(64),
  writes: z.int().min(1).max(16),
  faults: z.boolean(),
});

/**
 * Adds up the reports of all shards, and makes their failures small on a QEMU of the same version.
 * @param binary of that QEMU: a report never says which program is started
 * @returns the exit status @throws FileError if a report is damaged, or that QEMU is another one
 */
export async function mergeRuns(parts: Parts, binary: string, flags: RunFlags, signal: AbortSignal, reporting: Reporting): Promise<number> {
  const { header, path, seconds } = parts;
  const [options, of] = [asked.safeParse(header.options), started.safeParse(header.asked)];
  if (!options.success || !of.success) throw fileError(path, 'it is damaged: no search on a real QEMU has such options');
  const { qemu: version, mode, only, ...search } = options.data;
  const { lacks, modes } = of.data;
  const tally = new QemuTally(modes, search.faults);
  const merged = { mode, only, binary, ...search };
  reporting.begin(nameOf(binary), { scope: scopeOf(merged), options: merged });
  const first = countAll(parts, tally, search);
  const asFound = new Map<QemuFound, QemuSaved>();
  if (first.length > 0) {
    const host = await Host.start(binary);
    try {
      if (host.version !== version)
        throw fileError(path, `it is from QEMU ${version}, and this is QEMU ${host.version}: name the same one with --release or --binary`);
      for (const one of first) {
        const found = await failedAgain(host, one, path);
        tally.found.push(found);
        asFound.set(found, savedIn(found, flags.out));
      }
    } finally {
      await host.stop();
    }
  }
  const result = { version, lacks, modes, tally, validation: null, seconds, interrupted: signal.aborted };
  return endSearch({ result, asFound, options: merged, modes }, flags, signal, signal, reporting);
}

type FailedRun = NonNullable<RunRecord['failure']>;

/** Counts runs in their order, as one process would. @returns the first failure of each cause */
function countAll(parts: Parts, tally: QemuTally, { runs, keepGoing }: { runs: number; keepGoing: boolean }): FailedRun[] {
  const store = parts.store(QEMU_RUNS, () => {});
  const found: FailedRun[] = [];
  const isOver = (): boolean => !keepGoing && found.length > 0;
  for (let run = 0; run < runs && !isOver(); run++) {
    const known = store.known(run);
    if (known === undefined) break; // it throws where a report lacks one
    const { counts, failure } = known;
    if (!tally.byMode.has(counts.mode))
      throw fileError(parts.path, `it is damaged: run ${run} is in mode ${counts.mode}, which is not one of the search`);
    tally.count(counts);
    if (failure !== null && !found.some(({ cause }) => cause.join() === failure.cause.join())) found.push(failure);
  }
  return found;
}

function traceIn(text: string, path: string): Trace {
  try {
    return readTrace(text);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    throw fileError(path, `it is damaged: a trace in it cannot be read (${error.message})`);
  }
}

/** Runs again what a report says has failed. @throws FileError if it does not fail here */
async function failedAgain(host: Host, { trace: text }: FailedRun, path: string): Promise<QemuFound> {
  const trace = traceIn(text, path);
  const result = fits(trace.scenario) ? await host.run(trace.scenario, startOf(trace.schedule), new Follow(trace.schedule)) : null;
  if (result === null || !isFailing(trace) || result.violation?.property !== trace.verdict.property)
    throw fileError(path, 'it is damaged: one of its failures does not fail on this QEMU');
  return { trace, result };
}
