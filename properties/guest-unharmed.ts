/**
 * guest-unharmed: the guest must not notice the backup. A shadow disk gets each effect of a guest
 * request in the step in which the source gets it; after every step source = shadow. Each effect
 * lies between submit and complete, once. A guest's read returns the shadow at its effects; where
 * its lookup found a sector in the backing file or in a zero cluster, the lookup is the effect. The
 * guest sees an error only if the fault plan has one on its path, of this errno, and a request that
 * failed had no effect.
 */
import { type Content, ZERO } from '../model/block/content.ts';
import type { GuestRequest } from '../model/block/guest.ts';
import { Place } from '../model/block/image.ts';
import { NO_ERROR, errnoOf, printError } from '../model/block/errors.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { type Step, atOf } from '../model/kernel/step.ts';
import { type StepIo, ioOf } from '../model/meaning.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { Property, Violation } from './property.ts';
import { type Watch, Watched } from './watch.ts';

export class GuestUnharmed implements Property {
  readonly name = 'guest-unharmed';
  readonly sentence =
    "The source is what the guest's requests make of it, each taking effect once between its submit and its " +
    'completion, and reads return it.';
  readonly watches = Watched.source | Watched.guestSubmit | Watched.guestEffect | Watched.guestEnd | Watched.fault;
  readonly #machine: Machine;
  readonly #watch: Watch;
  readonly #shadowCell: number;
  /** By guest request: 0 before its submit, then 1 and the number of sectors that have taken effect. */
  readonly #progressCell: number;
  /** By guest request: the fault that struck it, or its copy. */
  readonly #faultCell: number;

