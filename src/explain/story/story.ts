/** A trace run once more, with everything noted that an explanation may ask for. */
import { CLAIMED, COPIED, FREED, SKIPPED } from '../../../model/job/bitmap.ts';
import { JobState } from '../../../model/job/job-status.ts';
import { hasPassed } from '../../../model/families/notifier/ample-steps/course.ts';
import { NO_ERROR, type BlockError } from '../../../model/block/errors.ts';
import type { Coroutine } from '../../../model/kernel/coroutine.ts';
import { NOBODY } from '../../../model/kernel/slot.ts';
import { type Step, atOf, nameOf } from '../../../model/kernel/step.ts';
import { meaningOf } from '../../../model/meaning.ts';
import type { DiskOfMachine } from '../../../model/machine/disk-of-machine.ts';
import type { Setting } from '../../../model/machine/shape.ts';
import type { DiskProperties } from '../../../properties/of-disk.ts';
import type { Violation } from '../../../properties/property.ts';
import type { SnapshotInModel } from '../../../properties/snapshot-in-model.ts';
import { Experiment, BestEffortReplay } from '../../search/experiment.ts';
import type { ReadySteps, Strategy } from '../../search/strategies/strategy.ts';
import type { FailingTrace, Verdict } from '../../trace/format.ts';
import { observe } from '../../replay/observe.ts';
import { namedSteps, settingOf, verdictOf } from '../../replay/replay.ts';
import { Footprints } from './footprints.ts';

/** What the sector in question showed once a step had run. */
export interface SectorState {
  readonly source: string;
  readonly target: string;
  /** Whether its cluster is marked as copied: 0, 1, `skip`, or `freed` with the bitmap. */
  readonly bit: string;
  readonly shows: string;
}

export interface StoryStep {
  /** From 1. */
  readonly n: number;
  readonly who: string;
  readonly id: number;
  /** Who could have gone on instead, and had run until then; null: nobody was interrupted. */
  readonly interrupted: string | null;
  readonly step: Step;
  readonly what: string;
  readonly saw: string;
  /** What the same coroutine does next. */
  readonly next: Step;
  readonly fault: BlockError;
  readonly isPaused: boolean;
  /** Whether the job's loop is past the cluster in question. */
  readonly hasPassed: boolean;
  readonly state: SectorState | null;
}

export interface Story {
  readonly trace: FailingTrace;
  readonly experiment: Experiment;
  /** Of which a property was broken. */
  readonly disk: DiskOfMachine;
  /** Which knows that disk at T0. */
  readonly oracle: SnapshotInModel;
  readonly footprints: Footprints;
  readonly steps: readonly StoryStep[];
  readonly violation: Violation;
  readonly verdict: Verdict;
  readonly preemptions: number;
}

/** @returns null if nothing breaks */
export function storyOf(trace: FailingTrace, setting: Setting = settingOf(trace)): Story | null {
  const experiment = new Experiment(trace.scenario, setting);
  const { world } = experiment.machine;
  const disk = diskInQuestion(trace, experiment);
  const notes = new Notes(experiment, disk, new BestEffortReplay(experiment.machine, namedSteps(trace, experiment)), trace.verdict.sector);
  world.recorder = notes.footprints;
  try {
    const { violation, steps } = experiment.run(notes);
    if (violation === null) return null;
    const { footprints, preemptions } = notes;
    const about = { trace, experiment, ...disk };
    return { ...about, footprints, steps: notes.steps, violation, preemptions, verdict: verdictOf(experiment, violation, steps) };
  } finally {
    world.recorder = null;
  }
}

type OfDisk = Pick<Story, 'disk' | 'oracle'>;

/** Whichever is broken by the run; of a machine of two it has to be run for that. */
function diskInQuestion(trace: FailingTrace, experiment: Experiment): OfDisk {
  const { machine, properties } = experiment;
  const [first, second] = properties.disks as [DiskProperties, DiskProperties?];
  if (machine.second === null || second === undefined) return { disk: machine, oracle: first.snapshotKept };
  const { violation } = experiment.run(new BestEffortReplay(machine, namedSteps(trace, experiment)));
  return violation?.isOfSecond === true
    ? { disk: machine.second, oracle: second.snapshotKept }
    : { disk: machine, oracle: first.snapshotKept };
}

