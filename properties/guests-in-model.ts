/** guest-unharmed of a machine. */
import { type Content, ZERO } from '../model/block/content.ts';
import type { GuestRequest } from '../model/block/guest.ts';
import { Place } from '../model/block/image.ts';
import { type BlockError, NO_ERROR } from '../model/block/errors.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { type Step, atOf } from '../model/kernel/step.ts';
import { type StepIo, meaningOf } from '../model/meaning.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import { GuestUnharmed } from './guest-unharmed.ts';
import { faultsIn, isAboutIo, withFault } from './fault-set.ts';
import type { Property, Violation } from './property.ts';
import { type Watch, Watched } from './watch.ts';

/** Of a machine without faults; most are. */
const NONE_MET: readonly BlockError[] = [];

export class GuestsInModel extends GuestUnharmed implements Property {
  readonly watches = Watched.source | Watched.guestSubmit | Watched.guestEffect | Watched.guestEnd | Watched.fault | Watched.cancel;
  readonly #machine: DiskOfMachine;
  readonly #watch: Watch;
  /** By guest request: the faults that struck it, or its copy, of which it may be told (`FaultSet`). */
  readonly #faultCell: number;
  /** What a sector may show, which in a machine is one content. */
  readonly #may: [Content] = [ZERO];

  constructor(machine: DiskOfMachine, watch: Watch) {
    super(machine, machine.world);
    this.#machine = machine;
    this.#watch = watch;
    this.#faultCell = machine.world.alloc('oracle.guestFault', machine.shape.faults ? machine.guests.length : 0);
  }

  after(coroutine: Coroutine, step: Step): Violation | null {
    const { role, io } = meaningOf(step);
    if (role === 'quits') return this.#untold();
    const guest = this.#machine.shape.faults ? this.#machine.guestOf(coroutine) : null;
    if (guest !== null && isAboutIo(step)) this.#noteFault(guest, coroutine);
    const violation = io === null || io.by === 'copy' ? null : this.#requestStep(coroutine as GuestRequest, step, io);
    return violation ?? this.#sourceChanged();
  }

  /** When QEMU quits, connections are closed: what had ended before is judged then, and the rest is told nothing. */
  end(): Violation | null {
    const { quit, scenario } = this.#machine;
    return scenario.restart === true && quit?.hasEnded === true ? null : this.#untold();
  }

  /** A request that has ended is told nothing any more. */
  #untold(): Violation | null {
    const { guests, scenario } = this.#machine;
    for (const [request] of scenario.guest.entries()) {
      if (!this.#machine.hasRequest(request)) continue;
      const guest = guests[request]!;
      const violation = guest.hasEnded && !this.#isJudgedByReader(guest) ? this.untold(request, this.#met(guest)) : null;
      if (violation !== null) return violation;
    }
    return null;
  }

