/** What the main thread and a worker thread that drives a QEMU tell each other, as plain data. */
import type { SyncMode } from '../../../../model/sync.ts';
import type { Shard } from '../../campaign/shard.ts';
import type { Validation } from '../../../validate/validate.ts';
import type { CaseResult } from '../case/case.ts';
import type { QemuScope } from '../draw/draw.ts';
import type { Capability } from '../daemon/capabilities.ts';

export interface QemuCampaign {
  readonly binary: string;
  readonly modes: readonly SyncMode[];
  readonly scope: QemuScope;
  readonly strategy: string;
  readonly seed: string;
  /** Null: no limit. */
  readonly runs: number | null;
  readonly seconds: number | null;
  readonly keepGoing: boolean;
  /** Whether the log of each run is checked against the model; then QEMU is started as near to the model's loop as it comes. */
  readonly validate: boolean;
  /** Null: all runs are run here. */
  readonly shard: Shard | null;
}

/** Cells of the memory that all threads share. */
export const Cell = { nextRun: 0, stop: 1 } as const;
export const CELLS = 2;

export interface QemuJob {
  readonly campaign: QemuCampaign;
  /** In milliseconds since 1970. */
  readonly deadline: number;
  /** Of `Cell`. */
  readonly cells: Int32Array;
}

/** What is known of a QEMU once it runs. */
export interface QemuStarted {
  readonly version: string;
  /** What other releases have and this one does not, so that no run has it. */
  readonly lacks: readonly Capability[];
  /** The modes that are run, in turn. */
  readonly modes: readonly SyncMode[];
}

export interface QemuRun {
  /** From 0, all modes together. */
  readonly number: number;
  /** Of its mode. */
  readonly run: number;
  readonly result: CaseResult;
  /** Null: its log was not checked. */
  readonly validation: Validation | null;
}

export type QemuMessage =
  | { readonly started: QemuStarted }
  | { readonly ended: QemuRun }
  /** There is no QEMU, or it has ended and not by a fault of its own: why, in one line. */
  | { readonly gone: string };
