/**
 * snapshot-kept: the claim that all else serves. Per sector s, after every step from T0 until the
 * promise closes: if the target has been written at s, target(s) = D0(s); else if TOP and s was
 * unallocated at T0, base(s) = D0(s); else if BITMAP and the backup before shows D0(s), that; else source(s) = D0(s). At
 * COMPLETED the target alone (FULL), over the base (TOP) or over the backup before (BITMAP) shows D0.
 *
 * "Has been written" is seen at the target image, never taken from the job or its bitmap. There is
 * no exclusion for copies in flight. For NONE, whose target a user reads while the job lives, the
 * target is asked as a reader would ask it: what it has allocated hides the source, even where the
 * target itself filled up a cluster of its own.
 *
 * The promise opens at T0. It closes when a job has let go of the disk that was cancelled, as every
 * NONE job is in the end, or has failed.
 *
 * A target without a backing file of its own is read by putting it over what it belongs over. A FULL
 * target stands alone: it has no backing, every sector has been stored, and it is as long as the disk.
 *
 * The model and a real QEMU are judged alike: `snapshot-in-model.ts` tells what happens to a machine,
 * `src/edge/qemu/observe/snapshot-on-qemu.ts` what happens to QEMU.
 */
import { type Content, ZERO } from '../model/block/content.ts';
import { PromiseWindow } from './promise-window.ts';
import type { Violation } from './property.ts';
import { type BackupView, type ImageView, type OracleMemory, type TargetView, UNKNOWN, wrongContent } from './view.ts';

/** Where a reader of the backup would be sent. */
export type BackupPlace = 'target' | 'base' | 'previous' | 'source';

/** In words; it is the same of a real QEMU. */
export const SNAPSHOT_KEPT =
  'From T0 until the promise ends, the backup (the target over its backing file, if it has one) shows the disk as it was at T0.';

export class SnapshotKept {
  readonly name = 'snapshot-kept';
  readonly sentence = SNAPSHOT_KEPT;
  readonly #view: BackupView;
  readonly #source: ImageView;
  readonly #target: TargetView;
  readonly #memory: OracleMemory;
  readonly #promise: PromiseWindow;
  readonly #d0Cell: number;
  /** By sector, if the mode asks: 1 if it was allocated in the source at T0. */
  readonly #allocatedCell: number;

  constructor(view: BackupView, memory: OracleMemory) {
    this.#view = view;
    this.#source = view.source;
    this.#target = view.target;
    this.#memory = memory;
    this.#promise = new PromiseWindow(memory);
    this.#d0Cell = memory.alloc('oracle.d0', view.shape.sectors);
    this.#allocatedCell = memory.alloc('oracle.allocatedAtT0', view.promisedSync.selects === 'allocated' ? view.shape.sectors : 0);
  }

  // What is observed.

