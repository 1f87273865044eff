/**
 * Trace files of format 1, which is closed: no key is added to it, and files that say `trace: 1` are read for ever.
 * What they may say, and from there to what the model runs.
 */
import { z } from 'zod';
import { ERRNOS } from '../../model/block/errors.ts';
import { FAULT_OPS, FAULT_TIMES_MAX, type Fault } from '../../model/block/faults.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { JOB_NAMES, type JobName } from '../../model/families/notifier/eras.ts';
import { ERROR_POLICIES } from '../../model/job/error-policy.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { SYNC_MODES } from '../../model/sync.ts';
import { NOTATIONS } from '../scenarios/dimensions/all.ts';
import { SECTORS_MAX, withValue } from '../scenarios/dimensions/notation.ts';
import type { Trace } from './format.ts';
import * as part from './parts.ts';

const { id, size, range, numbers, rules } = part;
const KINDS = ['write', 'zero', 'discard', 'read', 'readT0'] as const;
const RANGELESS = ['flush', 'savevm'] as const;
const ALL_KINDS = [...KINDS, ...RANGELESS];

const operation = z
  .strictObject({
    id: id.describe('Its name in the schedule.'),
    write: range.optional().describe('A write: first sector, number of sectors.'),
    zero: range.optional().describe('A write of zeroes: first sector, number of sectors.'),
    discard: range.optional().describe('A discard: first sector, number of sectors.'),
    read: range.optional().describe('A read: first sector, number of sectors.'),
    readT0: range.optional().describe('A read of the point in time, through the target: first sector, number of sectors.'),
    flush: z.literal(true).optional().describe('A flush.'),
    savevm: z.literal(true).optional().describe('The user saves the state of the VM.'),
    after: z.array(id).default([]).describe('Earlier requests that must have ended before it starts.'),
    early: z.boolean().default(false).describe('Whether it may start before the point in time.'),
  })
  .refine(part.hasOneOf(ALL_KINDS), `expected exactly one of ${ALL_KINDS.join(', ')}`)
  .meta(part.oneOfKeys(ALL_KINDS));

const place = z.tuple([z.enum(FAULT_OPS), z.int().min(0).max(SECTORS_MAX)]).optional();
const fault = z
  .strictObject({
    source: place.describe('What fails of the source: a read, a write or an ask (block status), and the cluster of the backup.'),
    target: place.describe('What fails of the target: a read or a write, and the cluster of the backup.'),
    errno: z.enum(ERRNOS).describe('How it fails.'),
    times: z.int().min(1).max(FAULT_TIMES_MAX).default(1).describe('So many such requests fail, from the first one on.'),
  })
  .refine(part.hasOneOf(['source', 'target']), 'expected exactly one of source, target')
  .meta(part.oneOfKeys(['source', 'target']));
const FAULTS_MAX = 10_000;

const policy = z.enum(ERROR_POLICIES).default('report');

const disk = z.strictObject({
  sectors: size.describe('Its length.'),
  clusterSectors: size.min(1).describe('Sectors per cluster of the backup.'),
  zero: numbers.default([]).describe('Sectors that show zeroes at T0, as numbers and runs such as 8-15. All others show data.'),
  discardReads: z
    .enum(['zero', 'backing', 'old', 'ignored'])
    .default('zero')
    .describe('What a discarded sector reads as: zeroes, the backing file, what it held, or the discard is ignored.'),
  overlay: z
    .strictObject({
      clusterSectors: size.min(1).describe('Sectors in a cluster of the overlay.'),
      allocated: numbers.default([]).describe('Its allocated clusters.'),
      zeroClusters: numbers.default([]).describe('Its zero clusters.'),
      baseSectors: size.nullable().describe('Length of its backing file; null: it has none.'),
    })
    .optional()
    .describe('The source is an overlay. Absent: it is raw.'),
  throttled: z.boolean().optional().describe('It has I/O limits.'),
  copyOnRead: z.boolean().optional().describe('It copies up what it reads from its backing file.'),
});

const target = z.union([
  z.literal('raw'),
  z.literal('source'),
  z.strictObject({ clusterSectors: size.min(1).describe('Sectors in a cluster of a new target.') }),
  z.strictObject({
    existing: z
      .strictObject({
        clusterSectors: size.describe('Sectors in a cluster of it; 0: it is raw.'),
        sectors: size.describe('Its length.'),
        backed: z.boolean().describe('Whether it lies over what a new one would; else over nothing.'),
        data: numbers.default([]).describe('Sectors that hold data of before.'),
      })
      .describe('A target that was there before the backup.'),
  }),
]);

const scenario = z.strictObject({
  mode: z.enum(SYNC_MODES).describe('The sync mode.'),
  disk: disk.describe('The source.'),
  target: target.optional().describe('Absent: a new target, raw in FULL, else with clusters of the backup.'),
  guest: z.array(operation).max(part.REQUESTS_MAX).default([]).describe('What is asked of the disk.'),
  cancel: z
    .union([z.boolean(), z.strictObject({ after: z.array(id).describe('Requests that must have ended before it comes.') })])
    .default(false)
    .describe('Whether the user cancels the job.'),
  pause: z.boolean().optional().describe('The user pauses the job once, and resumes it.'),
  resume: z.boolean().optional().describe('The user resumes the job whenever an error has stopped it.'),
  speed: z.int().min(0).max(SECTORS_MAX).optional().describe('Sectors that the job may copy in a slice of time. 0: no limit.'),
  onError: z
    .strictObject({
      source: policy.describe('What the job does about an error of its source.'),
      target: policy.describe('What the job does about an error of its target.'),
    })
    .optional()
    .describe('The error policies.'),
  faults: z.array(fault).max(FAULTS_MAX).optional().describe('Requests that fail.'),
});

