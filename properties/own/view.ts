/** What a property of a custom job is told of a step, and what it sees of disk and backup. */
import type { Cells } from '../../model/families/custom/memory.ts';
import type { Observation, View } from '../../model/families/custom/property.ts';
import { type Errno, NO_ERROR, errnoOf } from '../../model/block/errors.ts';
import type { SyncMode } from '../../model/sync.ts';
import { JobState } from '../../model/job/job-status.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { type Step, atOf, nameOf } from '../../model/kernel/step.ts';
import { type StepIo, ioOf } from '../../model/meaning.ts';
import type { Machine } from '../../model/machine/machine.ts';
import type { SnapshotInModel } from '../snapshot-in-model.ts';

/** Most of it is asked for by few: it is looked up when it is. */
export class StepSeen implements Observation {
  readonly #machine: Machine;
  readonly #coroutine: Coroutine;
  readonly #step: Step;
  readonly #io: StepIo | null;

  constructor(machine: Machine, coroutine: Coroutine, step: Step) {
    this.#machine = machine;
    this.#coroutine = coroutine;
    this.#step = step;
    this.#io = ioOf(step);
  }

  get who(): string {
    return this.#machine.coroutineName(this.#coroutine);
  }
  get step(): string {
    return this.#machine.stepName(this.#step);
  }
  get by(): Observation['by'] {
    return this.#io?.by ?? null;
  }
  get kind(): Observation['kind'] {
    return this.#io?.kind ?? null;
  }
  get phase(): Observation['phase'] {
    return this.#io?.phase ?? null;
  }
  get sector(): number | null {
    const { at } = nameOf(this.#step);
    if (at === 'nothing') return null;
    return at === 'cluster' ? atOf(this.#step) * this.#machine.clusterSectors : atOf(this.#step);
  }
  get cluster(): number | null {
    const { sector } = this;
    return sector === null ? null : Math.floor(sector / this.#machine.clusterSectors);
  }
}

const STATES: Readonly<Record<JobState, View['state']>> = {
  [JobState.created]: 'created',
  [JobState.active]: 'active',
  [JobState.completed]: 'completed',
  [JobState.cancelled]: 'cancelled',
  [JobState.refused]: 'refused',
};

export class BackupSeen implements View {
  readonly memory: Readonly<Record<string, Cells>>;
  readonly meet: (mark: string) => void;
  readonly #machine: Machine;
  readonly #oracle: SnapshotInModel;

  constructor(machine: Machine, oracle: SnapshotInModel, memory: Readonly<Record<string, Cells>>, meet: (mark: string) => void) {
    this.#machine = machine;
    this.#oracle = oracle;
    this.memory = memory;
    this.meet = meet;
  }

  get mode(): SyncMode {
    return this.#machine.promisedSync.name;
  }
  get sectors(): number {
    return this.#machine.shape.sectors;
  }
  get clusterSectors(): number {
    return this.#machine.clusterSectors;
  }
  get clusters(): number {
    return Math.ceil(this.sectors / this.clusterSectors);
  }
  get state(): View['state'] {
    return STATES[this.#machine.job.status.stateSeen];
  }
  get isCancelled(): boolean {
    return this.#machine.job.isCancelledSeen;
  }
  get error(): Errno | null {
    const { errorSeen } = this.#machine.job.status;
    return errorSeen === NO_ERROR ? null : errnoOf(errorSeen);
  }
  get progress(): number {
    return this.#machine.job.status.offsetSeen;
  }

  // Bound, so that they may be taken out of the view.
  readonly source = (sector: number): string => this.#machine.contentName(this.#machine.source.contentAt(sector));
  readonly target = (sector: number): string | null => {
    const { target } = this.#machine;
    return target.isWrittenAt(sector) ? this.#machine.contentName(target.contentAt(sector)) : null;
  };
  readonly backup = (sector: number): string | null =>
    this.#isAfterT0 ? this.#machine.contentName(this.#oracle.shows(sector).content) : null;
  readonly atT0 = (sector: number): string | null => (this.#isAfterT0 ? this.#machine.contentName(this.#oracle.d0(sector)) : null);

  get #isAfterT0(): boolean {
    const { stateSeen } = this.#machine.job.status;
    return stateSeen !== JobState.created && stateSeen !== JobState.refused;
  }
}
