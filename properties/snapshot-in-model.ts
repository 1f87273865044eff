/** snapshot-kept of a machine. Its cells say when there is something to judge, and never what. */
import { NO_ERROR } from '../model/block/errors.ts';
import { JobState } from '../model/job/job-status.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import type { Property, Violation } from './property.ts';
import { SnapshotKept } from './snapshot-kept.ts';
import { type Watch, Watched } from './watch.ts';

export class SnapshotInModel extends SnapshotKept implements Property {
  readonly watches = Watched.source | Watched.target | Watched.jobState | Watched.hook;
  readonly #machine: DiskOfMachine;
  readonly #watch: Watch;

  constructor(machine: DiskOfMachine, watch: Watch) {
    super(machine, machine.world);
    this.#machine = machine;
    this.#watch = watch;
  }

  begin(): void {}

  after(_coroutine: Coroutine, _step: Step, watched: number): Violation | null {
    const violation = (watched & (Watched.hook | Watched.jobState)) === 0 ? null : this.#jobChanged();
    return violation ?? (this.isOpen ? this.#disksChanged() : null);
  }

  end(): null {
    return null;
  }

  /** In the order in which the step changed hook and state. */
  #jobChanged(): Violation | null {
    const { changed, changedCount } = this.#machine.world;
    const { what } = this.#watch;
    let violation: Violation | null = null;
    for (let i = 0; i < changedCount; i++) {
      const changedWhat = what[changed[i]!];
      if (changedWhat === Watched.hook) this.#hookChanged();
      else if (changedWhat === Watched.jobState) violation ??= this.#stateChanged();
    }
    return violation;
  }

  /**
   * A job whose hook is gone keeps nothing, unless it has copied all. Which of both it is, its status tells some steps later,
   * and what guests write meanwhile would be blamed on it: so this is asked of the job itself.
   */
  #hookChanged(): void {
    const { world, sourceNode, job } = this.#machine;
    if (world.cells[sourceNode.hook.cell] === 1) return;
    if (job.isCancelledSeen || job.resultSeen !== NO_ERROR) this.closed();
  }

  #stateChanged(): Violation | null {
    const { stateSeen, errorSeen, isGivenUpSeen } = this.#machine.job.status;
    if (isGivenUpSeen) return (this.closed(), null); // what the job must do from then on, given-up says
    if (stateSeen === JobState.active) return this.pointInTime();
    if (stateSeen === JobState.completed && errorSeen === NO_ERROR) return this.completed();
    if (stateSeen !== JobState.created) this.closed();
    return null;
  }

  #disksChanged(): Violation | null {
    const {
      world: { changed, changedCount },
      shape,
    } = this.#machine;
    const { what, first, end } = this.#watch;
    let checked = -1;
    for (let i = 0; i < changedCount; i++) {
      const cell = changed[i]!;
      if ((what[cell]! & (Watched.source | Watched.target)) === 0) continue;
      for (let s = first[cell]!; s < end[cell]!; s++) {
        // A target may be longer than the disk, which is wrong, but not here; a store changes a sector's data and then
        // notes it as written.
        if (s === checked || s >= shape.sectors) continue;
        checked = s;
        const violation = this.changed(s);
        if (violation !== null) return violation;
      }
    }
    return null;
  }
}