const qemuJob = z.templateLiteral(['qemu ', z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}(?: \([\x20-\x7e]{1,100}\))?$/)]);

/** Said of the last kind too, which is any text: a union tells what the kind that came closest says. */
const JOBS = JOB_NAMES.join(', ');
const A_JOB = `expected ${JOBS}, the file of a custom job, such as my-job.mjs, or a QEMU with its version, such as qemu 7.2.22`;

export const schema1 = z
  .strictObject({
    trace: z.literal(1).describe('The version of the format.'),
    about: part.ABOUT,
    job: z
      .union([z.enum(JOB_NAMES as [JobName, ...JobName[]]), z.string().refine(isCustomJob, A_JOB), qemuJob], A_JOB)
      .describe('The job: `correct`, an era of QEMU, the file of a custom job, or a real QEMU with its version.'),
    with: rules.default([]).describe('Rules that are on although the job has them off.'),
    without: rules.default([]).describe('Rules that are off, besides those that the job has off.'),
    wake: z.enum(['any', 'qemu']).default('any').describe('The order in which woken coroutines run.'),
    effects: z.enum(['cluster', 'sector']).default('cluster').describe('The granularity at which I/O takes effect.'),
    scenario: scenario.describe('The disks, jobs, requests and faults.'),
    ...part.ENDING,
  })
  .refine(part.hasNoNeedlessCause, part.needless('cause'))
  .refine(part.hasNoNeedlessMinimal, part.needless('minimal'));

type Written = z.infer<typeof schema1>;

/** From what the file says to what the model runs. @throws TraceContentError if it makes no sense */
export function fromFormat1(written: Written): Trace {
  const { about, job, wake, effects, cause, minimal, found } = written;
  const read = toScenario(written.scenario);
  part.refuseNonsense(read, ['scenario', 'guest']);
  const trace: Trace = {
    ...(about === undefined ? {} : { about }),
    job,
    ...(written.with.length > 0 ? { with: written.with } : {}),
    without: written.without,
    wake,
    effects,
    scenario: read,
    schedule: written.schedule.map(part.toStep),
    verdict: part.toVerdict(written.verdict),
    cause,
    minimal,
    ...(found === undefined ? {} : { found }),
  };
  part.refuseForeign(trace, 'job');
  return trace;
}

function toScenario(written: Written['scenario']): Scenario {
  const { mode, cancel, pause, resume, speed, onError, faults } = written;
  const { sectors, clusterSectors, zero, discardReads, overlay, throttled, copyOnRead } = written.disk;
  const said: Readonly<Record<string, unknown>> = {
    discardReads,
    throttled,
    copyOnRead,
    pause,
    resume,
    speed,
    onError,
    faults: faults?.map(toFault),
  };
  const plain: Scenario = {
    mode,
    disk: {
      sectors,
      clusterSectors,
      zero: unfold(zero, sectors),
      discardReads,
      ...(overlay === undefined
        ? {}
        : { overlay: { ...overlay, allocated: unfold(overlay.allocated, sectors), zeroClusters: unfold(overlay.zeroClusters, sectors) } }),
    },
    ...toTarget(written),
    guest: written.guest.map(toOperation),
    cancel: cancel !== false,
    cancelAfter: typeof cancel === 'object' ? cancel.after : [],
  };
  return NOTATIONS.reduce((read, notation) => withValue(notation, read, said[notation.key] ?? notation.plain), plain);
}

const unfold = (list: readonly (number | string)[], end: number): number[] => part.unfold(list, end, ['scenario']);

function toTarget({ target: written, mode, disk: { sectors, clusterSectors } }: Written['scenario']): TargetParts {
  if (written === undefined) return { targetClusterSectors: plainTargetClusterSectors(mode, clusterSectors) };
  if (written === 'raw') return { targetClusterSectors: 0 };
  if (written === 'source') return { targetClusterSectors: 0, existingTarget: { sectors, backed: false, data: [], isSource: true } };
  if (!('existing' in written)) return { targetClusterSectors: written.clusterSectors };
  const { existing } = written;
  return {
    targetClusterSectors: existing.clusterSectors,
    existingTarget: { sectors: existing.sectors, backed: existing.backed, data: unfold(existing.data, existing.sectors) },
  };
}

type TargetParts = Pick<Scenario, 'targetClusterSectors' | 'existingTarget'>;

function toFault({ source, target: ofTarget, errno, times }: z.infer<typeof fault>): Fault {
  const [op, cluster] = (source ?? ofTarget)!;
  return { side: source === undefined ? 'target' : 'source', op, cluster, errno, times };
}

function toOperation(written: z.infer<typeof operation>): GuestOperation {
  const kind: GuestKind = ALL_KINDS.find((one) => written[one] !== undefined)!;
  const [first, count] = kind === 'flush' || kind === 'savevm' ? [0, 0] : written[kind]!;
  return { id: written.id, kind, first, count, after: written.after, early: written.early };
}
