import { describe, expect, it } from 'vitest';
import { Coroutine, Coroutines, type Run } from '../kernel/coroutine.ts';
import { GeneratorEngine } from '../kernel/engine.ts';
import { type Step, defineStep, nameOf, printStep } from '../kernel/step.ts';
import { World } from '../kernel/world.ts';
import { Contents, ZERO } from './content.ts';
import { NO_ERROR } from './errors.ts';
import { Followers, type GuestKind, GuestRequest } from './guest.ts';
import { type DiscardReads, Image, Place } from './image.ts';
import { BlockNode, type RequestPathRules } from './node.ts';
import type { Requester } from './requester.ts';

const HOOK_RUNS = defineStep('hook.runs', 'nothing');
const LOOK = defineStep('look', 'nothing');
const DRAIN = defineStep('drain', 'nothing', { guard: 'woken' });

const DRAINER_KIND = 100;

/** Somebody who waits until no request is in flight. */
class Drainer extends Coroutine {
  readonly #node: BlockNode;
  constructor(coroutines: Coroutines, node: BlockNode) {
    super(coroutines, 'drainer', 0);
    this.#node = node;
  }
  override *body(start: Step): Run {
    yield start;
    yield* this.#node.drain(this as Coroutine as Requester, DRAIN);
  }
}

interface Options {
  sectors?: number;
  /** Sectors of a unit of effect, if it is a cluster. */
  clusterSectors?: number;
  perSector?: boolean;
  /** The image's own clusters; 0: raw. */
  imageClusterSectors?: number;
  allocated?: readonly number[];
  zeroClusters?: readonly number[];
  discardReads?: DiscardReads;
  rules?: Partial<RequestPathRules>;
  guests?: number;
}

/** A disk, one node before it, and guests who ask it for things. The sectors of the base are `s0@base` ..., the overlay's own `s0@0` .... */
class Disk {
  readonly world = new World(10_000);
  readonly contents: Contents;
  readonly image: Image;
  readonly node: BlockNode;
  readonly guests: readonly GuestRequest[];
  readonly drainer: Drainer;
  /** Which steps ran, as in a trace. */
  readonly trace: string[] = [];
  /** Ranges that the hook was called for. */
  readonly hooked: string[] = [];
  readonly #coroutines: Coroutines;
  readonly #engine: GeneratorEngine;
  readonly #initial: Int32Array;
  readonly #clusterSectors: number;
  readonly #perSector: boolean;