  /**
   * T0 is now. From its first moment on a NONE target shows the disk; elsewhere nothing has been stored yet.
   * @param disk what the source shows now, for who cannot see it at other times
   */
  pointInTime(disk: ImageView = this.#source): Violation | null {
    const {
      shape: { sectors },
      promisedSync: sync,
    } = this.#view;
    const memory = this.#memory;
    this.#promise.open();
    for (let s = 0; s < sectors; s++) {
      memory.store(this.#d0Cell + s, disk.contentAt(s));
      if (sync.selects === 'allocated') memory.store(this.#allocatedCell + s, disk.isAllocatedAt(s) ? 1 : 0);
    }
    return sync.readableWhileRunning ? this.everySector(', at T0') : null;
  }

  /** Source or target may have changed at a sector. @param when for the message */
  changed(sector: number, when = ''): Violation | null {
    const shown = this.#shown(sector);
    return this.#isWrong(sector, shown)
      ? this.#wrong(sector, shown, ` (read from the ${this.#readFrom(sector)}${when})`, ' of the backup')
      : null;
  }

  /** All of it may have changed. @param when for the message */
  everySector(when: string): Violation | null {
    for (let s = 0; s < this.#view.shape.sectors; s++) {
      const violation = this.changed(s, when);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** The job has completed without an error. */
  completed(): Violation | null {
    return this.isOpen ? this.#checkTarget() : null;
  }

  /** Nothing is promised any more. */
  closed(): void {
    this.#promise.close();
  }

  // What is known of the backup.

  /** The disk at T0. */
  d0(sector: number): Content {
    return this.#memory.cells[this.#d0Cell + sector]!;
  }

  /** What the backup shows now, before its end: the target where it was written, else where it would be read from. */
  shows(sector: number): { content: Content; place: BackupPlace } {
    return { content: this.#shown(sector), place: this.#readFrom(sector) };
  }

  /** What the backup shows once the job has completed: the target alone, TOP's over the base. Null: FULL never stored the sector. */
  showsAtEnd(sector: number): Content | null {
    const { promisedSync: sync, shape } = this.#view;
    const target = this.#target;
    if (sync.beneath === 'nothing') return target.isWrittenAt(sector) ? target.contentAt(sector) : null;
    return shape.targetIsBare && !target.isAllocatedAt(sector) ? this.#inBase(sector) : target.contentAt(sector);
  }

  /** Whether T0 has been and the promise has not closed. */
  get isOpen(): boolean {
    return this.#promise.isOpen;
  }

  /** Whether T0 has been. */
  get hasOpened(): boolean {
    return this.#promise.hasOpened;
  }

  /** Whether a sector was allocated in the source at T0 (TOP only). */
  wasAllocated(sector: number): boolean {
    return this.#memory.cells[this.#allocatedCell + sector] === 1;
  }

  #shown(sector: number): Content {
    const from = this.#readFrom(sector);
    if (from === 'target') return this.#target.contentAt(sector);
    if (from === 'previous') return this.#view.previous!.contentAt(sector);
    return from === 'source' ? this.#source.contentAt(sector) : this.#inBase(sector);
  }

  /** The image that a reader of the backup would be sent to. A NONE target is read with whatever backing it has got. */
  #readFrom(sector: number): BackupPlace {
    const { previous, promisedSync: sync, shape } = this.#view;
    const isTarget = sync.readableWhileRunning
      ? !shape.targetIsBare || this.#target.isAllocatedAt(sector)
      : this.#target.isWrittenAt(sector);
    if (isTarget) return 'target';
    if (previous !== null) return previous.contentAt(sector) === this.d0(sector) ? 'previous' : 'source';
    const isToCopy = sync.selects === 'all' || (sync.selects === 'allocated' && this.wasAllocated(sector));
    return isToCopy || sync.beneath === 'source' ? 'source' : 'base';
  }

  /** What the base shows, which is where a bare TOP target belongs. */
  #inBase(sector: number): Content {
    return this.#view.base?.contentAt(sector) ?? ZERO;
  }

  #checkTarget(): Violation | null {
    const {
      shape: { sectors },
      promisedSync: sync,
    } = this.#view;
    for (let s = 0; s < sectors; s++) {
      const content = this.showsAtEnd(s);
      if (content === null)
        return {
          property: this.name,
          sector: s,
          expected: this.d0(s),
          detail: `the job has completed, but sector ${s} was never stored in the target`,
        };
      if (this.#isWrong(s, content)) return this.#wrong(s, content, ' after the job has completed', ' of the target');
    }
    const { sectors: length } = this.#target;
    if (length !== sectors) {
      const has = `${length} ${length === 1 ? 'sector' : 'sectors'}`;
      return { property: this.name, detail: `the job has completed, but the target has ${has} and the disk has ${sectors}` };
    }
    if (sync.beneath === 'nothing' && this.#target.backing !== null)
      return { property: this.name, detail: 'the job has completed, but the target depends on a backing file' };
    return null;
  }

  #isWrong(sector: number, shown: Content): boolean {
    return shown !== UNKNOWN && shown !== this.d0(sector);
  }

  #wrong(sector: number, got: Content, seen: string, of: string): Violation {
    return wrongContent(this.#view, this.name, sector, this.d0(sector), got, seen, of);
  }
}
