/**
 * The log of a real run, in words that a run of the model has, too. A log is a list of moments, one for each thing
 * that we did to QEMU (a request that we held took effect, or got its reply; a guest asked for something; the user
 * started or cancelled), and what QEMU made of it at once, which may have happened in any order.
 *
 *   took source 0-1 ...      a read took effect: of a copy, of the guest, or of a reader of the point in time
 *   write source 1-3         a guest's write has passed the hook and come to the disk; so do `zero` and `trim`
 *   land source 1-1 ...      a part of it, within one cluster, has taken effect
 *   wrote source 1-3         the disk has said so
 *   store target 0-1         a copy asks the target to keep a cluster, as data or as zeroes
 *   land target 0-1 ...      the target has it
 *   stored target 0-1        the target has said so
 *   T0, COMPLETED, CANCELLED the job's
 *
 * Ranges are sectors, the last one included. These are *shown*. What a guest is told is a *claim* about the state in
 * which the model is then: the request has ended. What somebody asks QEMU to do is a *gate*: the model may do it from there
 * on, for QEMU hears of it when it likes.
 */
import type { Scenario } from '../../model/scenario/scenario.ts';

export interface LogEvent {
  readonly text: string;
  /** Of the trace, from 1. */
  readonly step: number;
  /** What it claims: that this guest's request has ended, or everything. Absent: the model has to show it. */
  readonly ended?: string;
}

/** Who ended, where it is all of them. */
export const EVERYBODY = 'everybody';

/** What happened together, in whichever order. */
export type Moment = readonly LogEvent[];

export interface RunLog {
  /** What the model is to run: without what is not asked of it. */
  readonly scenario: Scenario;
  readonly moments: readonly Moment[];
  /** By who and the first word of the step: the moment from which on the model may do it. */
  readonly gates: ReadonlyMap<string, number>;
  /** There is no job but a filter, which tells of no end. */
  readonly isFiltered: boolean;
}

/** The backup's cluster, where the target's are not larger (QEMU: `BACKUP_CLUSTER_SIZE_DEFAULT`). */
export const CLUSTER_BYTES = 65_536;

export const gateOf = (who: string, step: string): string => `${who} ${step}`;

export const rangeText = (first: number, end: number): string => `${first}-${end - 1}`;

export const landText = (disk: string, first: number, names: readonly string[]): string =>
  `land ${disk} ${rangeText(first, first + names.length)} ${names.join(' ')}`;
export const tookText = (disk: string, first: number, names: readonly string[]): string =>
  `took ${disk} ${rangeText(first, first + names.length)} ${names.join(' ')}`;

export const isAllZero = (names: readonly string[]): boolean => names.every((name) => name === 'zero');
