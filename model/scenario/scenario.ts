/** One experiment, as plain data: the disk at T0, what the guest does, whether somebody cancels. */
import { FAULT_TIMES_MAX, type Fault } from '../block/faults.ts';
import { type GuestKind, hasRange } from '../block/guest.ts';
import type { BlockStatusTells, DiscardReads } from '../block/image.ts';
import { type BitmapMode, type SyncMode, modesWhere, syncOf } from '../sync.ts';
import { COPY_LIMIT_MAX, PERF_PLAIN, type Perf } from '../job/copy-limits.ts';
import { type ErrorPolicies, REPORT_BOTH } from '../job/error-policy.ts';
import { COMPLETIONS } from '../job/transaction.ts';

export interface GuestOperation {
  readonly id: string;
  readonly kind: GuestKind;
  /** The range in sectors; a flush has none. */
  readonly first: number;
  readonly count: number;
  /** Requests that must have ended before this one starts; all earlier in the list. */
  readonly after: readonly string[];
  /** Whether it may start before the point in time. */
  readonly early: boolean;
}

/** A source that is an overlay: what it does not have allocated, its backing file shows. */
export interface OverlayLayout {
  readonly clusterSectors: number;
  /** Its allocated clusters, and those that are zero clusters. */
  readonly allocated: readonly number[];
  readonly zeroClusters: readonly number[];
  /** Length of the backing file; a shorter one reads as zeroes past its end. Null: there is none. */
  readonly baseSectors: number | null;
  /**
   * A request that meets several of its clusters is several of its file, at once (qcow2 since 4.2: `qcow2_add_task`): a read looks all of
   * them up before it takes anything, and a write lands a cluster of the overlay at a time. Absent: a read looks up one run after the
   * other, and a write lands a cluster of the backup at a time.
   */
  readonly parallel?: true;
}

/** A target that is there before the backup (`mode: existing`). */
export interface ExistingTarget {
  readonly sectors: number;
  /** Whether it lies over what a new one would; else over nothing, to be put there later. Raw ones never do. */
  readonly backed: boolean;
  /** Its sectors that hold data of before. */
  readonly data: readonly number[];
  /** It is the source itself, a raw one, in a mode whose target lies over nothing. */
  readonly isSource?: true;
}

/** Under `break-snapshot` a copy of a guest that fails breaks the snapshot, and not the guest's request. */
export type OnCbwError = 'break-guest-write' | 'break-snapshot';

/** A dirty bitmap of the source that the job is given, of which a mode may copy what is dirty. A bit stands for a cluster of the backup. */
export interface JobBitmap {
  readonly mode: BitmapMode;
  /** Clusters that are dirty at T0: what the backup before this one does not have as it is. */
  readonly dirty: readonly number[];
}

/** How the jobs of two disks are started: in one transaction, which says how they end, or each by a command of its own. */
export const STARTS = [...COMPLETIONS, 'apart'] as const;
export type Start = (typeof STARTS)[number];

/**
 * A machine of two disks of the same layout, each with a guest, a target and a job of its own. The faults strike the first disk and its
 * target, and its job is the one that is cancelled.
 */
export interface TwoDisks {
  readonly start: Start;
  /** The requests that go to the second disk; all others go to the first. */
  readonly second: readonly string[];
  /** The target of the second job is unfit, so that the command fails, and what it has done for the first is undone. */
  readonly fails?: true;
  /** Apart: requests that must have ended before the second job is started. Absent or empty: it is started at any time. */
  readonly startsAfter?: readonly string[];
}

export interface Scenario {
  readonly mode: SyncMode;
  readonly disk: {
    readonly sectors: number;
    /** Sectors per cluster of the backup. */
    readonly clusterSectors: number;
    /** Sectors that show zeroes at T0; all others show data. */
    readonly zero: readonly number[];
    readonly discardReads: DiscardReads;
    /** Absent: the source is raw. */
    readonly overlay?: OverlayLayout;
    /** What is asked of it before it is copied (block-copy). Absent: `data`. */
    readonly blockStatus?: BlockStatusTells;
    /** It has I/O limits. */
    readonly throttled?: boolean;
    /** What it reads from its backing file it copies up. */
    readonly copyOnRead?: boolean;
  };
  /** Sectors in a cluster of the target; 0: raw, which a new one is only where it lies over nothing (FULL). */
  readonly targetClusterSectors: number;
  /** Absent: the command makes a new one. */
  readonly existingTarget?: ExistingTarget;
  readonly guest: readonly GuestOperation[];
  readonly cancel: boolean;
  /** Requests that must have ended before the cancel comes; absent or empty: any time after T0. */
  readonly cancelAfter?: readonly string[];
  /** Somebody pauses the job once, and resumes it. */
  readonly pause?: boolean;
  /** Somebody resumes the job whenever an error has stopped it. */
  readonly resume?: boolean;
  /** QEMU is told to quit at any time after T0, and is started again: what survives is on the disks (block-copy). */
  readonly restart?: boolean;
  /** Sectors that the job may copy in a slice of time; absent: no limit. */
  readonly speed?: number;
  /** Absent: both are reported. */
  readonly onError?: ErrorPolicies;
  readonly faults?: readonly Fault[];
  /** Who reads the point in time reads it through a snapshot-access node (block-copy, 7.0), and not through the target. */
  readonly snapshotAccess?: boolean;
  /** What a copy that fails breaks (block-copy, 10.1; a filter that is read through a snapshot-access node, 7.1). Absent: the request. */
  readonly onCbwError?: OnCbwError;
  /** The guest never stops: while the hook is linked, it makes each request that changes the disk again and again. */
  readonly endlessGuest?: boolean;
  /** Absent: the job is given none (block-copy, 4.2). */
  readonly bitmap?: JobBitmap;
  /** Absent: the machine has one disk (block-copy). */
  readonly transaction?: TwoDisks;
  /** How much is copied at once (block-copy). Absent: `PERF_PLAIN`. */
  readonly perf?: Perf;
}

