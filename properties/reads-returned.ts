/**
 * What readers of the point in time return, where they may throw away what they have read: by a custom job's own code, or since
 * the snapshot has been broken. What each has read last of a sector is remembered, wherever it read it, and judged in the
 * step in which it returns without an error.
 */
import type { GuestRequest } from '../model/block/guest.ts';
import type { Content } from '../model/block/content.ts';
import type { SectorRange } from '../model/block/requester.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { type Step, atOf } from '../model/kernel/step.ts';
import { type StepIo, ioOf, roleOf } from '../model/meaning.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import { GIVEN_UP } from './given-up.ts';
import type { Violation } from './property.ts';
import type { StableReader } from './stable-reader.ts';

export class ReadsReturned {
  readonly #machine: DiskOfMachine;
  readonly #judge: StableReader;
  /** By request and sector: 1 if it has been read, and what was read last. */
  readonly #isReadCell: number;
  readonly #readCell: number;
  /** By request: 1 if it began to read when the job had given up the point in time. */
  readonly #beganLateCell: number;

  constructor(machine: DiskOfMachine, judge: StableReader) {
    const { world, shape, guests } = machine;
    this.#machine = machine;
    this.#judge = judge;
    const length = guests.length * shape.sectors;
    this.#isReadCell = world.alloc('oracle.isRead', length);
    this.#readCell = world.alloc('oracle.read', length);
    this.#beganLateCell = world.alloc('oracle.beganLate', guests.length);
    world.markContents(this.#readCell, length);
  }

  /** Whether a step of this coroutine is to be looked at. */
  isReader(coroutine: Coroutine): boolean {
    return this.#machine.guestOf(coroutine) === coroutine && this.#machine.kindOf(coroutine as GuestRequest) === 'readT0';
  }

  after(coroutine: Coroutine, step: Step): Violation | null {
    if (!this.isReader(coroutine)) return null;
    const reader = coroutine as GuestRequest;
    const io = ioOf(step);
    const { isGivenUpSeen } = this.#machine.job.status;
    if (isGivenUpSeen && roleOf(step) === 'begins') this.#machine.world.store(this.#beganLateCell + this.#index(reader), 1);
    if (io?.phase === 'effect' && io.kind === 'read') this.#note(reader, atOf(step), io.by);
    if (!reader.hasEnded || io?.phase === 'fail') return null;
    return isGivenUpSeen ? this.#returnedVoid(this.#index(reader)) : this.#returned(reader);
  }

  /** @param by `reader`: through the target; `copy`: from the disk */
  #note(reader: GuestRequest, first: number, by: StepIo['by']): void {
    const { world, job, sourceNode } = this.#machine;
    const end =
      by === 'reader'
        ? job.nodeReadBy(reader).takenEnd(reader, first, reader.rangeSeen)
        : sourceNode.takenEnd(reader, first, job.sectorsOf(Math.floor(first / job.clusterSectors)));
    for (let s = first; s < end; s++) {
      world.store(this.#isReadCell + this.#at(reader, s), 1);
      world.store(this.#readCell + this.#at(reader, s), reader.bufferContent(s));
    }
  }

  #returned(reader: GuestRequest): Violation | null {
    const request = this.#index(reader);
    const { first, end } = this.#rangeOf(request);
    for (let s = first; s < end; s++) {
      const read = this.#read(request, s);
      const violation = read === null ? this.#judge.missed(request, s) : this.#judge.fetched(request, s, read, 'read and returned it');
      if (violation !== null) return violation;
    }
    return null;
  }

  /**
   * It returned without an error although the point in time is given up: it must have begun before, and have the disk at T0. Of
   * cowcheck's own job there is nothing to read once the filter is gone (snapshot.ts).
   */
  #returnedVoid(request: number): Violation | null {
    const { world, scenario, sourceNode, shape } = this.#machine;
    if (shape.breaksSnapshot && world.cells[sourceNode.hook.cell] === 0 && this.#hasReadNothing(request)) return null;
    const beganLate = world.cells[this.#beganLateCell + request] === 1;
    const wrong = this.#judge.firstOtherThanT0(this.#rangeOf(request), (s) => this.#read(request, s));
    if (!beganLate && wrong === null) return null;
    const given = shape.breaksSnapshot ? 'whose snapshot is broken' : 'that the job has given up';
    const detail = `${scenario.guest[request]!.id} read from a backup ${given}, and returned no error`;
    return { property: GIVEN_UP, ...(beganLate ? {} : wrong), detail };
  }

  #hasReadNothing(request: number): boolean {
    const { first, end } = this.#rangeOf(request);
    for (let s = first; s < end; s++) if (this.#read(request, s) !== null) return false;
    return true;
  }

  /** What it has read last of a sector; null: nothing. */
  #read(request: number, sector: number): Content | null {
    const { world } = this.#machine;
    const at = request * this.#machine.shape.sectors + sector;
    return world.cells[this.#isReadCell + at] === 0 ? null : world.cells[this.#readCell + at]!;
  }

  /** A request that has ended has forgotten its range. */
  #rangeOf(request: number): SectorRange {
    const { first, count } = this.#machine.scenario.guest[request]!;
    return { first, end: first + count };
  }
  #at(reader: GuestRequest, sector: number): number {
    return this.#index(reader) * this.#machine.shape.sectors + sector;
  }
  #index(reader: GuestRequest): number {
    return reader.id - this.#machine.guests[0]!.id;
  }
}
