/** How a backup is started on a real QEMU: what is drawn, and what a trace of the model asks for. */
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';
import { PERF_PLAIN } from '../../../../model/job/copy-limits.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { BITMAP_MODES, syncOf } from '../../../../model/sync.ts';
import { PLAIN, type Start } from '../../../validate/start.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import { CAPABILITIES, type Capabilities, type Capability } from '../daemon/capabilities.ts';
import { sectorBytesOf } from '../disks/disks.ts';

/** What is run: a scenario, and what it does not say. */
export interface Drawn {
  readonly scenario: Scenario;
  readonly start: Start;
}

/** One worker and chunks of a cluster: as near as QEMU since 6.0 comes to the loop of 1.6. */
export const LIKE_1_6: Start = { ...PLAIN, workers: 1, chunk: BACKUP_CLUSTER_BYTES };

/** As it is started where the model's loop is wanted. */
export const likeTheModel = (capabilities: Capabilities): Start => (capabilities.has('x-perf') ? LIKE_1_6 : PLAIN);

/** As it is started for a scenario of block-copy: the job's copies and tasks are as large and as many as there. */
export function likeBlockCopy(
  { mode, snapshotAccess, onCbwError = PLAIN.onCbwError, bitmap, perf: { job } = PERF_PLAIN }: Scenario,
  capabilities: Capabilities,
): Start {
  if (snapshotAccess === true) return { ...PLAIN, by: 'filter', reads: 'snapshot-access', onCbwError };
  const perf = capabilities.has('x-perf') ? { workers: job.workers, chunk: job.chunk * BACKUP_CLUSTER_BYTES } : {};
  const sync = syncOf(mode).selects === 'dirty' ? 'bitmap' : 'mode';
  return { ...PLAIN, ...perf, onCbwError, sync, ...(bitmap && { bitmapMode: bitmap.mode, granularity: BACKUP_CLUSTER_BYTES }) };
}

/** What a QEMU must be able to do for such a start. */
export function neededFor({ by, workers, chunk, minCluster, onCbwError, reads }: Start): Capability[] {
  const needs: Readonly<Partial<Record<Capability, boolean>>> = {
    'x-perf': workers !== null || chunk !== null,
    'min-cluster-size': minCluster !== null,
    'on-cbw-error': by === 'job' && onCbwError !== PLAIN.onCbwError,
    filter: by === 'filter',
    'filter-on-cbw-error': by === 'filter' && onCbwError !== PLAIN.onCbwError,
    'snapshot-access': reads === 'snapshot-access',
  };
  return CAPABILITIES.filter((name) => needs[name] === true);
}

/** What is drawn is what this QEMU has. One worker comes near to 1.6's loop; a chunk is a cluster or QEMU's choice. */
export function drawStart(scenario: Scenario, random: RandomNumbers, has: Capabilities): Start {
  const one = <T>(...choices: readonly T[]): T => choices[random.below(choices.length)]!;
  const copiesOnlyBeforeWrites = syncOf(scenario.mode).selects === 'none';
  if (has.has('filter') && copiesOnlyBeforeWrites && one(true, true, true, false)) {
    const reads = has.has('snapshot-access') ? one('target', 'snapshot-access', 'snapshot-access', 'snapshot-access') : 'target';
    const onCbwError = has.has('filter-on-cbw-error') ? one('break-guest-write', 'break-snapshot') : 'break-guest-write';
    return { ...PLAIN, by: 'filter', reads, onCbwError };
  }
  const [workers, chunk] = has.has('x-perf') ? [one(1, 2, 64), one(0, smallestChunk(scenario), smallestChunk(scenario))] : [null, null];
  const onCbwError = has.has('on-cbw-error') ? one('break-guest-write', 'break-guest-write', 'break-snapshot') : 'break-guest-write';
  const minCluster = has.has('min-cluster-size') ? one(null, null, null, 2 * BACKUP_CLUSTER_BYTES) : null;
  return {
    ...PLAIN,
    workers,
    chunk: chunk !== null && chunk < (minCluster ?? 0) ? 0 : chunk,
    minCluster,
    onCbwError,
    finalize: copiesOnlyBeforeWrites ? 'auto' : one('auto', 'auto', 'manual'),
    ...drawBitmap(scenario, one),
    ...(syncOf(scenario.mode).beneath === 'backing' && one(true, false, false) ? { backing: 'later' as const } : {}),
  };
}

/**
 * `incremental` is `bitmap` with `on-success`; other modes may not leave their bitmap as it is (qapi/block-core.json, BitmapSyncMode). A
 * job that copies what is dirty is set up as a full backup, whose target is the backup of the beginning.
 */
function drawBitmap(
  { mode }: Scenario,
  one: <T>(...choices: readonly T[]) => T,
): Partial<Pick<Start, 'sync' | 'bitmapMode' | 'granularity'>> {
  const { selects, bitmapModes } = syncOf(mode);
  const isFull = selects === 'all';
  if (bitmapModes.length === 0 || !(isFull ? one(true, true, false) : one(true, false, false))) return {};
  const sync = isFull ? one('incremental', 'bitmap', 'bitmap', 'bitmap', 'mode') : 'mode';
  const bitmapMode = one<Exclude<Start['bitmapMode'], null>>(
    ...{ incremental: ['on-success'] as const, bitmap: BITMAP_MODES, mode: bitmapModes }[sync],
  );
  return { sync, bitmapMode, granularity: one(BACKUP_CLUSTER_BYTES, BACKUP_CLUSTER_BYTES / 16, BACKUP_CLUSTER_BYTES * 4) };
}

/** A chunk may not be smaller than the backup's cluster, which is as large as the target's. */
export const smallestChunk = (scenario: Scenario): number =>
  Math.max(BACKUP_CLUSTER_BYTES, scenario.targetClusterSectors * sectorBytesOf(scenario));
