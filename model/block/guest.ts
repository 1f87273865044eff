/**
 * What a guest asks of its disk: one coroutine a request, as in QEMU. The request itself (kind,
 * range, what must have ended before) is data in the coroutine's cells, never an argument, so that
 * what the engine learned of one request serves every other.
 */
import type { Coroutines, Run } from '../kernel/coroutine.ts';
import { type GuestIo, type Step, type StepName, defineStep, nameOf } from '../kernel/step.ts';
import type { DiscardReads } from './image.ts';
import type { BlockNode, IoSteps, RequestPathRules } from './node.ts';
import { Requester, type RequesterSizes, type SectorRange } from './requester.ts';

export type GuestKind = GuestIo['kind'] | 'flush';

/** The first step of each kind of request: it is ready once all that must come before it has ended. */
export const START: Record<GuestKind, StepName> = {
  write: defineStep('write.start', 'nothing', { guard: 'unblocked' }),
  zero: defineStep('zero.start', 'nothing', { guard: 'unblocked' }),
  discard: defineStep('discard.start', 'nothing', { guard: 'unblocked' }),
  read: defineStep('read.start', 'nothing', { guard: 'unblocked' }),
  flush: defineStep('flush.start', 'nothing', { guard: 'unblocked' }),
};

const WRITE = guestIo('write', 'write.send', 'write.land', 'write.done');
const ZERO = guestIo('zero', 'zero.send', 'zero.land', 'zero.done');
const DISCARD = guestIo('discard', 'discard.send', 'discard.land', 'discard.done');
const READ = guestIo('read', 'read.look', 'read.took', 'read.done');
const FLUSH_DONE = defineStep('flush.done', 'nothing');

function guestIo(kind: GuestIo['kind'], submit: string, effect: string, complete: string): IoSteps {
  return {
    submit: defineStep(submit, 'sector', { guestIo: { kind, phase: 'submit' } }),
    effect: defineStep(effect, 'effect', { guestIo: { kind, phase: 'effect' } }),
    complete: defineStep(complete, 'nothing', { guestIo: { kind, phase: 'complete' } }),
  };
}

const FIRST = 0;
const RANGE_END = 1;
const ORIGIN = 2; // content id that sector 0 would get from this request
const UNBLOCKS_FIRST = 3; // which requests wait for this one: a range of the followers' list
const UNBLOCKS_END = 4;
const GUEST_CELLS = 5;

/** A write and a discard are coroutines of different kinds. */
const KINDS: Record<GuestKind, number> = { write: 2, zero: 3, discard: 4, read: 5, flush: 6 };

/** A list in cells of who waits for whom to end before it starts. */
export class Followers {
  readonly cell: number;
  readonly #coroutines: Coroutines;

  constructor(coroutines: Coroutines, length: number) {
    this.#coroutines = coroutines;
    this.cell = coroutines.world.alloc('followers', length);
  }

  /** Whoever is listed from `first` up to `end` is blocked by one thing less. */
  unblock(first: number, end: number): void {
    for (let i = first; i < end; i++) this.#coroutines.unblock(this.#coroutines.world.read(this.cell + i));
  }
}

export interface GuestRequestData extends SectorRange {
  readonly kind: GuestKind;
  readonly origin: number;
  readonly blockers: number;
  readonly unblocks: SectorRange;
}

export class GuestRequest extends Requester implements SectorRange {
  readonly #node: BlockNode;
  readonly #rules: RequestPathRules;
  readonly #discardReads: DiscardReads;
  readonly #followers: Followers;

  constructor(
    coroutines: Coroutines,
    name: string,
    sizes: RequesterSizes,
    disk: { node: BlockNode; rules: RequestPathRules; discardReads: DiscardReads; followers: Followers },
  ) {
    super(coroutines, name, sizes, GUEST_CELLS);
    this.#node = disk.node;
    this.#rules = disk.rules;
    this.#discardReads = disk.discardReads;
    this.#followers = disk.followers;
  }

  override *body(start: Step): Run {
    yield start;
    switch (nameOf(start)) {
      case START.write:
        yield* this.#write();
        break;
      case START.zero:
        yield* this.#writeZeroes();
        break;
      case START.discard:
        yield* this.#discard();
        break;
      case START.read:
        yield* this.#read();
        break;
      default:
        yield this.step(FLUSH_DONE); // not tracked, not intercepted; the model's disks have no cache
    }
    this.#followers.unblock(this.#get(UNBLOCKS_FIRST), this.#get(UNBLOCKS_END));
    this.#forget();
  }

  /** `bdrv_co_do_writev`, A.8: tracked, the hook (W5), then the driver (W6), then the end (W8). */
  *#write(): Run {
    const { image } = this.#node;
    this.#node.beginTracked();
    if (this.#rules.copyBeforeWrite) yield* this.#node.runHook(this, this);
    yield* this.#node.write(this, this, WRITE, (s) => image.put(s, this.slotCell(ORIGIN), s));
    if (!this.#rules.copyBeforeWrite) yield* this.#node.runHook(this, this);
    this.#node.endTracked();
  }

  /** The same path with the zero flag. */
  *#writeZeroes(): Run {
    this.#node.beginTracked();
    if (this.#rules.copyBeforeWriteZeroes) yield* this.#node.runHook(this, this);
    yield* this.#node.writeZeroes(this, this, ZERO);
    this.#node.endTracked();
  }

  /**
   * `bdrv_co_discard`. QEMU 1.6 goes straight to the driver (S-01); the hook came with ec050f77a5
   * (2.7). Unlike in 1.6 a discard is tracked here; only a drain would notice.
   */
  *#discard(): Run {
    if (this.#discardReads === 'ignored') return;
    this.#node.beginTracked();
    if (this.#rules.copyBeforeDiscard) yield* this.#node.runHook(this, this);
    yield* this.#node.discard(this, this, DISCARD, this.#discardReads);
    this.#node.endTracked();
  }

  *#read(): Run {
    yield* this.#node.read(this, this, READ);
    this.forgetBuffer({ first: 0, end: this.bufferSectors });
  }

  // The request's range, in sectors, read from its cells whenever it is asked for.

  get first(): number {
    return this.#get(FIRST);
  }
  get end(): number {
    return this.#get(RANGE_END);
  }

  /** For observers: the same, unrecorded. */
  get rangeSeen(): SectorRange {
    const { cells } = this.world;
    return { first: cells[this.slotCell(FIRST)]!, end: cells[this.slotCell(RANGE_END)]! };
  }
  /** For observers: what this request writes to a sector. */
  contentFor(sector: number): number {
    return this.world.cells[this.slotCell(ORIGIN)]! + sector;
  }

  /** Before a run: this is the request. */
  loadRequest(cells: Int32Array, data: GuestRequestData): void {
    this.loadInto(cells, KINDS[data.kind], this.step(START[data.kind]), data.blockers);
    cells[this.slotCell(FIRST)] = data.first;
    cells[this.slotCell(RANGE_END)] = data.end;
    cells[this.slotCell(ORIGIN)] = data.origin;
    cells[this.slotCell(UNBLOCKS_FIRST)] = data.unblocks.first;
    cells[this.slotCell(UNBLOCKS_END)] = data.unblocks.end;
  }

  /** The request is over: nobody will look at its cells again. */
  #forget(): void {
    for (let i = 0; i < GUEST_CELLS; i++) this.world.write(this.slotCell(i), 0);
  }

  #get(cell: number): number {
    return this.world.read(this.slotCell(cell));
  }
}
