/**
 * snapshot-kept: the claim that all else serves. Per sector s, after every step from T0 until the
 * promise closes: if the target has been written at s, target(s) = D0(s); else if TOP and s was
 * unallocated at T0, base(s) = D0(s); else source(s) = D0(s). At COMPLETED the target alone (FULL)
 * or the target over the base (TOP) shows D0.
 *
 * "Has been written" is seen at the target image, never taken from the job or its bitmap. There is
 * no exclusion for copies in flight. For NONE, whose target a user reads while the job lives, the
 * target is asked as a reader would ask it: what it has allocated hides the source, even where the
 * target itself filled up a cluster of its own.
 *
 * The promise opens at T0: when the job starts, which is when a correct job links its hook. It closes
 * when the hook of a job is unlinked that was cancelled, as every NONE job is in the end, or has failed.
 *
 * A target without a backing file of its own is read by putting it over what it belongs over. A FULL
 * target stands alone: it has no backing, every sector has been stored, and it is as long as the disk.
 */
import { type Content, ZERO } from '../model/block/content.ts';
import { NO_ERROR } from '../model/block/errors.ts';
import { JobState } from '../model/job/job-status.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { Property, Violation } from './property.ts';
import { Watch, Watched } from './watch.ts';

const Promise = { notYet: 0, justOpened: 1, open: 2, closed: 3 } as const;

export class SnapshotKept implements Property {
  readonly name = 'snapshot-kept';
  readonly sentence =
    'From T0 until the promise closes, the target where it was written, else the place it would be read from, shows the disk at T0.';
  readonly watches = Watched.source | Watched.target | Watched.jobState | Watched.hook;
  readonly #machine: Machine;
  readonly #watch: Watch;
  // What the oracle knows is kept in cells too, so that undo and fingerprints hold for it.
  readonly #promiseCell: number;
  readonly #d0Cell: number;
  readonly #allocatedCell: number;

  constructor(machine: Machine, watch: Watch) {
    this.#machine = machine;
    this.#watch = watch;
    const { world, shape } = machine;
    this.#promiseCell = world.alloc('oracle.promise', 1);
    this.#d0Cell = world.alloc('oracle.d0', shape.sectors);
    this.#allocatedCell = world.alloc('oracle.allocatedAtT0', machine.promisedSync.selects === 'allocated' ? shape.sectors : 0);
  }

  begin(): void {}

  after(_coroutine: Coroutine, _step: Step, watched: number): Violation | null {
    const { world } = this.#machine;
    const completed = (watched & (Watched.hook | Watched.jobState)) !== 0 && this.#jobChanged();
    if (world.cells[this.#promiseCell] === Promise.justOpened) return this.#checkAtT0();
    if (world.cells[this.#promiseCell] !== Promise.open) return null;
    return completed ? this.#checkTarget() : this.#checkChanged();
  }

  #checkChanged(): Violation | null {
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
        if (this.#shown(s) !== this.d0(s)) return this.#wrong(s, this.#shown(s), `the backup shows it from the ${this.#readFrom(s)}`);
      }
    }
    return null;
  }

  end(): null {
    return null;
  }

  /** The disk at T0. */
  d0(sector: number): Content {
    return this.#machine.world.cells[this.#d0Cell + sector]!;
  }

  /** What the backup shows now, before its end: the target where it was written, else where it would be read from. */
  shows(sector: number): { content: Content; place: 'target' | 'base' | 'source' } {
    return { content: this.#shown(sector), place: this.#readFrom(sector) };
  }

  /** What the backup shows once the job has completed: the target alone, TOP's over the base. Null: FULL never stored the sector. */
  showsAtEnd(sector: number): Content | null {
    const { target, shape, promisedSync } = this.#machine;
    if (promisedSync.beneath === 'nothing' && !target.isWrittenAt(sector)) return null;
    return shape.targetIsBare && !target.isAllocatedAt(sector) ? this.#beneath(sector) : target.contentAt(sector);
  }

  /** Whether T0 has been and the promise has not closed. */
  get isOpen(): boolean {
    return this.#machine.world.cells[this.#promiseCell] === Promise.open;
  }

  /** Whether a sector was allocated in the source at T0 (TOP only). */
  wasAllocated(sector: number): boolean {
    return this.#machine.world.cells[this.#allocatedCell + sector] === 1;
  }

  #shown(sector: number): Content {
    const { source, target, base } = this.#machine;
    const from = this.#readFrom(sector);
    if (from === 'target') return target.contentAt(sector);
    if (from === 'source') return source.contentAt(sector);
    return base?.contentAt(sector) ?? ZERO;
  }

  /** The image that a reader of the backup would be sent to. A NONE target is read with whatever backing it has got. */
  #readFrom(sector: number): 'target' | 'base' | 'source' {
    const { promisedSync, shape, target } = this.#machine;
    const { readableWhileRunning, selects, beneath } = promisedSync;
    const isTarget = readableWhileRunning ? !shape.targetIsBare || target.isAllocatedAt(sector) : target.isWrittenAt(sector);
    if (isTarget) return 'target';
    const isToCopy = selects === 'all' || (selects === 'allocated' && this.wasAllocated(sector));
    return isToCopy || beneath === 'source' ? 'source' : 'base';
  }

  /** In the order in which the step changed hook and state. @returns whether the job has completed without an error */
  #jobChanged(): boolean {
    const { changed, changedCount } = this.#machine.world;
    const { what } = this.#watch;
    let completed = false;
    for (let i = 0; i < changedCount; i++) {
      const changedWhat = what[changed[i]!];
      if (changedWhat === Watched.hook) this.#hookChanged();
      else if (changedWhat === Watched.jobState) completed = this.#stateChanged() || completed;
    }
    return completed;
  }

