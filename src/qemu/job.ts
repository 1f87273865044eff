/** How the job is started on a real QEMU, and what has become of it. */
import { BACKUP_CLUSTER_BYTES } from './pattern.ts';
import { policiesOf, type Scenario } from '../../model/scenario.ts';
import type { RandomNumbers } from '../explore/random-numbers.ts';
import { sectorBytesOf } from './disks.ts';

/** What of the job is QEMU's alone: `x-perf`. */
export interface Start {
  readonly maxWorkers: number;
  /** Bytes; 0: no limit. */
  readonly maxChunk: number;
}

/** One worker comes near to 1.6's loop; 64 are QEMU's default. A chunk is a cluster or QEMU's choice. */
export function drawStart(scenario: Scenario, random: RandomNumbers): Start {
  return { maxWorkers: [1, 2, 64][random.below(3)]!, maxChunk: [0, smallestChunk(scenario), smallestChunk(scenario)][random.below(3)]! };
}

/** A chunk may not be smaller than the backup's cluster, which is as large as the target's. */
const smallestChunk = (scenario: Scenario): number => Math.max(BACKUP_CLUSTER_BYTES, scenario.targetClusterSectors * sectorBytesOf(scenario));

/** `start workers 1 chunk 65536`: the step's name in a trace. */
export const printStart = ({ maxWorkers, maxChunk }: Start): string => `start workers ${maxWorkers} chunk ${maxChunk}`;

/** The inverse. Null: it is not written so. */
export function parseStart(text: string): Start | null {
  const [, maxWorkers, maxChunk] = /^start workers (\d{1,5}) chunk (\d{1,9})$/.exec(text) ?? [];
  return maxChunk === undefined ? null : { maxWorkers: Number(maxWorkers), maxChunk: Number(maxChunk) };
}

/** What `blockdev-backup` is asked for. @param named makes a name of this case's of a node's or the job's */
export function backupArguments(scenario: Scenario, { maxWorkers, maxChunk }: Start, named: (what: string) => string): object {
  const { source, target } = policiesOf(scenario);
  return {
    'job-id': named('job'),
    'device': named('source'),
    'target': named('target'),
    'sync': scenario.mode,
    'on-source-error': source,
    'on-target-error': target,
    'x-perf': { 'max-workers': maxWorkers, 'max-chunk': maxChunk },
  };
}
