/**
 * What a guest asks of its disk: one coroutine a request, as in QEMU. The request itself (kind,
 * range, what must have ended before) is data in the coroutine's cells, never an argument, so that
 * what the engine learned of one request serves every other.
 */
import type { Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { type Step, type StepName, defineStep, nameOf } from '../kernel/step.ts';
import { type StepIo, meaning } from '../meaning.ts';
import { type BlockError, type Errno, NO_ERROR, errnoOf } from './errors.ts';
import type { DiscardReads } from './image.ts';
import type { AdmitSteps, BlockNode, RequestPathRules } from './node.ts';
import { ioSteps } from './io-steps.ts';
import { Requester, type RequesterSizes, type SectorRange } from './requester.ts';

/**
 * Two are not the guest's: `readT0`, somebody reads the point in time through a NONE job's target while the job
 * lives, and `savevm`, somebody saves the state of the VM, which an image keeps past the end of its disk.
 */
export const GUEST_KINDS = ['write', 'zero', 'discard', 'read', 'flush', 'readT0', 'savevm'] as const;
export type GuestKind = (typeof GUEST_KINDS)[number];

export const changesTheDisk = (kind: GuestKind): boolean => kind === 'write' || kind === 'zero' || kind === 'discard';

/** Whether it asks for sectors of the disk. */
export const hasRange = (kind: GuestKind): boolean => kind !== 'flush' && kind !== 'savevm';

/** The first step of each kind of request: it is ready once all that must come before it has ended. */
export const START: Record<GuestKind, StepName> = {
  write: begins('write', 'begins to write', 'write'),
  zero: begins('zero', 'begins to write zeroes', 'zero'),
  discard: begins('discard', 'begins to discard', 'discard'),
  read: begins('read', 'begins to read'),
  flush: begins('flush', 'begins to flush'),
  readT0: begins('readT0', 'begins to read the backup'),
  savevm: begins('savevm', 'begins to save the VM state, past the end of the disk'),
};

/** Those that change the disk. */
const REPEATED: readonly StepName[] = [START.write, START.zero, START.discard];

const BEFORE_HOOK: StepIo = { by: 'guest', kind: 'any', phase: 'start' };
const ADMIT: AdmitSteps = {
  queued: meaning(defineStep('queue', 'nothing', { guard: 'woken' }), { role: 'waitsInLine', words: 'has waited its turn' }),
  throttled: meaning(defineStep('throttle', 'nothing'), {
    role: 'waitsForLimit',
    io: BEFORE_HOOK,
    words: 'has waited for the I/O limit',
  }),
  overlapping: meaning(defineStep('overlap', 'nothing', { guard: 'woken' }), {
    role: 'waitsForRequest',
    io: BEFORE_HOOK,
    words: 'has waited for a request on the same sectors',
  }),
};
const WRITE = ioSteps(
  'guest',
  'write',
  {
    submit: ['write.send', 'sends its write of {c} to the disk'],
    effect: ['write.land', 'writes {c} of the disk'],
    complete: ['write.done', 'completes its write'],
  },
  'nothing',
);
const ZERO = ioSteps(
  'guest',
  'zero',
  {
    submit: ['zero.send', 'sends its zeroes for {c} to the disk'],
    effect: ['zero.land', 'writes zeroes to {c} of the disk'],
    complete: ['zero.done', 'completes its write of zeroes'],
  },
  'nothing',
);
const DISCARD = ioSteps(
  'guest',
  'discard',
  {
    submit: ['discard.send', 'sends its discard of {c} to the disk'],
    effect: ['discard.land', 'discards {c} of the disk'],
    complete: ['discard.done', 'completes its discard'],
  },
  'nothing',
);
const READ = ioSteps(
  'guest',
  'read',
  {
    submit: ['read.look', 'looks up {c} of the disk'],
    effect: ['read.took', 'reads {c} from the disk'],
    complete: ['read.done', 'completes its read'],
  },
  'nothing',
);
const FLUSH_DONE = meaning(defineStep('flush.done', 'nothing'), { words: 'completes its flush' });
const SAVEVM_DONE = meaning(defineStep('savevm.done', 'nothing'), { words: 'has the VM state saved' });

/**
 * Who asked is told of an error in a later turn of the main loop, as of success (A.8: completion by a
 * bottom half); the step is named by the errno, as in `write.EIO`.
 */
const FAILS: Record<GuestKind, Record<Errno, StepName> | null> = {
  write: fails('write', 'guest', 'write'),
  zero: fails('zero', 'guest', 'zero'),
  discard: fails('discard', 'guest', 'discard'),
  read: fails('read', 'guest', 'read'),
  flush: null,
  readT0: fails('readT0', 'reader', 'read'),
  savevm: null,
};

/** @param changes how it will change the disk, if it will */
function begins(kind: GuestKind, words: string, changes?: StepIo['kind']): StepName {
  const io: StepIo | null = changes === undefined ? null : { by: 'guest', kind: changes, phase: 'start' };
  return meaning(defineStep(`${kind}.start`, 'nothing', { guard: 'unblocked' }), { role: 'begins', io, words });
}

function fails(kind: GuestKind, by: StepIo['by'], io: StepIo['kind']): Record<Errno, StepName> {
  const step = (errno: Errno): StepName =>
    meaning(defineStep(`${kind}.${errno}`, 'nothing'), {
      io: { by, kind: io, phase: 'fail', errno },
      words: `fails with ${errno}`,
    });
  return { EIO: step('EIO'), ENOSPC: step('ENOSPC') };
}

const FIRST = 0;
const RANGE_END = 1;
const ORIGIN = 2; // content id that sector 0 would get from this request
const UNBLOCKS_FIRST = 3; // which requests wait for this one: a range of the dependents' list
const UNBLOCKS_END = 4;
const GUEST_CELLS = 5;
const TURN = GUEST_CELLS; // only of a guest that never stops

/**
 * How a request that is made again and again stands to the job. In between the job takes a step: else a guest that nobody keeps from
 * running could keep every job from ending.
 */
const Turn = { over: 0, jobMayMove: 1, jobHasMoved: 2, waitsForJob: 3 } as const;

/** A list in cells of who waits for whom to end before it starts. */
export class Dependents {
  readonly cell: number;
  readonly #coroutines: Coroutines;

  constructor(coroutines: Coroutines, length: number) {
    this.#coroutines = coroutines;
    this.cell = coroutines.world.alloc('dependents', length);
  }

  /** Each coroutine listed from `first` up to `end` is blocked by one thing less. */
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

/** What guest requests share. */
export interface GuestDisk {
  readonly node: BlockNode;
  readonly rules: RequestPathRules;
  readonly discardReads: DiscardReads;
  readonly dependents: Dependents;
  /** Whether a custom job runs in the hook, whose author may keep the request's range in variables. */
  readonly mayKeepRange: boolean;
  /** Whether the guest never stops. */
  readonly isEndless: boolean;
  /** Reads the point in time into the requester's buffer. */
  readonly readT0: (me: Requester, range: SectorRange) => Run<BlockError>;
}

export class GuestRequest extends Requester implements SectorRange {
  override readonly constantCells: readonly number[];
  readonly #disk: GuestDisk;

  constructor(coroutines: Coroutines, name: string, sizes: RequesterSizes, disk: GuestDisk) {
    const cells = GUEST_CELLS + (disk.isEndless ? 1 : 0);
    super(coroutines, name, sizes, cells, { environment: disk, variants: GUEST_KINDS.length }); // a write never becomes a discard
    this.world.markPrivate(this.slotCell(0), GUEST_CELLS);
    this.#disk = disk;
    this.constantCells = disk.mayKeepRange ? [this.firstCell, this.endCell] : [];
  }

  override *body(start: Step): Run {
    do {
      yield start;
      if (this.#isRepeated(start)) this.#set(TURN, Turn.jobMayMove);
      yield* this.#request(start);
      this.#disk.dependents.unblock(this.#get(UNBLOCKS_FIRST), this.#get(UNBLOCKS_END));
    } while (this.#isRepeated(start) && this.#goesOn());
    this.#forget();
  }

  *#request(start: Step): Run {
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
      case START.readT0:
        yield* this.#tell('readT0', yield* this.#disk.readT0(this, this));
        this.forgetBuffer({ first: 0, end: this.bufferSectors });
        break;
      case START.savevm:
        yield* this.#saveVm();
        break;
      default:
        yield this.step(FLUSH_DONE); // not tracked, not intercepted; the model's disks have no cache
    }
  }

  #isRepeated(start: Step): boolean {
    return this.#disk.isEndless && REPEATED.includes(nameOf(start));
  }

  /**
   * Whether it begins once more: as long as the hook is linked, until a drain holds the guest back. It may have to wait until the job
   * has moved.
   */
  #goesOn(): boolean {
    if (this.#get(TURN) === Turn.over || !this.#disk.node.hook.isLinked) return false;
    this.#set(UNBLOCKS_END, this.#get(UNBLOCKS_FIRST)); // once is enough
    if (this.#get(TURN) === Turn.jobMayMove) {
      this.#set(TURN, Turn.waitsForJob);
      this.world.write(this.blockersCell, 1);
    }
    return true;
  }

  jobMoves(): void {
    const turn = this.#get(TURN);
    if (turn === Turn.waitsForJob) this.world.write(this.blockersCell, 0);
    if (turn !== Turn.over) this.#set(TURN, Turn.jobHasMoved);
  }

  /** For observers: whether it would begin once more, if the job only moved. */
  get waitsForJobSeen(): boolean {
    return this.#disk.isEndless && this.world.cells[this.slotCell(TURN)] === Turn.waitsForJob;
  }

  override drainWaits(): void {
    if (this.#disk.isEndless) this.#set(TURN, Turn.over);
  }

  /** `bdrv_co_do_writev`, A.8: admitted (W2 to W4), the hook (W5), then the driver (W6), then the end (W8). */
  *#write(): Run {
    const { node, rules } = this.#disk;
    yield* node.begin(this);
    yield* node.admit(this, this, ADMIT);
    let error = rules.copyBeforeWrite ? yield* node.hook.run(this, this) : NO_ERROR;
    if (this.#goesOnAfter(error)) error = yield* node.write(this, this, WRITE, (s) => node.image.put(s, this.slotCell(ORIGIN), s));
    if (!rules.copyBeforeWrite && error === NO_ERROR) error = yield* node.hook.run(this, this);
    node.end(this);
    yield* this.#tell('write', error);
  }

  /** The same path with the zero flag. */
  *#writeZeroes(): Run {
    const { node, rules } = this.#disk;
    yield* node.begin(this);
    yield* node.admit(this, this, ADMIT);
    let error = rules.copyBeforeWriteZeroes ? yield* node.hook.run(this, this) : NO_ERROR;
    if (this.#goesOnAfter(error)) error = yield* node.writeZeroes(this, this, ZERO);
    node.end(this);
    yield* this.#tell('zero', error);
  }

  /**
   * `bdrv_co_discard`. QEMU 1.6 goes straight to the driver (S-01); the hook came with ec050f77a5
   * (2.7). Unlike in 1.6 a discard is tracked here, which a drain and copy on read notice.
   */
  *#discard(): Run {
    const { node, rules, discardReads } = this.#disk;
    if (discardReads === 'ignored') return;
    yield* node.begin(this);
    yield* node.serialise(this, this, ADMIT.overlapping);
    let error = rules.copyBeforeDiscard ? yield* node.hook.run(this, this) : NO_ERROR;
    if (this.#goesOnAfter(error)) error = yield* node.discard(this, this, DISCARD, discardReads);
    node.end(this);
    yield* this.#tell('discard', error);
  }

  *#read(): Run {
    const { node } = this.#disk;
    yield* node.begin(this);
    const error = yield* node.readForGuest(this, this, ADMIT, READ);
    this.forgetBuffer({ first: 0, end: this.bufferSectors });
    node.end(this);
    yield* this.#tell('read', error);
  }

  /** `bdrv_save_vmstate`: what it writes is no part of the disk. In 1.6 it took the way of any write, hook and all (S-12). */
  *#saveVm(): Run {
    const { node, rules } = this.#disk;
    if (!rules.savevmPassesHookBy) yield* node.hook.run(this, node.pastTheEnd);
    yield this.step(SAVEVM_DONE);
  }

  /** W6: a write whose hook failed is not sent. */
  #goesOnAfter(error: BlockError): boolean {
    return error === NO_ERROR || !this.#disk.rules.failedCopyFailsGuestWrite;
  }

  *#tell(kind: GuestKind, error: BlockError): Run {
    if (error !== NO_ERROR) yield this.step(FAILS[kind]![errnoOf(error)]);
  }

  // The request's range, in sectors, read from its cells whenever it is asked for.

  get first(): number {
    return this.#get(FIRST);
  }
  get end(): number {
    return this.#get(RANGE_END);
  }

  get firstCell(): number {
    return this.slotCell(FIRST);
  }
  get endCell(): number {
    return this.slotCell(RANGE_END);
  }
  /** For observers: what it asks for. */
  get kindSeen(): GuestKind {
    return GUEST_KINDS[this.variant]!;
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
    this.loadInto(cells, this.step(START[data.kind]), data.blockers, GUEST_KINDS.indexOf(data.kind));
    cells[this.slotCell(FIRST)] = data.first;
    cells[this.slotCell(RANGE_END)] = data.end;
    cells[this.slotCell(ORIGIN)] = data.origin;
    cells[this.slotCell(UNBLOCKS_FIRST)] = data.unblocks.first;
    cells[this.slotCell(UNBLOCKS_END)] = data.unblocks.end;
  }

  /** The request is over: nobody will look at its cells again. */
  #forget(): void {
    for (let i = 0; i < GUEST_CELLS + (this.#disk.isEndless ? 1 : 0); i++) this.world.write(this.slotCell(i), 0);
  }

  #get(cell: number): number {
    return this.world.read(this.slotCell(cell));
  }
  #set(cell: number, value: number): void {
    this.world.write(this.slotCell(cell), value);
  }
}
