/** Which runs of a real QEMU the model has a run for at all, and what it is told of them. */
import { type Release, RELEASES, isBefore } from '../../model/families/releases.ts';
import { FILTER_SINCE, type Era, eraOf } from '../../model/families/eras.ts';
import type { BlockStatusTells } from '../../model/block/image.ts';
import { COPY_LIMIT_MAX, type Perf } from '../../model/job/copy-limits.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { type QemuJob, type Trace, type TraceStep, isQemuJob } from '../trace/format.ts';
import { CLUSTER_BYTES, copyClusterSectors, isTold } from './log.ts';
import { piecesOf } from './pieces.ts';
import { PLAIN, type Start, parseStart } from './start.ts';

/** A run that can be compared. */
export interface Comparable {
  /** The era of the release that ran. */
  readonly job: Era;
  readonly start: Start;
}

/** @returns why the log of a run can't be compared, or what it is compared with */
export function comparableOf({ job, schedule }: Pick<Trace, 'job' | 'schedule'>): Comparable | string {
  const era = isQemuJob(job) ? eraOfJob(job) : null;
  if (era === null) return 'its release is older than the copy-before-write filter, which the model begins with';
  const what = schedule.find(({ who, what: step }) => who === 'user' && step.startsWith('start'))?.what;
  if (what === undefined) return 'the job is never started';
  const start = parseStart(what);
  if (start === null) return 'its start has options that the model does not know';
  if (start.minCluster !== null) return 'the model does not know min-cluster-size';
  if (start.backing === 'later') return 'the target is given its backing file when all is over';
  if (start.transaction !== null) return 'two disks are backed up, and logs are of one';
  if (start.bitmapMode !== null) return 'with a bitmap QEMU runs two jobs, and the model one';
  return { job: era, start };
}

/** The newest era that is not newer than a version such as `7.2.22 (Debian ...)`; null: the filter is newer. */
function eraOfJob(job: QemuJob): Era | null {
  const [, major, minor] = /^qemu (\d+)\.(\d+)/.exec(job) ?? [];
  if (major === undefined) return null;
  const number = (release: string): number => release.split('.').reduce((sum, part) => 1000 * sum + Number(part), 0);
  const release: Release | undefined = RELEASES.findLast((one) => number(one) <= number(`${major}.${minor}`));
  return release === undefined || isBefore(release, FILTER_SINCE) ? null : eraOf(release);
}

/**
 * The scenario as the model runs it. Of guests only those that have asked; what comes after what is in the log. A discard
 * that never came to the disk was dropped by QEMU, whose filter is opened without unmap (block/io.c,
 * `bdrv_co_pdiscard`): to everybody else it was a flush. One that a disk ignores was copied for all the same. A request that QEMU cuts
 * is several. Which requests fail is in the log.
 */
export function asTheModelRuns(scenario: Scenario, schedule: readonly TraceStep[], start: Start, blockStatus: BlockStatusTells): Scenario {
  const { disk } = scenario;
  const has = (who: string, what: string): boolean => schedule.some((step) => step.who === who && step.what === what);
  const asked = scenario.guest.filter(({ id, kind }) => has(id, kind));
  const whole = asked.map((operation): GuestOperation => {
    const isDropped = operation.kind === 'discard' && wasDropped(operation, scenario, schedule, start);
    return { ...operation, after: [], ...(isDropped ? { kind: 'flush', first: 0, count: 0 } : {}) };
  });
  return {
    mode: scenario.mode,
    targetClusterSectors: scenario.targetClusterSectors,
    disk: { ...disk, discardReads: disk.discardReads === 'ignored' ? 'old' : disk.discardReads, blockStatus },
    guest: whole.flatMap((operation) => (isFailedReader(operation, schedule) ? [operation] : piecesOf(operation, scenario, start))),
    cancel: has('user', 'cancel') || has('user', 'stop'),
    cancelAfter: [],
    pause: has('operator', 'pause'),
    resume: scenario.resume === true,
    ...(scenario.onError === undefined ? {} : { onError: scenario.onError }),
    ...(start.reads === 'snapshot-access' ? { snapshotAccess: true } : {}),
    ...(start.onCbwError === PLAIN.onCbwError ? {} : { onCbwError: start.onCbwError }),
    perf: perfOf(scenario, start),
  };
}

/** Of a read that fails the log does not have the pieces that were given up. */
const isFailedReader = ({ id, kind }: GuestOperation, schedule: readonly TraceStep[]): boolean =>
  kind === 'readT0' && isTold(schedule, id, 'error');

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