export const isOnSecondDisk = ({ transaction }: Scenario, request: string): boolean => transaction?.second.includes(request) === true;

/**
 * Whether a request begins only once a disk has had its point in time, be it for one that it comes after. So does one that is not there.
 * @param onDisk the requests that go to the disk
 */
export function waitsForPoint(guest: readonly GuestOperation[], id: string, onDisk: readonly string[]): boolean {
  const request = guest.find((one) => one.id === id);
  if (request === undefined) return true;
  return (!request.early && onDisk.includes(id)) || request.after.some((earlier) => waitsForPoint(guest, earlier, onDisk));
}

export const policiesOf = ({ onError }: Scenario): ErrorPolicies => onError ?? REPORT_BOTH;

/** Modes whose target somebody may read while the job runs, and modes whose target stands alone. */
const READABLE = modesWhere(({ readableWhileRunning }) => readableWhileRunning);
const ALONE = modesWhere(({ beneath }) => beneath === 'nothing');

/** The names in a run that are no guest's. */
const TAKEN = ['job', 'job2', 'user', 'operator', 'quit'];

/** Contents are numbers of 31 bits (block/content.ts). */
const CONTENTS_MAX = 2 ** 31;
const CELLS_MAX = 2 ** 26;

/** Says what makes no sense in a scenario. @returns null if it can be run */
export function whatIsWrong(scenario: Scenario): string | null {
  const { mode, disk, guest, targetClusterSectors, existingTarget } = scenario;
  const sectorsMax = Math.max(disk.sectors, existingTarget?.sectors ?? 0) * (scenario.transaction === undefined ? 1 : 2);
  const sync = syncOf(mode);
  if (sync.beneath !== 'nothing' && targetClusterSectors === 0 && existingTarget === undefined)
    return `mode ${mode} needs a target with clusters: a raw target can't lie over a backing file`;
  if (disk.zero.some((s) => s >= disk.sectors)) return `a sector that shows zeroes lies past the end of the disk (${disk.sectors} sectors)`;
  const { overlay } = disk;
  if (overlay !== undefined) {
    const clusters = Math.ceil(disk.sectors / overlay.clusterSectors);
    if ([...overlay.allocated, ...overlay.zeroClusters].some((c) => c >= clusters))
      return `the overlay names a cluster past its end (${clusters} clusters)`;
    const zeroClusters = new Set(overlay.zeroClusters);
    if (overlay.allocated.some((c) => zeroClusters.has(c))) return 'the overlay has a cluster both allocated and zero';
    if ((overlay.baseSectors ?? 0) > disk.sectors) return 'the backing file is longer than the disk';
  }
  if ((guest.length + 3) * sectorsMax >= CONTENTS_MAX)
    return `${guest.length} requests on a disk of ${disk.sectors} sectors are too many: their contents could not be told apart`;
  if ((guest.length + 2) * disk.clusterSectors + 10 * sectorsMax >= CELLS_MAX)
    return (
      `${guest.length} requests with buffers of ${disk.clusterSectors} sectors, on a disk of ${disk.sectors}, ` +
      'need more memory than a model should'
    );
  const wrong =
    whatIsWrongWithTarget(scenario) ??
    whatIsWrongWithFaults(scenario) ??
    whatIsWrongWithBitmap(scenario) ??
    whatIsWrongWithTwoDisks(scenario) ??
    whatIsWrongWithPerf(scenario);
  if (wrong !== null) return wrong;
  const seen = new Set<string>();
  for (const { id, kind, first, count, after, early } of guest) {
    if (seen.has(id) || TAKEN.includes(id)) return `two things are named ${id}`;
    const unknown = after.find((other) => !seen.has(other));
    if (unknown !== undefined) return `${id} comes after ${unknown}, which is not an earlier request`;
    if (hasRange(kind) && (count < 1 || first + count > disk.sectors))
      return `${id} asks for sectors ${first} to ${first + count - 1} of a disk of ${disk.sectors} sectors`;
    if (kind === 'readT0' && (!sync.readableWhileRunning || scenario.existingTarget?.backed === false))
      return `${id} reads the point in time, which takes mode ${READABLE.join(' or ')} and a target over the source`;
    if (kind === 'readT0' && early) return `${id} reads the point in time before there is one`;
    seen.add(id);
  }
  const unknown = scenario.cancelAfter?.find((id) => !seen.has(id));
  if (unknown !== undefined) return `the cancel comes after ${unknown}, which is no request`;
  return null;
}

