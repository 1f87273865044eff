/** What the reproducer of a trace needs of the runtime: a line of `runtime/` that no need asks for is left out (joined.ts). */
import type { FailingTrace } from '../../../trace/format.ts';
import { policiesOf } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Start } from '../../../validate/start.ts';
import { startOf, versionOf } from '../campaign/real-trace.ts';
import { keepsItsPoint } from '../case/job.ts';
import { Disks } from '../disks/disks.ts';
import type { JobEnd } from '../observe/oracle.ts';
import type { Check } from './check.ts';
import { failures, isFault, merged } from './steps.ts';

const NEEDS = [
  // What shows the bug.
  'check_target',
  'check_reader',
  'check_guest',
  'check_increment',
  'check_group',
  // Of the disks.
  'qcow2',
  'status',
  'second',
  'bitmap',
  'lands',
  'faults',
  'shown',
  // Of the job and the guests.
  'job',
  'filter',
  'none',
  'chunks',
  'guests',
  'readT0',
  'cancel',
  'resume',
  'finalize',
  // Of what is judged.
  'judged',
  'reader_judged',
  'void',
  'keeps',
  'shows',
  'reads',
  'compares',
] as const;

export type Need = (typeof NEEDS)[number];

/** How a job can end. */
export const ENDS: readonly JobEnd[] = ['completed', 'failed', 'cancelled'];

/** The job of 5.2 copies one cluster after the other, and can't be told otherwise (block/backup.c, `backup_loop`). */
const isWithoutChunks = (job: string, { by, workers }: Start): boolean =>
  by === 'job' && workers === null && Number(/^\d+/.exec(versionOf({ job: job as 'qemu x' })!)![0]) < CHUNKS_SINCE;
const CHUNKS_SINCE = 6;

export function needsOf(trace: FailingTrace, check: Check): ReadonlySet<Need> {
  const { scenario, schedule, job } = trace;
  const start = startOf(schedule);
  const disks = new Disks(scenario, start.bitmapMode !== null);
  const isSaid = (what: string): boolean => schedule.some((step) => (step.who === 'user' || step.who === 'operator') && step.what === what);
  const isJob = start.by === 'job';
  const isNone = syncOf(scenario.mode).selects === 'none';
  const readerJudged = check === 'target' && isNone;
  const shows = (check === 'target' && !isNone) || check === 'increment';
  const isTargetRaw = disks.target.format === 'raw';
  const cancel = isJob && (isNone || isSaid('cancel'));
  const { source, target } = policiesOf(scenario);
  const mayStop = [source, target].some((policy) => policy === 'stop' || policy === 'enospc');
  const resume = isJob && (mayStop || isSaid('pause') || isSaid('resume'));
  const finalize = isJob && start.finalize === 'manual';
  const has: Readonly<Record<Need, boolean>> = {
    check_target: check === 'target' && !isNone,
    check_reader: check === 'reader',
    check_guest: check === 'guest',
    check_increment: check === 'increment',
    check_group: check === 'group',
    qcow2: disks.all.some(({ format }) => format !== 'raw'),
    status: schedule.some(({ what }) => what.startsWith('status.')),
    second: start.transaction !== null,
    lands: merged(schedule).some((step) => /\.(?:took|land)\b/.test(step.what) && !isFault(step)),
    bitmap: start.bitmapMode !== null,
    faults: failures(schedule).length > 0,
    shown: disks.source.format !== 'raw',
    job: isJob,
    filter: !isJob,
    none: isJob && isNone,
    chunks: isWithoutChunks(job, start),
    guests: scenario.guest.length > 0,
    readT0: scenario.guest.some(({ kind }) => kind === 'readT0'),
    cancel,
    resume,
    finalize,
    reader_judged: readerJudged,
    judged: shows || check === 'group',
    void: start.onCbwError === 'break-snapshot' && start.reads === 'target',
    keeps: check === 'increment' && ENDS.some((end) => keepsItsPoint(start, end)),
    shows,
    reads: check === 'increment' || readerJudged || (shows && !isTargetRaw),
    compares: check === 'target' || check === 'reader' || check === 'increment',
  };
  return new Set(NEEDS.filter((need) => has[need]));
}