/** Follows a schedule, and notes what each step does. */
class Notes implements Strategy {
  readonly name = 'notes';
  readonly footprints: Footprints;
  readonly steps: StoryStep[] = [];
  readonly #experiment: Experiment;
  readonly #of: OfDisk;
  readonly #prefer: BestEffortReplay;
  readonly #sector: number | undefined;

  constructor(experiment: Experiment, of: OfDisk, prefer: BestEffortReplay, sector: number | undefined) {
    this.#experiment = experiment;
    this.#of = of;
    this.#prefer = prefer;
    this.#sector = sector !== undefined && sector < experiment.machine.shape.sectors ? sector : undefined;
    this.footprints = new Footprints(experiment.machine.world);
  }

  get preemptions(): number {
    return this.#prefer.preemptions;
  }

  start(): void {}

  pick(ready: ReadySteps): number {
    return this.#prefer.pick(ready);
  }

  done(id: number, step: Step): void {
    this.#prefer.done(id, step);
    this.footprints.stepEnded();
    const { machine } = this.#experiment;
    const { interrupted } = this.#prefer;
    const coroutine = machine.coroutines.byId(id);
    const [sector, { job, shape }] = [this.#sector, this.#of.disk];
    const goesInOrder = shape.family !== 'block-copy'; // cluster by cluster
    this.steps.push({
      n: this.steps.length + 1,
      who: machine.coroutineName(coroutine),
      id,
      interrupted: interrupted === NOBODY ? null : machine.coroutineName(machine.coroutines.byId(interrupted)),
      step,
      what: machine.stepName(step),
      saw: observe(machine, coroutine, step),
      next: coroutine.pending,
      fault: shape.faults ? machine.faultStruck() : NO_ERROR,
      isPaused: job.isPausedSeen,
      hasPassed: sector !== undefined && goesInOrder && hasPassed(job, Math.floor(sector / job.clusterSectors)),
      state: sector === undefined ? null : stateOf(this.#of, sector),
    });
  }
}

const BITS: Record<number, string> = { 0: '0', [COPIED]: '1', [FREED]: 'freed', [SKIPPED]: 'skip', [CLAIMED]: 'busy' };

/** Before T0 the backup shows nothing, and at T0 what the disk shows: the oracle has not been told of this step yet. */
function stateOf({ disk, oracle }: OfDisk, sector: number): SectorState {
  const { source, target, world, job } = disk;
  const isThere = target.isAllocatedAt(sector) && (!target.isRaw || target.isWrittenAt(sector));
  const { stateCell, stateSeen } = job.status;
  const isT0 = stateSeen === JobState.active && world.changed.subarray(0, world.changedCount).includes(stateCell);
  return {
    source: disk.contentName(source.contentAt(sector)),
    target: isThere ? disk.contentName(target.contentAt(sector)) : '-',
    bit: BITS[world.cells[job.copied.cellOf(Math.floor(sector / job.clusterSectors))]!]!,
    shows: stateSeen === JobState.created ? '-' : disk.contentName(isT0 ? source.contentAt(sector) : oracle.shows(sector).content),
  };
}

// What is asked of a story.

/** The cluster of the backup that a sector is in. */
export const clusterOf = ({ disk }: Story, sector: number): number => Math.floor(sector / disk.job.clusterSectors);

export const coroutineOf = ({ experiment }: Story, { id }: StoryStep): Coroutine => experiment.machine.coroutines.byId(id);

/** The cluster that a step is about; null: none. */
export function clusterOfStep({ disk }: Story, { step }: Pick<StoryStep, 'step'>): number | null {
  const { at } = nameOf(step);
  if (at === 'nothing') return null;
  return at === 'cluster' ? atOf(step) : Math.floor(atOf(step) / disk.job.clusterSectors);
}

/** Whether it is the job's own question what is allocated, before it copies a cluster or goes past it. */
export function jobAsks({ step }: StoryStep): boolean {
  const { role, inCopy } = meaningOf(step);
  return role === 'asksAllocation' && !inCopy;
}

export const stepAt = ({ steps }: Story, n: number): StoryStep => steps[n - 1]!;

/** The latest step up to and with the n-th that fits. */
export const lastStep = ({ steps }: Story, n: number, fits: (step: StoryStep) => boolean): StoryStep | null =>
  steps.slice(0, n).findLast(fits) ?? null;
