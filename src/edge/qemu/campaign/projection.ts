/**
 * A schedule of the model as far as it can be forced from outside on a real QEMU. Requests of guests, the commands of the
 * monitor, and effect and reply of each I/O can; what lies between two I/Os inside of QEMU (a bit that is set, a
 * coroutine that waits or wakes) happens there when QEMU likes. What QEMU does of its own accord meanwhile, such as asking
 * for the allocation or reading metadata, is answered as soon as it is all that is left to do.
 */
import '../../../../model/machine/machine.ts'; // names all steps of the built-in jobs
import { ERRNOS } from '../../../../model/block/errors.ts';
import { stepNamed } from '../../../../model/kernel/step.ts';
import { familyOfJob } from '../../../../model/machine/job-names.ts';
import { type Meaning, type StepIo, meaningOf } from '../../../../model/meaning.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { modesWhere, syncOf } from '../../../../model/sync.ts';
import { type Trace, type TraceStep, isFailing } from '../../../trace/format.ts';
import type { ReplayResult } from '../../../replay/replay.ts';
import { writeStep } from '../../../trace/write.ts';
import type { TestHooks } from '../case/actors.ts';
import type { Actor } from '../case/actor.ts';
import { Disks, fits } from '../disks/disks.ts';
import { onlyWhatQemuHas } from '../draw/draw.ts';
import type { CaseResult } from '../case/case.ts';
import type { Host } from '../case/host.ts';
import { likeBlockCopy, likeTheModel, neededFor } from '../case/start.ts';
import type { Picker } from '../case/picker.ts';

export interface ProjectionResult extends Omit<ReplayResult, 'outcome'> {
  /** `diverged`: a property breaks, and none does in the trace. */
  readonly outcome: ReplayResult['outcome'] | 'cannot be forced';
  /** What QEMU did, if a property broke. */
  readonly run?: CaseResult;
}

/** A step of the model that can be forced, and who does it in QEMU. */
interface Forced {
  /** Of the trace, from 1. */
  readonly step: number;
  readonly text: string;
  readonly isIt: (actor: Actor) => boolean;
}

/** Replays a trace of the model on a real QEMU. @param hooks who else is there: a saboteur, in specs */
export async function project(host: Host, trace: Trace, hooks: TestHooks = {}): Promise<ProjectionResult> {
  const wrong = whatQemuHasNot(trace);
  if (wrong !== null) return { outcome: 'cannot be forced', step: 1, detail: wrong };
  const scenario = cancelledInTheEnd(onlyWhatQemuHas(asSetUp(trace.scenario)));
  const { capabilities, version } = host;
  const start = familyOfJob(trace.job) === 'block-copy' ? likeBlockCopy(trace.scenario, capabilities) : likeTheModel(capabilities);
  const lacks = neededFor(start).filter((one) => !capabilities.has(one));
  if (lacks.length > 0) return { outcome: 'cannot be forced', step: 1, detail: `QEMU ${version} lacks ${lacks.join(', ')}` };
  const picker = new Projection(forcedSteps(trace, new Disks(scenario)));
  const run = await host.run(scenario, start, picker, hooks);
  const { violation } = run;
  if (violation !== null)
    return { outcome: isFailing(trace) ? 'reproduced' : 'diverged', detail: `${violation.property}: ${violation.detail}`, run };
  const { stuck, ready } = picker;
  if (stuck === null)
    return {
      outcome: 'holds now',
      detail: `QEMU ${host.version} follows all of its ${trace.schedule.length} steps that can be forced, and no property is broken`,
    };
  return {
    outcome: 'cannot be forced',
    step: stuck.step,
    expected: stuck.text,
    ready,
    detail: `step ${stuck.step}, ${stuck.text}: QEMU ${host.version} never reaches it; possible: ${ready.join(', ') || 'nothing'}`,
  };
}

/**
 * A scenario of the model as a real QEMU is set up for it. Its options are those of the command, which the start says. An increment is
 * set up as a full backup, whose target is the backup of the beginning; what it copies, its start says, too.
 */
function asSetUp({
  bitmap: _bitmap,
  onCbwError: _onCbwError,
  perf: _perf,
  snapshotAccess: _snapshotAccess,
  disk: { blockStatus: _blockStatus, ...disk },
  ...scenario
}: Scenario): Scenario {
  const [whole] = modesWhere(({ selects }) => selects === 'all');
  const isIncrement = syncOf(scenario.mode).selects === 'dirty';
  return { ...scenario, disk, ...(isIncrement ? { mode: whole!, targetClusterSectors: 0 } : {}) };
}

function whatQemuHasNot({ scenario }: Trace): string | null {
  const { disk, existingTarget, guest, speed = 0, endlessGuest = false, bitmap, transaction } = scenario;
  if (!fits(scenario)) return 'a real QEMU is not run with a disk or clusters of this size';
  if (disk.throttled === true || speed > 0) return 'its limits depend on time, which cowcheck does not control';
  if (disk.copyOnRead === true || existingTarget !== undefined) return 'a real QEMU is not run with such a source or target';
  if (bitmap !== undefined && bitmap.dirty.length > 0) return 'a real QEMU is not run with a bitmap that is dirty before the first write';
  if (endlessGuest) return 'a real QEMU is not run with a guest that never stops';
  if (transaction !== undefined) return 'a schedule of two disks cannot be forced on a real QEMU';
  if (guest.some(({ kind }) => kind === 'savevm')) return 'there is no VM whose state could be saved';
  return null;
}