  constructor({ sectors = 6, clusterSectors = 2, perSector = false, imageClusterSectors = 0, allocated = [], zeroClusters = [], discardReads = 'zero', rules = {}, guests = 2 }: Options = {}) {
    this.#clusterSectors = clusterSectors;
    this.#perSector = perSector;
    this.contents = new Contents(sectors);
    const base = imageClusterSectors === 0 ? null : new Image(this.world, 'base', { sectors, clusterSectors: 0, backing: null });
    this.image = new Image(this.world, 'disk', { sectors, clusterSectors: imageClusterSectors, backing: base });
    const hookCell = this.world.alloc('hook', 1);
    this.world.watchUntilHere();
    const coroutines = (this.#coroutines = new Coroutines(this.world, 'any'));
    this.node = new BlockNode(coroutines, this.image, { hookCell, grain: { clusterSectors, perSector } });
    const { hooked } = this;
    this.node.hookCalls(function* (me, { first, end }) {
      hooked.push(`${first}..${end}`);
      yield me.step(HOOK_RUNS);
      return NO_ERROR;
    });
    const followers = new Followers(coroutines, 4);
    const path = { node: this.node, rules: { copyBeforeWrite: true, copyBeforeWriteZeroes: true, copyBeforeDiscard: true, failedCopyFailsGuestWrite: true, ...rules }, discardReads, followers, readT0: () => { throw new Error('nobody reads the point in time of a disk without a job'); } };
    this.guests = Array.from({ length: guests }, (_, i) => new GuestRequest(coroutines, `g${i + 1}`, { clusterSectors, bitsSeen: 0, tracksRanges: false }, path));
    this.drainer = new Drainer(coroutines, this.node);
    this.world.seal();
    this.#engine = new GeneratorEngine(coroutines);

    const cells = (this.#initial = this.world.cells.slice());
    for (const image of [this.image, ...(base === null ? [] : [base])]) image.loadInto(cells);
    for (const c of allocated) cells[this.image.placeCell + c] = Place.own;
    for (const c of zeroClusters) cells[this.image.placeCell + c] = Place.zero;
    for (let s = 0; s < sectors; s++) {
      const own = imageClusterSectors === 0 || allocated.includes(Math.floor(s / imageClusterSectors));
      if (own) cells[this.image.dataCell + s] = this.contents.atT0(s);
      if (base !== null) cells[base.dataCell + s] = this.contents.inBase(s);
    }
  }

  /** What the guests will ask for: `write 0..2`. */
  ask(...requests: string[]): this {
    requests.forEach((request, i) => {
      const [kind, range] = request.split(' ') as [GuestKind, string | undefined];
      const [first, end] = (range ?? '0..0').split('..').map(Number) as [number, number];
      this.guests[i]!.loadRequest(this.#initial, { kind, first, end, origin: this.contents.byGuest(i, 0), blockers: 0, unblocks: { first: 0, end: 0 } });
    });
    this.drainer.loadInto(this.#initial, DRAINER_KIND, this.drainer.step(LOOK), 0);
    this.world.load(this.#initial);
    this.#engine.begin();
    return this;
  }

  /** Runs a coroutine up to the step so named and with it, or to its end. */
  run(who: string, through?: string): this {
    const coroutine = this.#coroutines.all.find((c) => c.name === who)!;
    while (!coroutine.hasEnded) {
      const name = this.#print(coroutine.pending);
      this.trace.push(`${who}: ${name}`);
      if (!this.ready.includes(who)) throw new Error(`${who} can't run ${name}`);
      this.#engine.step(coroutine);
      if (name === through) return this;
    }
    if (through !== undefined) throw new Error(`${who} never came to ${through}`);
    return this;
  }

  get ready(): string[] {
    const ids = new Int32Array(this.#coroutines.all.length);
    return [...ids.subarray(0, this.#coroutines.ready(ids))].map((id) => this.#coroutines.byId(id).name);
  }
  get shown(): string {
    return Array.from({ length: this.image.sectors }, (_, s) => this.#name(this.image.contentAt(s))).join(' ');
  }
  /** What a guest's buffer holds for these sectors. */
  buffer(who: number, ...sectors: number[]): string {
    return sectors.map((s) => this.#name(this.guests[who]!.bufferContent(s))).join(' ');
  }
  stepsOf(who: string): string[] {
    return this.trace.filter((line) => line.startsWith(`${who}: `)).map((line) => line.slice(who.length + 2));
  }

  #name(content: number): string {
    return content === ZERO ? '-' : this.contents.print(content, ['g1', 'g2']);
  }
  #print(step: Step): string {
    return printStep(step, this.#clusterSectors, this.#perSector);
  }
}

describe('a write', () => {
  it('is submitted, takes effect a cluster at a time, and completes', () => {
    const disk = new Disk().ask('write 1..5');
    disk.run('g1', 'write.send s1');
    expect(disk.shown).toBe('s0@0 s1@0 s2@0 s3@0 s4@0 s5@0');
    disk.run('g1', 'write.land s1');
    expect(disk.shown).toBe('s0@0 s1.g1 s2@0 s3@0 s4@0 s5@0');
    disk.run('g1', 'write.land c1');
    expect(disk.shown).toBe('s0@0 s1.g1 s2.g1 s3.g1 s4@0 s5@0');
    disk.run('g1');
    expect(disk.shown).toBe('s0@0 s1.g1 s2.g1 s3.g1 s4.g1 s5@0');
    expect(disk.stepsOf('g1')).toEqual(['write.start', 'write.send s1', 'write.land s1', 'write.land c1', 'write.land c2', 'write.done']);
  });

  it('takes effect sector by sector if that is the grain', () => {
    const disk = new Disk({ perSector: true }).ask('write 1..4').run('g1');
    expect(disk.stepsOf('g1').filter((step) => step.startsWith('write.land'))).toEqual(['write.land s1', 'write.land s2', 'write.land s3']);
  });

  it('may be overtaken by another between two of its effects', () => {
    const disk = new Disk({ perSector: true }).ask('write 0..2', 'write 0..2');
    disk.run('g1', 'write.land s0').run('g2').run('g1');
    expect(disk.shown.split(' ').slice(0, 2)).toEqual(['s0.g2', 's1.g1']);
  });
});

describe('the unit of effect', () => {
  it.each([
    { perSector: false, sector: 0, end: 6, unitEnd: 4 },
    { perSector: false, sector: 3, end: 6, unitEnd: 4 },
    { perSector: false, sector: 1, end: 2, unitEnd: 2 },
    { perSector: false, sector: 4, end: 6, unitEnd: 6 },
    { perSector: true, sector: 1, end: 6, unitEnd: 2 },
  ])('from sector $sector up to at most $end ends at $unitEnd (per sector: $perSector)', ({ perSector, sector, end, unitEnd }) => {
    expect(new Disk({ clusterSectors: 4, perSector }).node.unitEnd(sector, end)).toBe(unitEnd);
  });
});

describe('a read', () => {
  const read = (disk: Disk): string[] => disk.run('g1').stepsOf('g1').slice(1);

  it('of a raw image is looked up once and comes a cluster at a time', () => {
    const disk = new Disk().ask('read 1..4');
    expect(read(disk)).toEqual(['read.look s1', 'read.took s1', 'read.took c1', 'read.done']);
  });

  it('of an overlay is looked up run by run', () => {
    const disk = new Disk({ imageClusterSectors: 2, allocated: [0, 2] }).ask('read 0..6');
    expect(read(disk)).toEqual(['c0', 'c1', 'c2'].flatMap((c) => [`read.look ${c}`, `read.took ${c}`]).concat('read.done'));
  });

  it('of an overlay takes neighbouring clusters in the same place for one run', () => {
    const disk = new Disk({ imageClusterSectors: 1, allocated: [0, 1, 2] }).ask('read 0..6');
    expect(read(disk)).toEqual(['read.look c0', 'read.took c0', 'read.took c1', 'read.look s3', 'read.took s3', 'read.took c2', 'read.done']);
  });

  it('keeps what it read until it completes, and leaves nothing behind', () => {
    const disk = new Disk({ imageClusterSectors: 2, allocated: [0], zeroClusters: [2] }).ask('read 0..6');
    disk.run('g1', 'read.took c0');
    expect(disk.buffer(0, 0, 1)).toBe('s0@0 s1@0');
    disk.run('g1', 'read.took c1');
    expect(disk.buffer(0, 2, 3)).toBe('s2@base s3@base');
    disk.run('g1', 'read.took c2');
    expect(disk.buffer(0, 4, 5)).toBe('- -');
    disk.run('g1');
    expect(disk.buffer(0, 0, 1)).toBe('- -');
    expect(disk.guests[0]!.runSeen).toEqual({ place: Place.backing, end: 0 });
  });
});

describe('lookup and transfer are apart', () => {
  it('an overlay read that looked up before a write lands still takes the backing file', () => {
    const disk = new Disk({ imageClusterSectors: 2 }).ask('read 0..2', 'write 0..2');
    disk.run('g1', 'read.look c0').run('g2').run('g1', 'read.took c0');
    expect(disk.shown).toBe('s0.g2 s1.g2 s2@base s3@base s4@base s5@base');
    expect(disk.buffer(0, 0, 1)).toBe('s0@base s1@base');
  });

  it('one that looks up after the write takes what was written', () => {
    const disk = new Disk({ imageClusterSectors: 2 }).ask('read 0..2', 'write 0..2');
    disk.run('g1', 'read.start').run('g2').run('g1', 'read.took c0');
    expect(disk.buffer(0, 0, 1)).toBe('s0.g2 s1.g2');
  });

  it('one that found the overlay\'s own cluster takes what lands there meanwhile', () => {
    const disk = new Disk({ imageClusterSectors: 2, allocated: [0] }).ask('read 0..2', 'write 0..2');
    disk.run('g1', 'read.look c0').run('g2').run('g1', 'read.took c0');
    expect(disk.buffer(0, 0, 1)).toBe('s0.g2 s1.g2');
  });

  it('one that found a zero cluster reads zeroes, whatever lands there meanwhile', () => {
    const disk = new Disk({ imageClusterSectors: 2, zeroClusters: [0] }).ask('read 0..2', 'write 0..2');
    disk.run('g1', 'read.look c0').run('g2').run('g1', 'read.took c0');
    expect(disk.buffer(0, 0, 1)).toBe('- -');
  });

  it('a raw image has nothing to look up: a read takes what is there when it takes effect', () => {
    const disk = new Disk().ask('read 0..2', 'write 0..2');
    disk.run('g1', 'read.look c0').run('g2').run('g1', 'read.took c0');
    expect(disk.buffer(0, 0, 1)).toBe('s0.g2 s1.g2');
  });
});

describe('zeroes and discards', () => {
  it('zeroes take effect a unit at a time, and whole clusters become zero clusters', () => {
    const disk = new Disk({ imageClusterSectors: 2, allocated: [0, 1] }).ask('zero 1..6').run('g1');
    expect(disk.stepsOf('g1')).toEqual(['zero.start', 'zero.send s1', 'zero.land s1', 'zero.land c1', 'zero.land c2', 'zero.done']);
    expect(disk.shown).toBe('s0@0 - - - - -');
    expect([0, 2, 4].map((s) => disk.image.placeOf(s))).toEqual([Place.own, Place.zero, Place.zero]);
  });

  it('a discard leaves alone what it does not cover whole', () => {
    const disk = new Disk({ imageClusterSectors: 2, allocated: [0, 1, 2], discardReads: 'backing' }).ask('discard 1..5').run('g1');
    expect(disk.shown).toBe('s0@0 s1@0 s2@base s3@base s4@0 s5@0');
    expect(disk.stepsOf('g1')).toEqual(['discard.start', 'discard.send s1', 'discard.land c1', 'discard.done']);
  });

  it('a discard within a cluster does nothing, and completes', () => {
    const disk = new Disk({ imageClusterSectors: 4, allocated: [0], clusterSectors: 4 }).ask('discard 1..3').run('g1');
    expect(disk.shown).toContain('s0@0 s1@0 s2@0 s3@0');
    expect(disk.stepsOf('g1')).toEqual(['discard.start', 'discard.send s1', 'discard.done']);
  });

  it('a discard of a short last cluster does nothing: it is never covered whole', () => {
    const disk = new Disk({ sectors: 5, imageClusterSectors: 4, allocated: [0, 1], clusterSectors: 4 }).ask('discard 0..5').run('g1');
    expect(disk.shown).toBe('- - - - s4@0');
  });

  it.each([
    { title: 'clusters smaller than the unit: many at once', imageClusterSectors: 1, clusterSectors: 2, lands: ['c0', 'c1', 'c2'] },
    { title: 'clusters larger than the unit: one at once', imageClusterSectors: 3, clusterSectors: 2, lands: ['c0', 's3'] },
    { title: 'one cluster even where the grain is a sector', imageClusterSectors: 2, clusterSectors: 2, perSector: true, lands: ['s0', 's2', 's4'] },
    { title: 'a raw image by units', imageClusterSectors: 0, clusterSectors: 4, lands: ['c0', 'c1'] },
  ])('a discard takes effect by the image\'s clusters: $title', ({ lands, ...options }) => {
    const disk = new Disk(options).ask('discard 0..6').run('g1');
    expect(disk.stepsOf('g1').filter((step) => step.startsWith('discard.land'))).toEqual(lands.map((at) => `discard.land ${at}`));
    expect(disk.shown).toBe('- - - - - -');
  });

  it('a discard on an image that was opened without unmap ends at once', () => {
    const disk = new Disk({ discardReads: 'ignored' }).ask('discard 0..6').run('g1');
    expect(disk.stepsOf('g1')).toEqual(['discard.start']);
    expect(disk.hooked).toEqual([]);
  });
});

describe('the before-write hook', () => {
  const hooked = (kind: GuestKind, options: Options & { linked?: boolean } = {}): Disk => {
    const disk = new Disk(options).ask(`${kind} 1..3`);
    if (options.linked ?? true) disk.node.linkHook();
    return disk.run('g1');
  };

  it.each<GuestKind>(['write', 'zero', 'discard'])('is called for a %s, before anything is sent to the image', (kind) => {
    const disk = hooked(kind);
    expect(disk.hooked).toEqual(['1..3']);
    expect(disk.stepsOf('g1').slice(0, 3)).toEqual([`${kind}.start`, 'hook.runs', `${kind}.send s1`]);
  });

  it.each<GuestKind>(['read', 'flush'])('is not called for a %s', (kind) => {
    expect(hooked(kind).hooked).toEqual([]);
  });

  it.each<GuestKind>(['write', 'zero', 'discard'])('is not called for a %s while it is not linked', (kind) => {
    expect(hooked(kind, { linked: false }).hooked).toEqual([]);
    const disk = new Disk().ask(`${kind} 1..3`);
    disk.node.linkHook();
    disk.node.unlinkHook();
    expect(disk.run('g1').hooked).toEqual([]);
  });

  it('comes too late for a request that has passed it', () => {
    const disk = new Disk().ask('write 0..2').run('g1', 'write.start');
    disk.node.linkHook();
    expect(disk.run('g1').hooked).toEqual([]);
  });

  it('is forgotten or comes after the write without its rule', () => {
    const order = (kind: GuestKind, rules: Partial<RequestPathRules>): string[] =>
      hooked(kind, { rules }).stepsOf('g1').filter((step) => step === 'hook.runs' || step.startsWith(`${kind}.land`));
    expect(order('write', { copyBeforeWrite: false })).toEqual(['write.land s1', 'write.land c1', 'hook.runs']);
    expect(order('zero', { copyBeforeWriteZeroes: false })).toEqual(['zero.land s1', 'zero.land c1']);
    expect(order('discard', { copyBeforeDiscard: false })).toEqual(['discard.land s1', 'discard.land c1']);
  });
});

describe('a drain', () => {
  it('ends at once if nothing is in flight', () => {
    const disk = new Disk().ask('write 0..2', 'write 2..4').run('drainer');
    expect(disk.stepsOf('drainer')).toEqual(['look']);
  });

  it.each<GuestKind>(['write', 'zero', 'discard'])('waits for every %s that is in flight', (kind) => {
    const disk = new Disk().ask(`${kind} 0..2`, `${kind} 2..4`);
    disk.run('g1', `${kind}.start`).run('g2', `${kind}.start`).run('drainer', 'look');
    expect(disk.ready).toEqual(['g1', 'g2']);
    disk.run('g2');
    expect(disk.ready).toEqual(['g1']);
    disk.run('g1');
    expect(disk.ready).toEqual(['drainer']);
    disk.run('drainer');
  });

  it('waits again if a request came before it woke', () => {
    const disk = new Disk().ask('write 0..2', 'write 2..4');
    disk.run('g1', 'write.start').run('drainer', 'look').run('g1');
    disk.run('g2', 'write.start').run('drainer', 'drain');
    expect(disk.ready).toEqual(['g2']);
    expect(disk.drainer.hasEnded).toBe(false);
    disk.run('g2').run('drainer');
    expect(disk.stepsOf('drainer')).toEqual(['look', 'drain', 'drain']);
  });

  it('waits for requests that are in the hook', () => {
    const disk = new Disk().ask('write 0..2');
    disk.node.linkHook();
    disk.run('g1', 'write.start').run('drainer', 'look');
    expect(disk.guests[0]!.pending).toBe(disk.guests[0]!.step(HOOK_RUNS));
    expect(disk.ready).toEqual(['g1']);
  });

  it.each<GuestKind>(['read', 'flush'])('does not wait for a %s', (kind) => {
    const disk = new Disk({ guests: 1 }).ask(`${kind} 0..2`).run('g1', `${kind}.start`).run('drainer');
    expect(disk.drainer.hasEnded).toBe(true);
    expect(nameOf(disk.guests[0]!.pending).label).toMatch(kind);
  });
});
