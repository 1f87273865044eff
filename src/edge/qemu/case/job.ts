/** How a backup is started on a real QEMU. */
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';
import { policiesOf, type Scenario } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import type { Actor } from './actor.ts';
import type { QmpEvent } from '../daemon/qmp.ts';
import { sectorBytesOf } from '../disks/disks.ts';

/** What of the job is QEMU's alone: `x-perf`. */
interface JobStart {
  readonly maxWorkers: number;
  /** Bytes; 0: no limit. */
  readonly maxChunk: number;
}

/**
 * Or there is no job but an explicit copy-before-write filter, which is what a job comes to that copies nothing itself, with
 * `discard=unmap`. A
 * plain job's own filter is opened without it, so that QEMU drops the guest's discards before they come to it
 * (io.c, `bdrv_co_pdiscard`; block/copy-before-write.c, `bdrv_cbw_append`).
 */
export type Start = JobStart | 'filter';

/** One worker and chunks of a cluster: as near as 7.2 comes to the loop of 1.6. */
export const LIKE_1_6: Start = { maxWorkers: 1, maxChunk: BACKUP_CLUSTER_BYTES };

/** One worker comes near to 1.6's loop; 64 are QEMU's default. A chunk is a cluster or QEMU's choice. */
export function drawStart(scenario: Scenario, random: RandomNumbers): Start {
  if (syncOf(scenario.mode).selects === 'none' && random.below(3) === 0) return 'filter';
  return { maxWorkers: [1, 2, 64][random.below(3)]!, maxChunk: [0, smallestChunk(scenario), smallestChunk(scenario)][random.below(3)]! };
}

/** A chunk may not be smaller than the backup's cluster, which is as large as the target's. */
const smallestChunk = (scenario: Scenario): number =>
  Math.max(BACKUP_CLUSTER_BYTES, scenario.targetClusterSectors * sectorBytesOf(scenario));

/** `start workers 1 chunk 65536`: the step's name in a trace. */
export const printStart = (start: Start): string =>
  start === 'filter' ? 'start filter' : `start workers ${start.maxWorkers} chunk ${start.maxChunk}`;

/** The inverse. Null: it is not written so. */
export function parseStart(text: string): Start | null {
  if (text === 'start filter') return 'filter';
  const [, maxWorkers, maxChunk] = /^start workers (\d{1,5}) chunk (\d{1,9})$/.exec(text) ?? [];
  return maxChunk === undefined ? null : { maxWorkers: Number(maxWorkers), maxChunk: Number(maxChunk) };
}

/** What becomes of a backup, and who decides it. */
export interface Control {
  /** What QEMU refused; our mistake. */
  readonly refusal: Error | null;
  readonly hasStarted: boolean;
  /** Who of them still waits for something. */
  readonly waiting: readonly string[];
  user(): Actor | null;
  operator(): Actor | null;
  /** An event has come, in whichever phase of the case. */
  arrived(event: QmpEvent): void;
  /** The job has said something in the step that ends now. */
  heard(event: QmpEvent): void;
  /** Ends a job that is still there. */
  end(): Promise<void>;
}

/** What `blockdev-backup` is asked for. @param named makes a name of this case's of a node's or the job's */
export function backupArguments(scenario: Scenario, { maxWorkers, maxChunk }: JobStart, named: (what: string) => string): object {
  const { source, target } = policiesOf(scenario);
  return {
    'job-id': named('job'),
    device: named('source'),
    target: named('target'),
    sync: scenario.mode,
    'on-source-error': source,
    'on-target-error': target,
    'x-perf': { 'max-workers': maxWorkers, 'max-chunk': maxChunk },
  };
}
