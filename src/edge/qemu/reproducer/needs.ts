/** What the reproducer of a trace needs of the runtime: a line of `runtime/` that no need asks for is left out (joined.ts). */
import type { FailingTrace } from '../../../trace/format.ts';
import { policiesOf } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Start } from '../../../validate/start.ts';
import { startOf, versionOf } from '../campaign/real-trace.ts';
import { keepsItsPoint } from '../case/job.ts';
import { Disks } from '../disks/disks.ts';
import { BLOCK_BYTES } from '../disks/pattern.ts';
import type { JobEnd } from '../observe/oracle.ts';
import type { Check } from './check.ts';
import { answeredAmongOthers, failures, isFault, stepsOf } from './steps.ts';

const NEEDS = [
  // What shows the bug.
  'check_target',
  'check_reader',
  'check_guest',
  'check_increment',
  'check_group',
  'check_crash',
  'check_hang',
  // Of the disks.
  'qcow2',
  'status',
  'holes',
  'second',
  'bitmap',
  'lands',
  'nudged',
  'looks',
  'target_qcow2',
  'lone_target',
  'shown_by',
  'status_of_format',
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
  'short_increment',
  'long_increment',
  't0',
  'ends',
  'judges_answers',
  'reader_judged',
  'failed',
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
const isWithoutChunks = (job: string, { by, workers }: Start): boolean => by === 'job' && workers === null && majorOf(job) < CHUNKS_SINCE;
const CHUNKS_SINCE = 6;

/**
 * The disks whose answers QEMU may leave unheeded (../case/nudge.ts): an answer comes while another request of the same connection
 * waits. What is found on a QEMU that heeds each one shows there.
 */
export function nudgedDisks({ job, schedule }: FailingTrace): ReadonlySet<string> {
  return majorOf(job) < NUDGED_SINCE ? new Set() : answeredAmongOthers(stepsOf(schedule));
}
const NUDGED_SINCE = 7;

const majorOf = (job: string): number => Number(/^\d+/.exec(versionOf({ job: job as 'qemu x' })!)![0]);

export function needsOf(trace: FailingTrace, check: Check): ReadonlySet<Need> {
  const { scenario, schedule, job } = trace;
  const start = startOf(schedule);
  const disks = new Disks(scenario, start.bitmapMode !== null);
  const isSaid = (what: string): boolean => schedule.some((step) => (step.who === 'user' || step.who === 'operator') && step.what === what);
  const isJob = start.by === 'job';
  const isPair = start.transaction !== null;
  const isNone = syncOf(scenario.mode).selects === 'none';
  const readerJudged = check === 'target' && isNone;
  const shows = (check === 'target' && !isNone) || check === 'increment';
  const isTargetRaw = disks.target.format === 'raw';
  const cancel = isJob && (isNone || isSaid('cancel'));
  const { source, target } = policiesOf(scenario);
  const mayStop = [source, target].some((policy) => policy === 'stop' || policy === 'enospc');
  const resume = isJob && (mayStop || isSaid('pause') || isSaid('resume'));
  const isVoid = start.onCbwError === 'break-snapshot' && start.reads === 'target';
  const finalize = isJob && start.finalize === 'manual';
  const keeps = check === 'increment' && ENDS.some((end) => keepsItsPoint(start, end));
  const isLong = keeps || isPair;
  const has: Readonly<Record<Need, boolean>> = {
    check_target: check === 'target' && !isNone,
    check_reader: check === 'reader',
    check_guest: check === 'guest',
    check_increment: check === 'increment',
    check_group: check === 'group',
    check_crash: check === 'crash',
    check_hang: check === 'hang',
    qcow2: disks.all.some(({ format }) => format !== 'raw'),
    status: schedule.some(({ what }) => what.startsWith('status.')),
    holes: hasHoles(trace, disks),
    second: start.transaction !== null,
    lands: stepsOf(schedule).some((step) => /\.(?:took|land)\b/.test(step.what) && !isFault(step)),
    nudged: nudgedDisks(trace).size > 0,
    looks: disks.all.some(({ name, format }) => format !== 'raw' && nudgedDisks(trace).has(name)),
    target_qcow2: !isTargetRaw,
    lone_target: shows && !isTargetRaw && !isPair && !keeps,
    shown_by: shows && !isTargetRaw && (isPair || keeps),
    status_of_format: disks.all.some(({ name, format }) => format !== 'raw' && asksStatus(trace, name)),
    bitmap: start.bitmapMode !== null,
    faults: failures(schedule).length > 0,
    shown: disks.source.format !== 'raw',
    job: isJob,
    filter: !isJob,
    none: isJob && isNone,
    chunks: !isNone && isWithoutChunks(job, start),
    guests: scenario.guest.length > 0,
    readT0: scenario.guest.some(({ kind }) => kind === 'readT0'),
    cancel,
    resume,
    finalize,
    reader_judged: readerJudged,
    short_increment: check === 'increment' && !isLong,
    long_increment: check === 'increment' && isLong,
    t0: check === 'target' || check === 'reader',
    ends: check !== 'increment' || keeps,
    judges_answers: (check === 'reader' && (isJob || isVoid)) || check === 'guest',
    failed: check === 'guest' || readerJudged || (check === 'reader' && isVoid),
    void: isVoid,
    keeps,
    shows,
    reads: (check === 'increment' && disks.source.format !== 'raw') || readerJudged,
    compares: check === 'target' || check === 'reader' || check === 'increment',
  };
  return new Set(NEEDS.filter((need) => has[need]));
}

const asksStatus = ({ schedule }: FailingTrace, disk: string): boolean =>
  schedule.some(({ who, what }) => who.replace('2', '') === disk && what.startsWith('status.'));

/** Whether a part of a disk may read as zeroes, of which QEMU is told when it asks for the status. */
function hasHoles({ scenario, schedule }: FailingTrace, disks: Disks): boolean {
  const zeroes = /^(?:zero|trim|discard)\b/;
  if (scenario.guest.some(({ kind }) => zeroes.test(kind)) || schedule.some(({ what }) => zeroes.test(what))) return true;
  const asked = new Set(schedule.filter(({ what }) => what.startsWith('status.')).map(({ who }) => who.replace('2', '')));
  return disks.all.some(({ name, format, image, bytes }) => asked.has(name) && format === 'raw' && hasZeroBlock(image.subarray(0, bytes)));
}

function hasZeroBlock(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) if (bytes.subarray(at, at + BLOCK_BYTES).every((byte) => byte === 0)) return true;
  return false;
}
