/**
 * guest-unharmed: the guest must not notice the backup. A shadow disk gets each effect of a guest
 * request when the source gets it; at all times source = shadow. Each effect lies between submit
 * and complete, once. A guest's read returns the shadow at its effects; where its lookup found a
 * sector in the backing file or in a zero cluster, the lookup is the effect. The guest sees an
 * error only if the fault plan has one on its path, of this errno, and a request that failed had
 * no effect. A request that met a fault is told of it, or completes in spite of it.
 *
 * When a request takes effect is seen in the model, and on a raw disk of a real QEMU. Elsewhere it is known that it lies
 * between issue and answer, so that what a sector shows is one of several contents.
 *
 * The model and a real QEMU are judged alike: `guests-in-model.ts` tells what happens to a machine,
 * `src/edge/qemu/observe/guests-on-qemu.ts` what happens to QEMU.
 */
import type { Content } from '../model/block/content.ts';
import { type BlockError, errnoOf, printError } from '../model/block/errors.ts';
import type { Violation } from './property.ts';
import { type DiskView, type OracleMemory, wrongContent } from './view.ts';

export class GuestUnharmed {
  readonly name = 'guest-unharmed';
  readonly sentence =
    'The source holds what the guest wrote: each request takes effect once, between its submission and its ' +
    'completion, and reads return it. A request that gets an error reports it or completes anyway.';
  readonly #view: DiskView;
  readonly #memory: OracleMemory;
  readonly #shadowCell: number;
  /** By request: 0 before its submit, then 1 and the number of sectors that have taken effect. */
  readonly #progressCell: number;

  constructor(view: DiskView, memory: OracleMemory) {
    const { sectors, requests } = view.shape;
    this.#view = view;
    this.#memory = memory;
    this.#shadowCell = memory.alloc('oracle.shadow', sectors);
    memory.markContents(this.#shadowCell, sectors);
    this.#progressCell = memory.alloc('oracle.guestProgress', requests);
  }

  // What is observed. A request is its place in the scenario.

  /** The disk is there, and no guest has asked for anything. */
  begin(): void {
    const { shape, source } = this.#view;
    for (let s = 0; s < shape.sectors; s++) this.#memory.store(this.#shadowCell + s, source.contentAt(s));
  }

  submitted(request: number): void {
    if (this.#progress(request) === 0) this.#memory.store(this.#progressCell + request, 1);
  }

  /** So many of its sectors have taken effect: `changes` or `reads` tells of each. */
  tookEffect(request: number, sectors: number): Violation | null {
    const progress = this.#progress(request);
    if (progress === 0) return this.#wrong(request, 'took effect before it was submitted');
    this.#memory.store(this.#progressCell + request, progress + sectors);
    return null;
  }

  /** The effect of a request makes this of a sector. */
  changes(request: number, sector: number, content: Content): Violation | null {
    this.#memory.store(this.#shadowCell + sector, content);
    const got = this.#view.source.contentAt(sector);
    return got === content ? null : this.#wrongAt(sector, content, got, `${this.#name(request)} has just taken effect there`);
  }

  /** A request gets this of a sector, or will by what it has looked up. @param may what the sector may show it */
  reads(request: number, sector: number, got: Content, may: readonly Content[], how = 'read it'): Violation | null {
    return may.includes(got) ? null : this.#wrongAt(sector, may[0]!, got, `${this.#name(request)} ${how}`);
  }

  /** A request is told that it is over. @param sectors that must have taken effect */
  completed(request: number, sectors: number): Violation | null {
    const done = this.#progress(request) - 1;
    if (done !== sectors) return this.#wrong(request, `completed after ${done} of ${sectors} sectors took effect`);
    this.#memory.store(this.#progressCell + request, 0);
    return null;
  }

  /**
   * A request is told of an error.
   * @param met the faults of which it may be told
   * @param isRead whether some of it may have taken effect
   */
  failed(request: number, errno: string, met: readonly BlockError[], isRead: boolean): Violation | null {
    if (met.length === 0) return this.#wrong(request, `was told ${errno}, though none of its I/O failed`);
    if (!met.some((fault) => errnoOf(fault) === errno))
      return this.#wrong(request, `was told ${errno}, but its I/O failed with ${met.map(printError).join(' or ')}`);
    return !isRead && this.#progress(request) > 1 ? this.#wrong(request, 'failed after it took effect') : null;
  }

  /** A request has ended: neither completed nor failed, if faults are left that struck it, or its copy. */
  untold(request: number, met: readonly BlockError[]): Violation | null {
    return met.length === 0 ? null : this.#wrong(request, `got ${met.map(printError).join(' and ')} and ended without an error`);
  }

  /** The source may have changed at a sector. @param may what it may show; left out where every effect has been told */
  changed(sector: number, may?: readonly Content[]): Violation | null {
    const got = this.#view.source.contentAt(sector);
    const isRight = may === undefined ? got === this.shadow(sector) : may.includes(got);
    return isRight ? null : this.unasked(sector, may?.[0]);
  }

  /** The source has been written at a sector, if only with what it showed already, and not for any request. */
  unasked(sector: number, expected = this.shadow(sector)): Violation {
    return this.#wrongAt(sector, expected, this.#view.source.contentAt(sector), 'the source changed without a guest request');
  }

  /** What guests have made of a sector. */
  shadow(sector: number): Content {
    return this.#memory.cells[this.#shadowCell + sector]!;
  }

  #progress(request: number): number {
    return this.#memory.cells[this.#progressCell + request]!;
  }

  #name(request: number): string {
    return this.#view.scenario.guest[request]!.id;
  }

  #wrong(request: number, what: string): Violation {
    return { property: this.name, detail: `${this.#name(request)} ${what}` };
  }

  #wrongAt(sector: number, expected: Content, got: Content, where: string): Violation {
    return wrongContent(this.#view, this.name, sector, expected, got, ` for the guest: ${where}`);
  }
}
