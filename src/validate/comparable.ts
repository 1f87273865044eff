/** Which runs of a real QEMU the model has a run for at all, and what it is told of them. */
import { type Release, RELEASES, isBefore } from '../../model/families/releases.ts';
import { FILTER_SINCE, type Era, eraOf } from '../../model/families/eras.ts';
import type { BlockStatusTells } from '../../model/block/image.ts';
import { COPY_LIMIT_MAX, type Perf } from '../../model/job/copy-limits.ts';
import type { GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';
import type { SyncMode } from '../../model/sync.ts';
import { type QemuJob, type Trace, type TraceStep, isQemuJob } from '../trace/format.ts';
import { CLUSTER_BYTES, copyClusterSectors, isTold } from './log.ts';
import { type PiecesMade, piecesOf } from './pieces.ts';
import { PLAIN, type Start, parseStart } from './start.ts';

/** A run that can be compared. */
export interface Comparable {
  /** The era of the release that ran. */
  readonly job: Era;
  readonly start: Start;
  /** Whether a raw disk's node may answer block status from what it remembers (`StatusCache`). */
  readonly remembersStatus: boolean;
}

/** @returns why the log of a run can't be compared, or what it is compared with */
export function comparableOf({ job, scenario, schedule }: Pick<Trace, 'job' | 'scenario' | 'schedule'>): Comparable | string {
  const release = isQemuJob(job) ? releaseOf(job) : null;
  if (release === null) return 'its release is older than the copy-before-write filter, which the model begins with';
  const what = schedule.find(({ who, what: step }) => who === 'user' && step.startsWith('start'))?.what;
  if (what === undefined) return 'the job is never started';
  const start = parseStart(what);
  if (start === null) return 'its start has options that the model does not know';
  if (start.minCluster !== null) return 'the model does not know min-cluster-size';
  if (start.transaction !== null) return 'two disks are backed up, and logs are of one';
  if (start.chain !== null) return 'there are several backups, and a log is of one';
  if ((start.granularity ?? 0) > clusterBytesOf(scenario)) return 'a bit of its bitmap stands for several clusters of the backup';
  return {
    job: eraOf(release),
    start: isBefore(release, CALLS_SINCE) ? { ...start, workers: 1, chunk: 1 } : start,
    remembersStatus: !isBefore(release, CACHE_SINCE),
  };
}

/** Up to then the job copied one cluster at a time (H of the reference; 71eed4cebe). */
const CALLS_SINCE: Release = '6.0';

/** From then on a raw disk's node remembers its block status (`bdrv_bsc_is_data`, block.c). */
const CACHE_SINCE: Release = '6.2';

/** The newest release that is not newer than a version such as `7.2.22 (Debian ...)`; null: the filter is newer. */
function releaseOf(job: QemuJob): Release | null {
  const [, major, minor] = /^qemu (\d+)\.(\d+)/.exec(job) ?? [];
  if (major === undefined) return null;
  const number = (release: string): number => release.split('.').reduce((sum, part) => 1000 * sum + Number(part), 0);
  const release: Release | undefined = RELEASES.findLast((one) => number(one) <= number(`${major}.${minor}`));
  return release === undefined || isBefore(release, FILTER_SINCE) ? null : release;
}

/** Bytes of a cluster of the backup. */
const clusterBytesOf = (scenario: Scenario): number => (copyClusterSectors(scenario) * CLUSTER_BYTES) / scenario.disk.clusterSectors;

/** What the log does not say of a run, and a model needs to be told. */
export interface Told {
  readonly blockStatus: BlockStatusTells;
  /** As in `OverlayLayout`. */
  readonly parallel: boolean;
  readonly piecesMade: PiecesMade;
}

/**
 * The scenario as the model runs it. Of guests only those that have asked; what comes after what is in the log. A discard
 * that never came to the disk was dropped by QEMU, whose filter is opened without unmap (block/io.c,
 * `bdrv_co_pdiscard`): to everybody else it was a flush. One that a disk ignores was copied for all the same. A request that QEMU cuts
 * is several. Which requests fail is in the log.
 */
export function asTheModelRuns(
  scenario: Scenario,
  schedule: readonly TraceStep[],
  start: Start,
  { blockStatus, parallel, piecesMade }: Told,
): Scenario {
  const { disk } = scenario;
  const has = (who: string, what: string): boolean => schedule.some((step) => step.who === who && step.what === what);
  const asked = scenario.guest.filter(({ id, kind }) => has(id, kind));
  const whole = asked.map((operation): GuestOperation => {
    const isDropped = operation.kind === 'discard' && wasDropped(operation, scenario, schedule, start);
    return { ...operation, after: [], ...(isDropped ? { kind: 'flush', first: 0, count: 0 } : {}) };
  });
  return {
    mode: modeOf(scenario, start),
    targetClusterSectors: targetClusterSectorsOf(scenario, start),
    ...(start.backing === 'later' ? { existingTarget: { sectors: disk.sectors, backed: false, data: [] } } : {}),
    disk: {
      ...disk,
      discardReads: disk.discardReads === 'ignored' ? 'old' : disk.discardReads,
      blockStatus,
      ...(disk.overlay === undefined ? {} : { overlay: { ...overBase(disk.overlay), ...(parallel ? { parallel } : {}) } }),
    },
    guest: whole.flatMap((operation) => piecesOf(operation, scenario, start).slice(0, piecesMade.get(operation.id))),
    cancel: has('user', 'cancel') || has('user', 'stop'),
    cancelAfter: [],
    pause: has('operator', 'pause'),
    resume: scenario.resume === true,
    ...(scenario.onError === undefined ? {} : { onError: scenario.onError }),
    ...(start.reads === 'snapshot-access' ? { snapshotAccess: true } : {}),
    ...(start.onCbwError === PLAIN.onCbwError ? {} : { onCbwError: start.onCbwError }),
    ...(start.bitmapMode === null ? {} : { bitmap: { mode: start.bitmapMode, dirty: [] } }), // it records from the beginning on
    perf: perfOf(scenario, start),
  };
}

/** `incremental` is `bitmap` with `on-success` (qapi/block-core.json, MirrorSyncMode). */
const modeOf = ({ mode }: Scenario, { sync }: Start): SyncMode => (sync === 'mode' ? mode : 'bitmap');

/**
 * Of an increment the model's target lies over the backup before it, and so has clusters. QEMU's is that backup itself, and may be raw:
 * then it is read like a format's file, in which zeroes are not seen.
 */
export const targetClusterSectorsOf = ({ targetClusterSectors, disk }: Scenario, { sync }: Start): number =>
  sync === 'mode' ? targetClusterSectors : targetClusterSectors || disk.clusterSectors;

/** Requests of a guest of which the log says that they failed, and in which of their pieces it does not say. */
export const failedPiecewise = ({ scenario, schedule }: Pick<Trace, 'scenario' | 'schedule'>): GuestOperation[] =>
  scenario.guest.filter(({ id, kind }) => (kind === 'discard' || kind === 'readT0') && isTold(schedule, id, 'error'));

/** `blockdev-backup` leaves TOP as it is without a backing file; only `drive-backup` makes it FULL. One of no length reads alike. */
const overBase = (overlay: OverlayLayout): OverlayLayout => ({ ...overlay, baseSectors: overlay.baseSectors ?? 0 });

/** QEMU: `BLOCK_COPY_MAX_BUFFER`. */
const CHUNK_BYTES = 2 ** 20;

/** What QEMU does at once, as far as the disk is large enough for it to matter. */
function perfOf(scenario: Scenario, { workers, chunk }: Start): Perf {
  const sectors = copyClusterSectors(scenario);
  const bytes = (sectors * CLUSTER_BYTES) / scenario.disk.clusterSectors;
  const clusters = Math.max(1, Math.ceil(scenario.disk.sectors / sectors));
  const most = (n: number): number => Math.min(clusters, COPY_LIMIT_MAX, Math.max(1, n));
  const guest = { workers: most(clusters), chunk: most(CHUNK_BYTES / bytes) };
  return {
    guest,
    job: { workers: Math.min(guest.workers, workers ?? Infinity), chunk: chunk ? Math.min(guest.chunk, most(chunk / bytes)) : guest.chunk },
  };
}

/**
 * By the job's filter alone. On a raw disk nothing of it, not even its beginning, comes to the disk until it is answered; on an overlay
 * nobody sees, but it was asked while a job was there. One that failed was not dropped.
 */
function wasDropped({ id, first }: GuestOperation, { disk }: Scenario, schedule: readonly TraceStep[], { by }: Start): boolean {
  if (by === 'filter' || isTold(schedule, id, 'error')) return false;
  const issued = schedule.findIndex((step) => step.who === id);
  const answered = schedule.findIndex(({ saw }) => saw.split(', ').includes(`${id} ok`));
  if (disk.overlay === undefined) {
    const from = (first * CLUSTER_BYTES) / disk.clusterSectors;
    return !schedule
      .slice(issued, answered < 0 ? undefined : answered + 1)
      .some(({ saw }) => saw.split(', ').some((text) => text.startsWith(`source trim ${from}-`)));
  }
  const ended = schedule.findIndex(({ saw }) => /BLOCK_JOB_(?:COMPLETED|CANCELLED)/.test(saw));
  return ended < 0 || issued <= ended;
}