  constructor(machine: Machine, watch: Watch) {
    this.#machine = machine;
    this.#watch = watch;
    this.#shadowCell = machine.world.alloc('oracle.shadow', machine.shape.sectors);
    machine.world.markContents(this.#shadowCell, machine.shape.sectors);
    this.#progressCell = machine.world.alloc('oracle.guestProgress', machine.guests.length);
    this.#faultCell = machine.world.alloc('oracle.guestFault', machine.shape.faults ? machine.guests.length : 0);
  }

  begin(): void {
    const { world, source, shape } = this.#machine;
    for (let s = 0; s < shape.sectors; s++) world.store(this.#shadowCell + s, source.contentAt(s));
  }

  after(coroutine: Coroutine, step: Step): Violation | null {
    const guest = this.#machine.shape.faults ? this.#machine.guestOf(coroutine) : null;
    if (guest !== null) this.#noteFault(guest);
    const io = ioOf(step);
    const violation = io?.by === 'guest' ? this.#guestStep(coroutine as GuestRequest, step, io) : null;
    return violation ?? this.#compareChanged();
  }

  end(): null {
    return null;
  }

  #guestStep(guest: GuestRequest, step: Step, io: StepIo): Violation | null {
    const { kind, phase } = io;
    if (phase === 'start') return null;
    if (phase === 'submit') return this.#submitted(guest, step, kind);
    if (phase === 'fail') return this.#failed(guest, io);
    return phase === 'effect' ? this.#effect(guest, step, kind) : this.#completed(guest);
  }

  #submitted(guest: GuestRequest, step: Step, kind: StepIo['kind']): Violation | null {
    const cell = this.#progress(guest);
    if (this.#machine.world.cells[cell] === 0) this.#machine.world.store(cell, 1);
    if (kind !== 'read' || this.#machine.source.isRaw) return null;
    const { place, end } = guest.runSeen;
    for (let s = atOf(step); place !== Place.own && s < end; s++) {
      if (this.#shadow(s) !== this.#elsewhere(s, place))
        return this.#wrong(s, this.#shadow(s), this.#elsewhere(s, place), `${this.#name(guest)} looked it up in the wrong place`);
    }
    return null;
  }

  #effect(guest: GuestRequest, step: Step, kind: StepIo['kind']): Violation | null {
    const { world, source } = this.#machine;
    const first = atOf(step);
    const end = this.#unitEnd(guest, first, kind);
    const cell = this.#progress(guest);
    if (world.cells[cell] === 0) return { property: this.name, detail: `${this.#name(guest)} took effect before it was submitted` };
    world.store(cell, world.cells[cell]! + end - first);
    for (let s = first; s < end; s++) {
      if (kind === 'read') {
        const expected = this.#readable(guest, s);
        const got = guest.bufferContent(s);
        if (expected !== null && got !== expected) return this.#wrong(s, expected, got, `${this.#name(guest)} read it`);
        continue;
      }
      if (kind === 'write') world.store(this.#shadowCell + s, guest.contentFor(s));
      else if (kind === 'zero') world.store(this.#shadowCell + s, ZERO);
      else this.#discardShadow(s);
      if (source.contentAt(s) !== this.#shadow(s))
        return this.#wrong(s, this.#shadow(s), source.contentAt(s), `${this.#name(guest)} has just taken effect there`);
    }
    return null;
  }

  #completed(guest: GuestRequest): Violation | null {
    const { world, sourceNode } = this.#machine;
    const cell = this.#progress(guest);
    const operation = this.#machine.scenario.guest[this.#index(guest)]!;
    const range = { first: operation.first, end: operation.first + operation.count };
    const sectors =
      operation.kind === 'discard' ? Math.max(0, sourceNode.discardEnd(range) - sourceNode.discardFirst(range)) : operation.count;
    const done = world.cells[cell]! - 1;
    if (done !== sectors)
      return { property: this.name, detail: `${operation.id} completed after ${done} of ${sectors} sectors took effect` };
    world.store(cell, 0);
    return null;
  }

  #failed(guest: GuestRequest, { kind, errno }: StepIo): Violation | null {
    const { world, shape } = this.#machine;
    const fault = shape.faults ? world.cells[this.#faultCell + this.#index(guest)]! : NO_ERROR;
    if (fault === NO_ERROR) return { property: this.name, detail: `${this.#name(guest)} was told ${errno}, and met no fault` };
    if (errnoOf(fault) !== errno)
      return { property: this.name, detail: `${this.#name(guest)} was told ${errno}, and met ${printError(fault)}` };
    if (kind !== 'read' && world.cells[this.#progress(guest)]! > 1)
      return { property: this.name, detail: `${this.#name(guest)} failed after it took effect` };
    return null;
  }

  #noteFault(guest: GuestRequest): void {
    const fault = this.#machine.faultStruck();
    if (fault !== NO_ERROR) this.#machine.world.store(this.#faultCell + this.#index(guest), fault);
  }

  #compareChanged(): Violation | null {
    const { world, source } = this.#machine;
    const { what, first, end } = this.#watch;
    for (let i = 0; i < world.changedCount; i++) {
      const cell = world.changed[i]!;
      if (what[cell] !== Watched.source) continue;
      for (let s = first[cell]!; s < end[cell]!; s++) {
        if (source.contentAt(s) !== this.#shadow(s))
          return this.#wrong(s, this.#shadow(s), source.contentAt(s), 'the source changed, and no guest asked for it');
      }
    }
    return null;
  }

  /** What a read may return for a sector now; null: anything, for the guest discards it at the same time. */
  #readable(guest: GuestRequest, sector: number): Content | null {
    const { source } = this.#machine;
    if (source.isRaw) return this.#shadow(sector);
    const { place } = guest.runSeen;
    if (place !== Place.own) return this.#elsewhere(sector, place);
    return source.isAllocatedAt(sector) ? this.#shadow(sector) : null;
  }

  /** What a sector shows that the source does not hold itself. */
  #elsewhere(sector: number, place: Place): Content {
    const { base } = this.#machine;
    return place === Place.zero || base === null || sector >= base.sectors ? ZERO : base.contentAt(sector);
  }

  #discardShadow(sector: number): void {
    const { shape, source, world } = this.#machine;
    if (shape.discardReads === 'old') return;
    const content = shape.discardReads === 'zero' || source.isRaw ? ZERO : this.#elsewhere(sector, Place.backing);
    world.store(this.#shadowCell + sector, content);
  }

  /** The end of the sectors of a request that take effect together. */
  #unitEnd(guest: GuestRequest, first: number, kind: StepIo['kind']): number {
    const { sourceNode, source } = this.#machine;
    if (kind === 'discard') return sourceNode.discardUnitEnd(first, guest.rangeSeen);
    return sourceNode.unitEnd(first, kind === 'read' && !source.isRaw ? guest.runSeen.end : guest.rangeSeen.end);
  }

  #shadow(sector: number): Content {
    return this.#machine.world.cells[this.#shadowCell + sector]!;
  }
  #progress(guest: GuestRequest): number {
    return this.#progressCell + this.#index(guest);
  }
  #index(guest: GuestRequest): number {
    return guest.id - this.#machine.guests[0]!.id;
  }
  #name(guest: GuestRequest): string {
    return this.#machine.coroutineName(guest);
  }
  #wrong(sector: number, expected: Content, got: Content, where: string): Violation {
    const { machine } = { machine: this.#machine };
    const detail = `sector ${sector} should be ${machine.contentName(expected)} for the guest and is ${machine.contentName(got)}: ${where}`;
    return { property: this.name, sector, expected, got, detail };
  }
}