/**
 * A trace may end before anybody cancels a job that does not end by itself. Here it is cancelled once all else is done: a
 * job that waits for ever is taken for one that hangs.
 */
const cancelledInTheEnd = (scenario: Scenario): Scenario =>
  !syncOf(scenario.mode).endsByItself && !scenario.cancel ? { ...scenario, cancel: true } : scenario;

class Projection implements Picker {
  readonly #steps: readonly Forced[];
  #at = 0;
  #isStuck = false;
  ready: readonly string[] = [];

  constructor(steps: readonly Forced[]) {
    this.#steps = steps;
  }

  /** The step that QEMU did not come to; null: it came to all. */
  get stuck(): Forced | null {
    return this.#steps[this.#at] ?? null;
  }

  pick(ready: readonly Actor[]): number {
    const step = this.#steps[this.#at];
    if (step === undefined || this.#isStuck) return theRest(ready);
    const found = ready.findIndex(step.isIt);
    if (found >= 0) {
      this.#at++;
      return found;
    }
    const own = ready.findIndex(({ held }) => held?.isAnonymous === true);
    if (own >= 0) return own;
    this.#isStuck = true;
    this.ready = ready.map(({ who, what }) => `${who}: ${what}`);
    return theRest(ready);
  }

  done(): void {}
}

/** Once nothing is asked for any more: what is under way comes to its end, then the first actor that is left runs. */
const theRest = (ready: readonly Actor[]): number =>
  Math.max(
    0,
    ready.findIndex(({ held }) => held !== undefined),
  );

function forcedSteps({ schedule, scenario }: Trace, disks: Disks): Forced[] {
  const names = new Set(scenario.guest.map(({ id }) => id));
  const landed = new Set<string>();
  return schedule.flatMap((step, i): Forced[] => {
    const isIt = actorOf(step, names, disks, scenario.disk.clusterSectors);
    if (isIt === null) return [];
    // An effect that the model has sector by sector is one on QEMU's disk, and comes with the first of them.
    const [what = '', where = ''] = step.what.split(' ');
    const io = meaningNamed(what)?.io;
    const once = `${step.who} ${what} ${io?.by === 'copy' ? clusterOf(where, scenario.disk.clusterSectors) : ''}`;
    if (io?.phase === 'effect' && landed.has(once)) return [];
    landed.add(once);
    return [{ step: i + 1, text: writeStep(step), isIt }];
  });
}

/** Who in QEMU does what a step of the model does; null: it happens inside of QEMU. */
function actorOf(
  { who, what, saw }: TraceStep,
  guests: ReadonlySet<string>,
  disks: Disks,
  clusterSectors: number,
): ((actor: Actor) => boolean) | null {
  const [name = '', where = ''] = what.split(' ');
  const { role = null, io = null } = meaningNamed(name) ?? {};
  if (role === 'takesPoint') return (actor) => actor.who === 'user' && actor.what.startsWith('start ');
  if (who === 'user' || who === 'operator') return (actor) => actor.who === who && actor.what === name;
  if (guests.has(who) && role === 'begins') return (actor) => actor.who === who;
  const place =
    io === null
      ? null
      : placeOf(
          io,
          ERRNOS.some((errno) => saw.startsWith(errno)),
        );
  if (place === null) return null;
  const sector = where === '' ? null : where.startsWith('c') ? Number(where.slice(1)) * clusterSectors : Number(where.slice(1));
  return ({ who: disk, what: next, held }) =>
    held?.isData === true && disk === place.disk && next.startsWith(place.phase) && (sector === null || held.isAbout(sector, disks));
}

/**
 * What QEMU does on the wire in that step of the model: on which disk, and in which phase; null: nothing that is held there. A
 * request that fails does so when it is submitted; QEMU hears of it where it would take effect.
 */
function placeOf({ by, kind, phase }: StepIo, fails: boolean): { disk: string; phase: string } | null {
  if (by === 'reader' || kind === 'any' || (phase !== 'effect' && phase !== 'complete' && !fails)) return null;
  const isRead = kind === 'read';
  const end = phase === 'complete' ? 'done' : isRead ? 'took' : 'land';
  return { disk: by === 'copy' && !isRead ? 'target' : 'source', phase: `${kind === 'discard' ? 'trim' : kind}.${end}` };
}

/** Null: no step is called so. */
function meaningNamed(label: string): Meaning | null {
  const name = stepNamed(label);
  return name === null ? null : meaningOf(name.index);
}

const clusterOf = (where: string, clusterSectors: number): number =>
  where.startsWith('c') ? Number(where.slice(1)) : Math.floor(Number(where.slice(1)) / clusterSectors);
