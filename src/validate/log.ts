/**
 * The log of a real run, in words that a run of the model has, too. A log is a list of moments, one for each thing
 * that we did to QEMU (a request that we held took effect, or got its reply; a guest asked for something; the user
 * started or cancelled), and what QEMU made of it at once, which may have happened in any order.
 *
 *   took source 0-1 ...      a read of a raw source took effect: of a copy, of the guest, or of a reader of the point in time
 *   write source 1-3         a guest's write has passed the filter and come to the disk; so do `zero` and `trim`
 *   land source 1-1 ...      a part of it, within one cluster, has taken effect
 *   store target 0-3         a copy asks the target to keep some clusters, as data or as zeroes
 *   land target 0-1 ...      the target has one of them
 *   fails source read EIO    a disk has denied a read, a write, or the question what it has
 *   T0, COMPLETED, CANCELLED the job's, the second with its error
 *   ERROR read ignore        what the job does about an error
 *
 * Ranges are sectors, the last one included. These are *shown*. What a guest is told is a *claim* about the state in
 * which the model is then: the request has ended. What somebody asks QEMU to do, and what a disk answers, is a *gate*: the model may go
 * on with it from there on, for QEMU hears of it when it likes.
 */
import type { FaultOp } from '../../model/block/faults.ts';
import type { Errno, Side } from '../../model/block/errors.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { TraceStep } from '../trace/format.ts';

export interface LogEvent {
  readonly text: string;
  /** Of the trace, from 1. */
  readonly step: number;
  /** How a disk denied a request; the model has to make one of these fail. */
  readonly fails?: Failure;
  /** What it claims: that these requests have ended, or everything. Absent: the model has to show it. */
  readonly ended?: readonly string[] | typeof EVERYBODY;
}

/** A request that a disk denied. */
export interface Failure {
  readonly side: Side;
  readonly op: FaultOp;
  readonly errno: Errno;
}

/** On an overlay a request is several of its file, and may be denied in more than one: what comes of that is shown, not when. */
export interface DeniedUnseen extends Failure {
  /** The moment from which on the model may have it denied. */
  readonly from: number;
}

/** Who ended, where it is all of them. */
export const EVERYBODY = 'everybody';

/** What happened together, in whichever order. */
export type Moment = readonly LogEvent[];

/** From where on something had landed, and from where on the disk had said so, as moments. */
export interface Unanswered {
  readonly from: number;
  to: number;
}

export interface RunLog {
  /** What the model is to run: without what is not asked of it. */
  readonly scenario: Scenario;
  readonly moments: readonly Moment[];
  /** By who and the first word of the step: the moment from which on the model may do it. */
  readonly gates: ReadonlyMap<string, number>;
  /** By what was written (`keyOfStore`, `keyOfWrite`): when it had landed, and nobody had been told. */
  readonly unanswered: ReadonlyMap<string, readonly Unanswered[]>;
  readonly deniedUnseen: readonly DeniedUnseen[];
  /** By request: of which error its guest was told, or of none. Those that were told nothing are not in it. */
  readonly failed: ReadonlyMap<string, Errno | null>;
  /** There is no job but a filter, which tells of no end. */
  readonly isFiltered: boolean;
}

/** The backup's cluster, where the target's are not larger (QEMU: `BACKUP_CLUSTER_SIZE_DEFAULT`). */
export const CLUSTER_BYTES = 65_536;

export const gateOf = (who: string, step: string): string => `${who} ${step}`;

export const keyOfStore = (cluster: number): string => `target ${cluster}`;
export const keyOfWrite = (first: number, end: number): string => `source ${rangeText(first, end)}`;

export const rangeText = (first: number, end: number): string => `${first}-${end - 1}`;

export const landText = (disk: string, first: number, names: readonly string[]): string =>
  `land ${disk} ${rangeText(first, first + names.length)} ${names.join(' ')}`;
export const tookText = (disk: string, first: number, names: readonly string[]): string =>
  `took ${disk} ${rangeText(first, first + names.length)} ${names.join(' ')}`;
export const failsText = ({ side, op, errno }: Failure): string => `fails ${side} ${op} ${errno}`;

export const isAllZero = (names: readonly string[]): boolean => names.every((name) => name === 'zero');

/** Sectors of a cluster of the backup, which is as large as one of the target at least. */
export const copyClusterSectors = ({ disk, targetClusterSectors }: Pick<Scenario, 'disk' | 'targetClusterSectors'>): number =>
  Math.max(disk.clusterSectors, targetClusterSectors);

/** Whether a guest is told this at any time. */
export const isTold = (schedule: readonly TraceStep[], id: string, what: 'ok' | 'error'): boolean =>
  schedule.some(({ saw }) => saw.split(', ').some((text) => text.startsWith(`${id} ${what}`)));
