/**
 * A trace is a YAML file that a person can read, edit and diff. Inputs (scenario, and what is
 * left of an arrow in the schedule) decide; observations (right of the arrow) are checked on replay.
 * Steps are named by coroutine, step and cluster, never by an index. Here is what a trace is, whatever the format of its
 * file, and without how it is read (read.ts): a page that only runs traces needs no parser.
 */
import type { JobName, RuleName } from '../../model/machine/job-names.ts';
import type { WakeOrder } from '../../model/kernel/wake/orders.ts';
import type { CustomJobFile } from '../../model/families/custom/file-name.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { About } from './about.ts';
import { printable } from './printable.ts';

/** The format that is written, and the newest that is read. */
export const TRACE_FORMAT = 2;

/** The verdict of a trace in which nothing breaks, as it is written. */
export const HOLDS = 'holds';

export interface TraceStep {
  /** `job`, `user`, or the id of a guest request. */
  readonly who: string;
  /** `copy.read c0`. */
  readonly what: string;
  /** What was seen, empty if the step shows nothing. */
  readonly saw: string;
}

export interface Verdict {
  readonly property: string;
  /** How many steps had run. */
  readonly step: number;
  readonly sector?: number;
  readonly expected?: string;
  readonly got?: string;
  readonly detail: string;
}

/** Of a run on a real QEMU: its version, and whose build it is if it says so, `qemu 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`. */
export type QemuJob = `qemu ${string}`;

export const isQemuJob = (job: string): job is QemuJob => job.startsWith('qemu ');

export interface Trace {
  /** For those in the gallery. */
  readonly about?: About;
  /** Its name; or the file of a custom job, as it was named. Nothing is ever loaded because a trace says so. */
  readonly job: JobName | CustomJobFile | QemuJob;
  /** Rules that are on although the job's name says they are off. */
  readonly with?: readonly RuleName[];
  /** Rules that are off, besides those that the job's name says. */
  readonly without: readonly RuleName[];
  readonly wake: WakeOrder;
  readonly effects: 'cluster' | 'sector';
  readonly scenario: Scenario;
  /** Properties that are asked besides, or not asked, by their name. In memory alone: no file says it. */
  readonly asked?: string;
  readonly schedule: readonly TraceStep[];
  /** Null: it runs to its end, where nobody can go on, and nothing breaks. */
  readonly verdict: Verdict | null;
  /** The fewest rules that, switched on, make this failure go; none where nothing breaks. */
  readonly cause: readonly RuleName[];
  /** `best effort (N tries)`, or that nobody tried. */
  readonly minimal: string;
  readonly found?: { readonly strategy: string; readonly seed: string; readonly run: number };
}

/** Most are: a property breaks in them. */
export interface FailingTrace extends Trace {
  readonly verdict: Verdict;
}

export const isFailing = (trace: Trace): trace is FailingTrace => trace.verdict !== null;

/** What is wrong with a trace file, in one line. */
export class TraceError extends Error {
  static {
    this.prototype.name = 'TraceError';
  }

  constructor(message: string) {
    super(printable(message));
  }
}
