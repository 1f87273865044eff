/** The seam of what becomes of a backup, and what QEMU is asked for. */
import { policiesOf, type Scenario } from '../../../../model/scenario/scenario.ts';
import type { QmpEvent } from '../daemon/qmp.ts';
import type { JobEnd } from '../observe/oracle.ts';
import type { Actor } from './actor.ts';
import type { Start } from '../../../validate/start.ts';

/** What becomes of a backup, and who decides it. */
export interface Control {
  /** What QEMU refused; our mistake. */
  readonly refusal: Error | null;
  readonly hasStarted: boolean;
  /** Told to start, and not yet there. */
  readonly isStarting: boolean;
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

/** The name of the source's bitmap. */
export const BITMAP = 'dirty';

/** What `blockdev-backup` is asked for. @param named makes a name of this case's of a node's or the job's */
export function backupArguments(scenario: Scenario, start: Start, named: (what: string) => string): object {
  const { source, target } = policiesOf(scenario);
  const { workers, chunk, minCluster, finalize, onCbwError, sync, bitmapMode } = start;
  const perf = {
    ...(workers === null ? {} : { 'max-workers': workers }),
    ...(chunk === null ? {} : { 'max-chunk': chunk }),
    ...(minCluster === null ? {} : { 'min-cluster-size': minCluster }),
  };
  return {
    'job-id': named('job'),
    device: named('source'),
    target: named('target'),
    sync: sync === 'mode' ? scenario.mode : sync,
    ...(bitmapMode === null ? {} : { bitmap: BITMAP }),
    ...(bitmapMode === null || sync === 'incremental' ? {} : { 'bitmap-mode': bitmapMode }),
    'on-source-error': source,
    'on-target-error': target,
    ...(Object.keys(perf).length === 0 ? {} : { 'x-perf': perf }),
    ...(finalize === 'manual' ? { 'auto-finalize': false } : {}),
    ...(onCbwError === 'break-snapshot' ? { 'on-cbw-error': onCbwError } : {}),
  };
}

/**
 * Whether, after such an end, the bitmap still stands for all that was written since the backup of the beginning. Under bitmap-mode never
 * it always does, under on-success where the job has not copied all (docs/interop/bitmaps.rst; qapi/block-core.json, BitmapSyncMode). Then
 * it is for that backup that the increment is made: onto the job's own target nothing would be missing of what the job has copied.
 */
export const keepsItsPoint = ({ bitmapMode }: Start, end: JobEnd | null): boolean =>
  bitmapMode === 'never' || (bitmapMode === 'on-success' && end !== 'completed');

/** What is asked for once the job has ended: the increment that its bitmap now stands for. @param job its id */
export const nextIncrement = (job: string, named: (what: string) => string): object => ({
  'job-id': job,
  device: named('source'),
  target: named('target'),
  sync: 'incremental',
  bitmap: BITMAP,
});