function whatIsWrongWithTarget({ mode, existingTarget: target, targetClusterSectors, disk }: Scenario): string | null {
  if (target === undefined) return null;
  const isLikeSource =
    syncOf(mode).beneath === 'nothing' &&
    disk.overlay === undefined &&
    targetClusterSectors === 0 &&
    target.sectors === disk.sectors &&
    target.data.length === 0;
  if (target.isSource === true && !isLikeSource) return `the target is the source, which takes mode ${ALONE.join(' or ')} and a raw disk`;
  const [small, large] = [targetClusterSectors, disk.clusterSectors].toSorted((a, b) => a - b) as [number, number];
  if (!target.backed && small > 0 && large % small !== 0)
    return (
      `a target over nothing with clusters of ${targetClusterSectors} sectors does not fit a backup with ` +
      `clusters of ${disk.clusterSectors}: one should divide the other, as powers of two do`
    );
  if (target.backed && targetClusterSectors === 0) return 'a raw target lies over nothing, so it is not backed';
  if (target.sectors < 1 && disk.sectors > 0) return 'a target that exists has at least 1 sector';
  if (target.data.some((s) => s >= target.sectors)) return `the target has data past its end (${target.sectors} sectors)`;
  return null;
}

function whatIsWrongWithPerf({ perf = PERF_PLAIN }: Scenario): string | null {
  const limits = [perf.job, perf.guest].flatMap(({ workers, chunk }) => [workers, chunk]);
  return limits.every((n) => n >= 1 && n <= COPY_LIMIT_MAX) ? null : `workers and chunks are from 1 to ${COPY_LIMIT_MAX}`;
}

/** `backup_job_create`, block/backup.c */
function whatIsWrongWithBitmap({ mode, disk, bitmap, existingTarget }: Scenario): string | null {
  const { selects, beneath, bitmapModes } = syncOf(mode);
  if (bitmap === undefined) return selects === 'dirty' ? `mode ${mode} needs a bitmap` : null;
  const clusters = Math.ceil(disk.sectors / disk.clusterSectors);
  if (!bitmapModes.includes(bitmap.mode)) return `bitmap-mode ${bitmap.mode} makes no sense in mode ${mode}`;
  if (beneath === 'previous' && existingTarget !== undefined) return `a target of mode ${mode} is a new one, over the backup before`;
  if (bitmap.dirty.some((c) => c >= clusters)) return `a dirty cluster is past the end of the disk (${clusters} clusters)`;
  return null;
}

function whatIsWrongWithTwoDisks({ transaction, guest, pause, resume, endlessGuest, onError }: Scenario): string | null {
  if (transaction === undefined) return null;
  const unknown = transaction.second.find((id) => !guest.some((request) => request.id === id));
  if (unknown !== undefined) return `${unknown} goes to the second disk, and is no request`;
  const twice = transaction.second.find((id, i) => transaction.second.indexOf(id) !== i);
  if (twice !== undefined) return `${twice} goes to the second disk, which is said twice`;
  const { start, startsAfter = [] } = transaction;
  if (start !== 'apart' && startsAfter.length > 0) return 'the second job is started after requests, and in the transaction of the first';
  if (start === 'apart' && transaction.fails === true) return 'the second job is started apart, and fails with the first';
  const late = startsAfter.find((id) => waitsForPoint(guest, id, transaction.second));
  if (late !== undefined) return `the second job is started after ${late}, which is no request, or waits for that job`;
  const stops = [onError?.source, onError?.target].some((policy) => policy === 'stop' || policy === 'enospc');
  if (pause === true || resume === true || stops) return 'jobs of two disks are not paused, neither by a user nor by an error';
  return endlessGuest === true ? 'a guest of two disks stops' : null;
}

function whatIsWrongWithFaults({ faults = [], disk, speed = 0 }: Scenario): string | null {
  const clusters = Math.ceil(disk.sectors / disk.clusterSectors);
  const seen = new Set<string>();
  for (const { side, op, cluster, times } of faults) {
    const what = `the fault of ${op} at cluster ${cluster} of the ${side}`;
    if (cluster >= clusters) return `${what} is past the end of the disk (${clusters} clusters)`;
    if (times < 1 || times > FAULT_TIMES_MAX) return `${what} should strike 1 to ${FAULT_TIMES_MAX} times`;
    if (side === 'target' && op === 'ask') return `${what}: only the source is asked what is allocated`;
    if (seen.has(what)) return `${what} is there twice`;
    seen.add(what);
  }
  return speed < 0 ? 'speed should not be negative' : null;
}
