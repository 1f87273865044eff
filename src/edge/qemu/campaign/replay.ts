/** Runs the trace of a real QEMU again, with the three outcomes of any replay. */
import type { Trace } from '../../../trace/format.ts';
import type { ReplayResult } from '../../../replay/replay.ts';
import { writeStep } from '../../../trace/write.ts';
import type { CaseResult } from '../case/case.ts';
import { fits } from '../disks/disks.ts';
import type { Host } from '../case/host.ts';
import { Follow, FollowLoosely } from '../case/picker.ts';
import { QmpFailure } from '../daemon/qmp.ts';
import { startOf, versionOf } from './real-trace.ts';

export async function replayOnQemu(host: Host, trace: Trace): Promise<ReplayResult> {
  if (!fits(trace.scenario)) return { outcome: 'diverged', step: 1, detail: 'a real QEMU is not run with a disk or clusters of this size' };
  const follow = new Follow(trace.schedule);
  const start = startOf(trace.schedule);
  try {
    const result = compared(trace, await host.run(trace.scenario, start, follow), follow, host.version);
    if (result.outcome === 'reproduced' || trace.verdict === null) return result;
    const isOfThis = versionOf(trace) === host.version;
    if (isOfThis && !isOtherwise(result)) return result;
    const loosely = judgedLoosely(trace, await host.run(trace.scenario, start, new FollowLoosely(trace.schedule)), result);
    return isOfThis && loosely.outcome !== 'holds now' ? result : loosely;
  } catch (error) {
    if (!(error instanceof QmpFailure)) throw error;
    return { outcome: 'diverged', step: 1, detail: `QEMU refuses it: ${error.message}` };
  }
}

/**
 * Whether a QEMU of the same version did otherwise in a step that it took: it may have been built anew, with a fix. A step that it could
 * not take is another matter: it never came to what the fix would change.
 */
const isOtherwise = ({ outcome, ready }: ReplayResult): boolean => outcome === 'diverged' && ready === undefined;

/**
 * Another release takes other steps where it is right, or has another order of its own, or has still steps to go where the trace ends.
 * What it makes of the schedule is run to its end.
 * @param before what came of following the trace to the letter
 */
function judgedLoosely(trace: Trace, { violation }: CaseResult, before: ReplayResult): ReplayResult {
  const { property, step: last } = trace.verdict!;
  const step = before.step ?? last;
  const follows =
    before.outcome === 'diverged'
      ? `this QEMU diverges from the trace, which is from ${versionOf(trace)}, at step ${step} of ${last}`
      : `this QEMU follows the trace, which is from ${versionOf(trace)}, and runs on after its end`;
  if (violation === null)
    return before.outcome === 'holds now' ? before : { outcome: 'holds now', detail: `${follows}, and nothing breaks` };
  return violation.property === property
    ? { outcome: 'reproduced', detail: `${follows}, but still ${violation.detail}` }
    : { outcome: 'diverged', step, detail: `${follows}, and ${violation.property} breaks instead: ${violation.detail}` };
}

function compared(trace: Trace, result: CaseResult, follow: Follow, version: string): ReplayResult {
  const other = versionOf(trace) === version ? '' : `; this is QEMU ${version}, but the trace is from ${versionOf(trace)}`;
  const { violation, steps } = result;
  if (violation !== null && violation.property === trace.verdict?.property && steps.length === trace.verdict.step)
    return { outcome: 'reproduced', detail: violation.detail };
  const at = differsAt(trace, result);
  if (at < 0 && trace.verdict === null)
    return violation === null
      ? { outcome: 'reproduced', detail: `nothing breaks in its ${steps.length} steps` }
      : { outcome: 'diverged', step: steps.length, detail: `${violation.property}: ${violation.detail}${other}` };
  const [expected, seen] = [trace.schedule[at], result.steps[at]];
  // What broke showed in some step, and where nothing breaks that step shows something else.
  if (violation === null && trace.verdict !== null && isFollowed(trace, result)) {
    const shows = expected === undefined ? '' : `; step ${at + 1} was ${writeStep(expected)}, and is ${writeStep(seen!)}`;
    return { outcome: 'holds now', detail: `its ${trace.schedule.length} steps no longer break a property${shows}${other}` };
  }
  if (expected === undefined)
    return { outcome: 'diverged', step: steps.length, detail: `${violation!.property} breaks instead: ${violation!.detail}${other}` };
  const instead = seen === undefined ? `what could run was ${(follow.ready ?? []).join(', ') || 'nothing'}` : `QEMU did ${writeStep(seen)}`;
  return {
    outcome: 'diverged',
    step: at + 1,
    expected: writeStep(expected),
    ...(seen === undefined ? { ready: follow.ready ?? [] } : {}),
    detail: `step ${at + 1} should be ${writeStep(expected)}, and ${instead}${other}`,
  };
}

/** Whether each step was taken that the trace names, whatever it showed. */
const isFollowed = ({ schedule }: Trace, { steps }: CaseResult): boolean =>
  schedule.every(({ who, what }, i) => steps[i]?.who === who && steps[i].what === what);

/** The first step that was not as the trace has it; -1: all were. */
const differsAt = ({ schedule }: Trace, { steps }: CaseResult): number =>
  schedule.findIndex((step, i) => steps[i] === undefined || writeStep(step) !== writeStep(steps[i]));