  /** What a custom job's reader makes of an error, its author says: what it returns then, stable-reader judges. */
  #isJudgedByReader(guest: GuestRequest): boolean {
    return this.#machine.hasOwnReader && this.#machine.kindOf(guest) === 'readT0';
  }

  /** Once the job has given up its point in time, a reader of it must get an error. */
  #isRefusedReader(guest: GuestRequest): boolean {
    return this.#machine.job.status.isGivenUpSeen && this.#machine.kindOf(guest) === 'readT0';
  }

  #requestStep(guest: GuestRequest, step: Step, io: StepIo): Violation | null {
    const { by, kind, phase } = io;
    if (phase === 'complete') this.#takeMet(guest); // it, or its copy, got through in spite of them
    if (phase === 'fail') return this.#isRefusedReader(guest) ? (this.#takeMet(guest), null) : this.#failed(guest, io);
    if (phase === 'start' || by === 'reader') return null; // what a reader gets is for stable-reader to say
    if (phase === 'submit') return this.#submitted(guest, step, kind);
    return phase === 'effect' ? this.#effect(guest, step, kind) : this.#completed(guest);
  }

  #submitted(guest: GuestRequest, step: Step, kind: StepIo['kind']): Violation | null {
    const request = this.#index(guest);
    this.submitted(request);
    if (kind !== 'read' || this.#machine.source.isRaw) return null;
    const { sourceNode } = this.#machine;
    if (sourceNode.looksUpFirst && atOf(step) !== guest.rangeSeen.first) return null; // it has looked this up long ago
    const end = sourceNode.looksUpFirst ? guest.rangeSeen.end : guest.runSeen.end;
    for (let s = atOf(step); s < end; s++) {
      const place = sourceNode.lookedUpSeen(guest, s);
      if (place === Place.own) continue;
      this.#may[0] = this.shadow(s);
      const violation = this.reads(request, s, this.#elsewhere(s, place), this.#may, 'looked it up in the wrong place');
      if (violation !== null) return violation;
    }
    return null;
  }

  #effect(guest: GuestRequest, step: Step, kind: StepIo['kind']): Violation | null {
    const request = this.#index(guest);
    const first = atOf(step);
    const end = this.#unitEnd(guest, first, kind);
    let violation = this.tookEffect(request, end - first);
    for (let s = first; s < end && violation === null; s++)
      violation = kind === 'read' ? this.#read(guest, request, s) : this.changes(request, s, this.#written(guest, s, kind));
    return violation;
  }

  #read(guest: GuestRequest, request: number, sector: number): Violation | null {
    const readable = this.#readable(guest, sector);
    if (readable === null) return null;
    this.#may[0] = readable;
    return this.reads(request, sector, guest.bufferContent(sector), this.#may);
  }

  #completed(guest: GuestRequest): Violation | null {
    const { sourceNode, scenario } = this.#machine;
    const request = this.#index(guest);
    const { kind, first, count } = scenario.guest[request]!;
    if (kind !== 'discard') return this.completed(request, count);
    const range = { first, end: first + count };
    return this.completed(request, Math.max(0, sourceNode.discardEnd(range) - sourceNode.wholeFirst(range)));
  }

  #failed(guest: GuestRequest, { kind, errno }: StepIo): Violation | null {
    return this.failed(this.#index(guest), errno!, this.#takeMet(guest), kind === 'read');
  }

  /** The same, and the request is told now. */
  #takeMet(guest: GuestRequest): readonly BlockError[] {
    const { world, shape } = this.#machine;
    const met = this.#met(guest);
    if (shape.faults) world.store(this.#faultCell + this.#index(guest), 0);
    return met;
  }

  /** The faults of which a request may be told, and has not been. */
  #met(guest: GuestRequest): readonly BlockError[] {
    const { world, shape } = this.#machine;
    return shape.faults ? faultsIn(world.cells[this.#faultCell + this.#index(guest)]!) : NONE_MET;
  }

  /** One that goes on in spite of a fault is told of the next; of tasks that run at a time any may be the first to fail. */
  #noteFault(guest: GuestRequest, coroutine: Coroutine): void {
    const fault = this.#machine.faultStruck();
    if (fault === NO_ERROR) return;
    const { world } = this.#machine;
    const cell = this.#faultCell + this.#index(guest);
    world.store(cell, withFault(coroutine === guest ? 0 : world.cells[cell]!, fault));
  }

  #sourceChanged(): Violation | null {
    const { world } = this.#machine;
    const { what, first, end } = this.#watch;
    for (let i = 0; i < world.changedCount; i++) {
      const cell = world.changed[i]!;
      if (what[cell] !== Watched.source) continue;
      for (let s = first[cell]!; s < end[cell]!; s++) {
        const violation = this.changed(s);
        if (violation !== null) return violation;
      }
    }
    return null;
  }

  /** What a read may return for a sector now; null: anything, for the guest discards it at the same time. */
  #readable(guest: GuestRequest, sector: number): Content | null {
    const { source } = this.#machine;
    if (source.isRaw) return this.shadow(sector);
    const { place } = guest.runSeen;
    if (place !== Place.own) return this.#elsewhere(sector, place);
    return source.isAllocatedAt(sector) ? this.shadow(sector) : null;
  }

  /** What a request that changes the disk makes of a sector. */
  #written(guest: GuestRequest, sector: number, kind: StepIo['kind']): Content {
    if (kind === 'write') return guest.contentFor(sector);
    const { shape, source } = this.#machine;
    if (kind === 'zero' || shape.discardReads === 'zero') return ZERO;
    if (shape.discardReads === 'old') return this.shadow(sector);
    return source.isRaw ? ZERO : this.#elsewhere(sector, Place.backing);
  }

  /** What a sector shows that the source does not hold itself. */
  #elsewhere(sector: number, place: Place): Content {
    const { base } = this.#machine;
    return place === Place.zero || base === null || sector >= base.sectors ? ZERO : base.contentAt(sector);
  }

  /** The end of the sectors of a request that take effect together. */
  #unitEnd(guest: GuestRequest, first: number, kind: StepIo['kind']): number {
    const { sourceNode } = this.#machine;
    const range = guest.rangeSeen;
    if (kind === 'discard') return sourceNode.discardUnitEnd(first, range);
    if (kind === 'zero') return sourceNode.zeroUnitEnd(first, range);
    return kind === 'read' ? sourceNode.takenEnd(guest, first, range) : sourceNode.unitEnd(first, range.end);
  }

  #index(guest: GuestRequest): number {
    return guest.id - this.#machine.guests[0]!.id;
  }
}
