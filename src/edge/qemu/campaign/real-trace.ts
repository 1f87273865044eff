/** A run on a real QEMU as a trace, and the other way round. */
import type { Violation } from '../../../../properties/property.ts';
import { type FailingTrace, type QemuJob, type Trace, type TraceStep, type Verdict, isFailing, isQemuJob } from '../../../trace/format.ts';
import type { CaseResult } from '../case/case.ts';
import { Disks } from '../disks/disks.ts';
import { GuestRun } from '../disks/guest.ts';
import { PLAIN, type Start, parseStart } from '../../../validate/start.ts';
import { printContent } from '../observe/oracle.ts';

/** The version of the QEMU that a trace is of; null: it is of the model. */
export const versionOf = ({ job }: Pick<Trace, 'job'>): string | null => (isQemuJob(job) ? job.slice('qemu '.length) : null);

/** Broken or not. */
export function traceOf({ scenario, steps, violation }: CaseResult, version: string, found: Trace['found'], minimal = 'not tried'): Trace {
  const job: QemuJob = `qemu ${version}`;
  return {
    job,
    without: [],
    wake: 'qemu',
    effects: 'sector',
    scenario,
    schedule: steps,
    cause: [],
    minimal,
    verdict: violation === null ? null : verdictOf(violation, steps, scenario),
    ...(found === undefined ? {} : { found }),
  };
}

/** @throws if nothing broke in the run, which would be our own mistake */
export function failingTraceOf(...run: Parameters<typeof traceOf>): FailingTrace {
  const trace = traceOf(...run);
  if (!isFailing(trace)) throw new Error('a run in which nothing broke was taken for a failure');
  return trace;
}

function verdictOf(
  { property, sector, expected, got, detail }: Violation,
  steps: readonly TraceStep[],
  scenario: CaseResult['scenario'],
): Verdict {
  const names = { disks: new Disks(scenario), runs: scenario.guest.map((operation, i) => new GuestRun(operation, i)) };
  return {
    property,
    step: steps.length,
    detail,
    ...(sector === undefined ? {} : { sector }),
    ...(expected === undefined ? {} : { expected: printContent(names, expected) }),
    ...(got === undefined ? {} : { got: printContent(names, got) }),
  };
}

/** How the job of a trace was started; QEMU's defaults if it never was. */
export function startOf(schedule: readonly TraceStep[]): Start {
  const start = schedule.find(({ who, what }) => who === 'user' && what.startsWith('start '));
  return (start === undefined ? null : parseStart(start.what)) ?? PLAIN;
}