  #hookChanged(): void {
    const { world, sourceNode, job } = this.#machine;
    if (world.cells[sourceNode.hookCell] === 0 && (job.isCancelledSeen || job.resultSeen !== NO_ERROR)) this.#close();
  }

  /** @returns whether the job has completed without an error */
  #stateChanged(): boolean {
    const { job, world, source, shape, promisedSync } = this.#machine;
    const { stateSeen, errorSeen } = job.status;
    if (stateSeen === JobState.cancelled || (stateSeen === JobState.completed && errorSeen !== NO_ERROR)) this.#close();
    if (stateSeen === JobState.active) {
      world.store(this.#promiseCell, Promise.justOpened);
      for (let s = 0; s < shape.sectors; s++) {
        world.store(this.#d0Cell + s, source.contentAt(s));
        if (promisedSync.selects === 'allocated') world.store(this.#allocatedCell + s, source.isAllocatedAt(s) ? 1 : 0);
      }
    }
    return stateSeen === JobState.completed && errorSeen === NO_ERROR;
  }

  /** NONE: from its first moment on the target shows the disk. Elsewhere nothing has been stored yet. */
  #checkAtT0(): Violation | null {
    const { world, shape, promisedSync } = this.#machine;
    world.store(this.#promiseCell, Promise.open);
    if (!promisedSync.readableWhileRunning) return null;
    for (let s = 0; s < shape.sectors; s++)
      if (this.#shown(s) !== this.d0(s)) return this.#wrong(s, this.#shown(s), `the backup shows it from the ${this.#readFrom(s)}, at T0`);
    return null;
  }

  #close(): void {
    this.#machine.world.store(this.#promiseCell, Promise.closed);
  }

  #checkTarget(): Violation | null {
    const { target, shape, promisedSync } = this.#machine;
    for (let s = 0; s < shape.sectors; s++) {
      const content = this.showsAtEnd(s);
      if (content === null)
        return {
          property: this.name,
          sector: s,
          expected: this.d0(s),
          detail: `the job has completed, and sector ${s} was never stored in the target`,
        };
      if (content !== this.d0(s)) return this.#wrong(s, content, 'the job has completed, and this is what the target shows');
    }
    if (target.sectors !== shape.sectors)
      return {
        property: this.name,
        detail: `the job has completed, and the target is ${target.sectors} sectors long, the disk ${shape.sectors}`,
      };
    if (promisedSync.beneath === 'nothing' && target.backing !== null)
      return { property: this.name, detail: 'the job has completed, and the target does not stand alone: it has a backing file' };
    return null;
  }

  /** What the base shows, which is where a bare TOP target belongs. */
  #beneath(sector: number): Content {
    return this.#machine.base?.contentAt(sector) ?? ZERO;
  }

  #wrong(sector: number, got: Content, where: string): Violation {
    const { machine, expected } = { machine: this.#machine, expected: this.d0(sector) };
    const detail = `sector ${sector} should be ${machine.contentName(expected)} and is ${machine.contentName(got)}: ${where}`;
    return { property: this.name, sector, expected, got, detail };
  }
}
