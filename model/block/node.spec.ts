import { BeforeWriteHook } from './before-write-hook.ts';
import { describe, expect, it } from 'vitest';
import { Coroutine, type Run } from '../kernel/coroutine.ts';
import { Coroutines } from '../kernel/coroutines.ts';
import { GeneratorEngine } from '../kernel/engine.ts';
import { type Step, printStep } from '../kernel/step.ts';
import { World } from '../kernel/world.ts';
import { Misuse } from '../kernel/misuse.ts';
import { stepOfTest } from '../testing.ts';
import { Contents, ZERO } from './content.ts';
import { type BlockError, NO_ERROR, blockError } from './errors.ts';
import { type Fault, Faults } from './faults.ts';
import { Dependents, type GuestKind, GuestRequest } from './guest.ts';
import { type DiscardReads, Image, Place } from './image.ts';
import { BlockNode, type RequestPathRules } from './node.ts';
import type { Requester } from './requester.ts';

const HOOK_RUNS = stepOfTest('hook.runs', 'nothing');
const LOOK = stepOfTest('look', 'nothing');
const DRAIN = stepOfTest('drain', 'nothing', { guard: 'woken' });

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
  throttled?: boolean;
  copyOnRead?: boolean;
  looksUpFirst?: boolean;
  faults?: readonly Omit<Fault, 'side'>[];
  /** How long its users take it to be; longer than `sectors` if the image is short. */
  takenFor?: number;
  /** What the hook's copy comes to. */
  hookError?: BlockError;
}

/**
 * A disk, one node before it, and guests who ask it for things. The sectors of the base are `s0@base` ..., the
 * overlay's own `s0@0` ....
 */
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

  constructor({
    sectors = 6,
    clusterSectors = 2,
    perSector = false,
    imageClusterSectors = 0,
    allocated = [],
    zeroClusters = [],
    discardReads = 'zero',
    rules = {},
    guests = 2,
    throttled = false,
    copyOnRead = false,
    looksUpFirst = false,
    faults = [],
    takenFor = sectors,
    hookError = NO_ERROR,
  }: Options = {}) {
    this.#clusterSectors = clusterSectors;
    this.#perSector = perSector;
    this.contents = new Contents(takenFor);
    const base = imageClusterSectors === 0 ? null : new Image(this.world, 'base', { sectors, clusterSectors: 0, backing: null });
    this.image = new Image(this.world, 'disk', { sectors, clusterSectors: imageClusterSectors, backing: base });
    const hook = new BeforeWriteHook(this.world, 'disk');
    const plan = new Faults(this.world, 'source', takenFor, clusterSectors);
    this.world.watchUntilHere();
    const coroutines = (this.#coroutines = new Coroutines(this.world, 'any'));
    this.node = new BlockNode(coroutines, this.image, {
      hook,
      grain: { clusterSectors, perSector },
      faults: plan,
      throttled,
      copyOnRead,
      looksUpFirst,
      mayBeShort: sectors < takenFor,
    });
    const { hooked } = this;
    this.node.hook.calls(function* (me, { first, end }) {
      hooked.push(`${first}..${end}`);
      yield me.step(HOOK_RUNS);
      return hookError;
    });
    const dependents = new Dependents(coroutines, 4);
    const lookups = looksUpFirst ? this.image.clusters : 0;
    const path = {
      node: this.node,
      rules: {
        copyBeforeWrite: true,
        copyBeforeWriteZeroes: true,
        copyBeforeDiscard: true,
        failedCopyFailsGuestWrite: true,
        savevmPassesHookBy: true,
        ...rules,
      },
      discardReads,
      dependents,
      mayKeepRange: false,
      isEndless: false,
      readT0: () => {
        throw new Error('nobody reads the point in time of a disk without a job');
      },
    };
    this.guests = Array.from(
      { length: guests },
      (_, i) => new GuestRequest(coroutines, `g${i + 1}`, { clusterSectors, bitsSeen: 0, tracksRanges: copyOnRead, lookups }, path),
    );
    this.drainer = new Drainer(coroutines, this.node);
    this.world.seal();
    this.#engine = new GeneratorEngine(coroutines);

    const cells = (this.#initial = this.world.cells.slice());
    for (const fault of faults) plan.loadInto(cells, { ...fault, side: 'source' });
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
      this.guests[i]!.loadRequest(this.#initial, {
        kind,
        first,
        end,
        origin: this.contents.byGuest(i, 0),
        blockers: 0,
        unblocks: { first: 0, end: 0 },
      });
    });
    this.drainer.loadInto(this.#initial, this.drainer.step(LOOK));
    this.world.load(this.#initial);
    this.#engine.begin();
    return this;
  }

  /** Runs a coroutine up to the step so named and with it, or to its end. */
  run(who: string, through?: string): this {
    const coroutine = this.#named(who);
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
  /** Where each sector lies: `o` the image's own, `z` a zero cluster, `.` the base. */
  get places(): string {
    return Array.from({ length: this.image.sectors }, (_, s) => '.oz'[this.image.placeAt(s)]).join('');
  }
  get misuse(): number {
    return this.world.cells[this.world.misuseCell]!;
  }
  /** The pending step. */
  at(who: string): string {
    return this.#print(this.#named(who).pending);
  }
  stepsOf(who: string): string[] {
    return this.trace.filter((line) => line.startsWith(`${who}: `)).map((line) => line.slice(who.length + 2));
  }

  #named(who: string): Coroutine {
    return this.#coroutines.all.find((c) => c.name === who)!;
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
    expect(read(disk)).toEqual([
      'read.look c0',
      'read.took c0',
      'read.took c1',
      'read.look s3',
      'read.took s3',
      'read.took c2',
      'read.done',
    ]);
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

  it("one that found the overlay's own cluster takes what lands there meanwhile", () => {
    const disk = new Disk({ imageClusterSectors: 2, allocated: [0] }).ask('read 0..2', 'write 0..2');
    disk.run('g1', 'read.look c0').run('g2').run('g1', 'read.took c0');
    expect(disk.buffer(0, 0, 1)).toBe('s0.g2 s1.g2');
  });

  it('one that found a zero cluster reads zeroes, whatever lands there meanwhile', () => {
    const disk = new Disk({ imageClusterSectors: 2, zeroClusters: [0] }).ask('read 0..2', 'write 0..2');
    disk.run('g1', 'read.look c0').run('g2').run('g1', 'read.took c0');
    expect(disk.buffer(0, 0, 1)).toBe('- -');
  });

  describe('and a read that looks up all of its runs first', () => {
    const disk = (): Disk => new Disk({ imageClusterSectors: 2, allocated: [0, 2], looksUpFirst: true }).ask('read 0..6', 'write 0..4');

    it('takes each from where it lay then, whatever has been written since', () => {
      const read = disk().run('g1', 'read.look c0').run('g2').run('g1', 'read.took c0');
      expect(read.buffer(0, 0, 1)).toBe('s0.g2 s1.g2');
      expect(read.run('g1', 'read.took c1').buffer(0, 2, 3)).toBe('s2@base s3@base');
    });

    it('still asks for one run after the other, and leaves nothing behind', () => {
      const read = disk().run('g1');
      expect(read.stepsOf('g1').slice(1)).toEqual(
        ['c0', 'c1', 'c2'].flatMap((c) => [`read.look ${c}`, `read.took ${c}`]).concat('read.done'),
      );
      expect([0, 1, 2].map((c) => read.guests[0]!.lookupSeen(c))).toEqual([0, 0, 0]);
    });
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

  it.each([
    { title: 'a cluster at once where the grain is a sector', image: 2, perSector: true, ask: '1..6', lands: 's1 s2 s4', places: 'oozzzz' },
    { title: 'what is less than a cluster by sectors', image: 4, perSector: true, ask: '1..3', lands: 's1 s2', places: 'oooo..' },
    { title: 'head and tail by sectors', image: 3, perSector: true, ask: '1..5', lands: 's1 s2 s3 s4', places: 'oooooo' },
    { title: 'a short last cluster at once', image: 4, perSector: true, ask: '3..6', lands: 's3 s4', places: 'oooozz' },
    { title: 'clusters smaller than the unit: many at once', image: 1, ask: '1..6', lands: 's1 c1 c2', places: 'ozzzzz' },
    { title: 'clusters larger than the unit: one at once', image: 3, ask: '0..6', lands: 'c0 s3', places: 'zzzzzz' },
    { title: 'what is less than a cluster by units', image: 6, ask: '1..5', lands: 's1 c1 c2', places: 'oooooo' },
    { title: 'a raw image by sectors', image: 0, perSector: true, ask: '1..4', lands: 's1 s2 s3', places: 'oooooo' },
    { title: 'a raw image by units', image: 0, ask: '1..6', lands: 's1 c1 c2', places: 'oooooo' },
  ])("zeroes take effect by the image's clusters: $title", ({ image, perSector = false, ask, lands, places }) => {
    const disk = new Disk({ imageClusterSectors: image, allocated: [0], perSector }).ask(`zero ${ask}`).run('g1');
    const landed = disk.stepsOf('g1').filter((step) => step.startsWith('zero.land'));
    expect(landed).toEqual(lands.split(' ').map((at) => `zero.land ${at}`));
    expect(disk.places).toBe(places);
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
    {
      title: 'one cluster even where the grain is a sector',
      imageClusterSectors: 2,
      clusterSectors: 2,
      perSector: true,
      lands: ['s0', 's2', 's4'],
    },
    { title: 'a raw image by units', imageClusterSectors: 0, clusterSectors: 4, lands: ['c0', 'c1'] },
  ])("a discard takes effect by the image's clusters: $title", ({ lands, ...options }) => {
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
    if (options.linked ?? true) disk.node.hook.link();
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
    disk.node.hook.link();
    disk.node.hook.unlink();
    expect(disk.run('g1').hooked).toEqual([]);
  });

  it('comes too late for a request that has passed it', () => {
    const disk = new Disk().ask('write 0..2').run('g1', 'write.start');
    disk.node.hook.link();
    expect(disk.run('g1').hooked).toEqual([]);
  });

  it('is forgotten or comes after the write without its rule', () => {
    const order = (kind: GuestKind, rules: Partial<RequestPathRules>): string[] =>
      hooked(kind, { rules })
        .stepsOf('g1')
        .filter((step) => step === 'hook.runs' || step.startsWith(`${kind}.land`));
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

  it.each<GuestKind>(['write', 'zero', 'discard', 'read'])('waits for every %s that is in flight', (kind) => {
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
    disk.node.hook.link();
    disk.run('g1', 'write.start').run('drainer', 'look');
    expect(disk.guests[0]!.pending).toBe(disk.guests[0]!.step(HOOK_RUNS));
    expect(disk.ready).toEqual(['g1']);
  });

  it('does not wait for a flush', () => {
    const disk = new Disk({ guests: 1 }).ask('flush').run('g1', 'flush.start').run('drainer');
    expect(disk.drainer.hasEnded).toBe(true);
    expect(disk.at('g1')).toBe('flush.done');
  });

  it('waits for those whom the limits hold back', () => {
    const disk = new Disk({ throttled: true })
      .ask('write 0..2', 'read 0..2')
      .run('g1', 'write.start')
      .run('g2', 'read.start')
      .run('drainer', 'look');
    expect([disk.at('g1'), disk.at('g2'), disk.ready]).toEqual(['throttle', 'queue', ['g1']]);
    disk.run('g1').run('g2');
    expect(disk.ready).toEqual(['drainer']);
  });

  it('does not wait for those who only have to be told of an error', () => {
    const disk = new Disk({ guests: 1, faults: [{ op: 'write', cluster: 0, errno: 'EIO', times: 1 }] })
      .ask('write 0..2')
      .run('g1', 'write.send c0')
      .run('drainer');
    expect([disk.at('g1'), disk.drainer.hasEnded]).toEqual(['write.EIO', true]);
  });
});

describe('a fault', () => {
  const EIO = { errno: 'EIO', times: 1 } as const;

  it.each([
    { request: 'write 1..5', op: 'write', steps: ['write.start', 'write.send s1', 'write.EIO'] },
    { request: 'zero 1..5', op: 'write', steps: ['zero.start', 'zero.send s1', 'zero.EIO'] },
    { request: 'read 1..5', op: 'read', steps: ['read.start', 'read.look s1', 'read.EIO'] },
  ] as const)(
    'fails $request as it is submitted: it has no effect, and who asked is told in a step of its own',
    ({ request, op, steps }) => {
      const disk = new Disk({ faults: [{ op, cluster: 1, ...EIO }] }).ask(request).run('g1');
      expect(disk.stepsOf('g1')).toEqual(steps);
      expect(disk.shown).toBe('s0@0 s1@0 s2@0 s3@0 s4@0 s5@0');
      expect(disk.buffer(0, 0, 1)).toBe('- -');
    },
  );

  it.each(['write 0..2', 'zero 0..2', 'read 0..2'])('elsewhere lets %s alone', (request) => {
    const disk = new Disk({
      faults: [
        { op: 'read', cluster: 1, ...EIO },
        { op: 'write', cluster: 1, ...EIO },
      ],
    })
      .ask(request)
      .run('g1');
    expect(disk.stepsOf('g1').at(-1)).toBe(`${request.split(' ')[0]}.done`);
  });

  it('never fails a discard or a flush', () => {
    const disk = new Disk({
      faults: [
        { op: 'read', cluster: 0, ...EIO },
        { op: 'write', cluster: 0, ...EIO },
      ],
    })
      .ask('discard 0..2', 'flush')
      .run('g1')
      .run('g2');
    expect(disk.shown).toBe('- - s2@0 s3@0 s4@0 s5@0');
  });

  it('strikes the first that come, and counts down: the next one gets through', () => {
    const disk = new Disk({ faults: [{ op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 }] }).ask('write 0..2', 'write 0..2');
    disk.run('g1', 'write.start').run('g2').run('g1');
    expect([disk.stepsOf('g1').at(-1), disk.stepsOf('g2').at(-1)]).toEqual(['write.done', 'write.ENOSPC']);
    expect(disk.shown).toBe('s0.g1 s1.g1 s2@0 s3@0 s4@0 s5@0');
  });

  it('in a later run of sectors fails the read when it comes there', () => {
    const disk = new Disk({ imageClusterSectors: 2, allocated: [0], faults: [{ op: 'read', cluster: 1, ...EIO }] })
      .ask('read 0..4')
      .run('g1');
    expect(disk.stepsOf('g1')).toEqual(['read.start', 'read.look c0', 'read.took c0', 'read.look c1', 'read.EIO']);
    expect(disk.buffer(0, 0, 1)).toBe('- -');
  });

  it('of the question what is allocated strikes at its sector, once', () => {
    const disk = new Disk({ faults: [{ op: 'ask', cluster: 1, ...EIO }] }).ask();
    expect([1, 4, 3, 3].map((s) => disk.node.askFails(s))).toEqual([NO_ERROR, NO_ERROR, blockError('source', 'EIO'), NO_ERROR]);
  });

  it('of the copy keeps the write from being sent, or not, without its rule', () => {
    const failed = (rules: Partial<RequestPathRules>, kind: GuestKind): string[] => {
      const disk = new Disk({ rules, hookError: blockError('target', 'ENOSPC') }).ask(`${kind} 0..2`);
      disk.node.hook.link();
      return disk.run('g1').stepsOf('g1').slice(2);
    };
    for (const kind of ['write', 'zero', 'discard'] as const) {
      expect(failed({}, kind)).toEqual([`${kind}.ENOSPC`]);
      expect(failed({ failedCopyFailsGuestWrite: false }, kind)).toEqual([`${kind}.send c0`, `${kind}.land c0`, `${kind}.done`]);
    }
  });
});

describe('an image that is shorter than its users think', () => {
  const short = (options: Options = {}): Disk => new Disk({ sectors: 3, takenFor: 6, ...options });

  it.each(['write 2..4', 'zero 2..4', 'read 2..4', 'write 4..6', 'zero 4..6', 'read 4..6'])('fails %s, as it is submitted', (request) => {
    const disk = short().ask(request).run('g1');
    expect(disk.stepsOf('g1').at(-1)).toBe(`${request.split(' ')[0]}.EIO`);
    expect(disk.stepsOf('g1')).toHaveLength(3);
    expect([disk.shown, disk.misuse]).toEqual(['s0@0 s1@0 s2@0', Misuse.none]);
  });

  it.each(['write 1..3', 'zero 1..3', 'read 1..3'])('serves %s', (request) => {
    expect(short().ask(request).run('g1').stepsOf('g1').at(-1)).toBe(`${request.split(' ')[0]}.done`);
  });

  it('fails a read in the run of sectors that goes past its end', () => {
    const disk = short({ imageClusterSectors: 2, allocated: [0] })
      .ask('read 0..4')
      .run('g1');
    expect(disk.stepsOf('g1')).toEqual(['read.start', 'read.look c0', 'read.took c0', 'read.look c1', 'read.EIO']);
    expect(disk.misuse).toBe(Misuse.none);
  });

  it.each(['read 4..6', 'read 2..6'])('fails %s of an overlay, whose runs begin past its end', (request) => {
    const disk = new Disk({ sectors: 4, takenFor: 6, imageClusterSectors: 2 }).ask(request).run('g1');
    expect(disk.stepsOf('g1').at(-1)).toBe('read.EIO');
    expect(disk.misuse).toBe(Misuse.none);
  });
});

describe('a disk that copies on read', () => {
  /** Cluster 0 is the overlay's own, 1 its backing file's, 2 a zero cluster. */
  const copying = (options: Options = {}): Disk =>
    new Disk({ imageClusterSectors: 2, allocated: [0], zeroClusters: [2], copyOnRead: true, ...options });

  it('writes up what a read finds in the backing file, and shows what it showed', () => {
    const disk = copying().ask('read 0..6');
    const { shown } = disk;
    expect(disk.places).toBe('oo..zz');
    disk.run('g1');
    expect(disk.stepsOf('g1')).toEqual([
      'read.start',
      'cor.look c0',
      'cor.look c1',
      'cor.took c1',
      'cor.put c1',
      'cor.look c2',
      'read.look c0',
      'read.took c0',
      'read.took c1',
      'read.look c2',
      'read.took c2',
      'read.done',
    ]);
    expect([disk.shown, disk.places]).toEqual([shown, 'oooozz']);
  });

  it('writes up whole clusters of its own, however little is read', () => {
    const disk = copying({ sectors: 7, imageClusterSectors: 4, allocated: [], zeroClusters: [] }).ask('read 5..6');
    const { shown } = disk;
    expect(disk.run('g1').places).toBe('....ooo');
    expect(disk.shown).toBe(shown);
  });

  it('does so past the hook, which need not know', () => {
    const disk = copying().ask('read 2..4');
    disk.node.hook.link();
    expect(disk.run('g1').hooked).toEqual([]);
    expect(disk.places).toBe('oooozz');
  });

  it('reads what it has written up, and leaves nothing behind', () => {
    const disk = copying().ask('read 2..4').run('g1', 'cor.took c1');
    expect(disk.buffer(0, 2)).toBe('s2@base');
    expect(disk.run('g1', 'cor.put c1').buffer(0, 2)).toBe('-');
    disk.run('g1', 'read.took c1');
    expect(disk.buffer(0, 2, 3)).toBe('s2@base s3@base');
    const { selfCell, blockersCell } = disk.guests[0]!;
    disk.run('g1');
    const { slot, slotCells } = disk.guests[0]!;
    for (let cell = slot; cell < slot + slotCells; cell++)
      if (![selfCell, blockersCell + 1].includes(cell)) expect([cell - slot, disk.world.cells[cell]]).toEqual([cell - slot, 0]);
  });

  it('without it, none of this happens', () => {
    const disk = copying({ copyOnRead: false }).ask('read 0..6').run('g1');
    expect(disk.places).toBe('oo..zz');
  });

  it.each(['write 3..4', 'zero 2..4', 'discard 2..4', 'read 2..3'])('lets %s wait for a read that copies the same cluster', (second) => {
    const disk = copying({ discardReads: 'backing' })
      .ask('read 2..3', second)
      .run('g1', 'read.start')
      .run('g2', `${second.split(' ')[0]}.start`);
    expect([disk.at('g2'), disk.ready.includes('g2')]).toEqual(['overlap', false]);
    disk.run('g1').run('g2');
    expect(disk.stepsOf('g1').slice(1, 4)).toEqual(['cor.look c1', 'cor.took c1', 'cor.put c1']);
  });

  it.each(['write 3..4', 'zero 2..4', 'discard 2..4'])('lets a read wait for %s in the same cluster', (first) => {
    const disk = copying({ discardReads: 'backing' })
      .ask(first, 'read 2..3')
      .run('g1', `${first.split(' ')[0]}.start`)
      .run('g2', 'read.start');
    expect([disk.at('g2'), disk.ready.includes('g2')]).toEqual(['overlap', false]);
    disk.run('g1');
    expect(disk.ready).toContain('g2');
    disk.run('g2');
  });

  it('lets nobody wait who is in other clusters, nor writes for each other', () => {
    const disk = copying().ask('read 2..3', 'write 4..5').run('g1', 'read.start').run('g2', 'write.start');
    expect(disk.at('g2')).toBe('write.send c2');
    const writes = copying().ask('write 2..4', 'write 2..4').run('g1', 'write.start').run('g2', 'write.start');
    expect(writes.at('g2')).toBe('write.send c1');
  });

  it('lets those who wait look again: a request that came in between goes first', () => {
    const disk = copying({ guests: 3 }).ask('read 2..4', 'write 2..4', 'read 2..4');
    disk.run('g1', 'read.start').run('g2', 'write.start').run('g3', 'read.start').run('g1');
    expect(disk.ready).toEqual(['g2', 'g3', 'drainer']); // g1 woke both
    disk.run('g3', 'overlap').run('g2', 'overlap');
    expect([disk.at('g3'), disk.at('g2')]).toEqual(['cor.look c1', 'overlap']);
    disk.run('g3').run('g2');
    expect(disk.shown).toContain('s2.g2 s3.g2');
  });

  it('serialises even writes while there is such a read, and be it in the queue', () => {
    const disk = copying({ throttled: true, guests: 3 }).ask('write 2..4', 'write 2..4', 'read 0..2');
    disk.run('g1', 'write.start').run('g1', 'throttle').run('g2', 'write.start').run('g3', 'read.start').run('g2', 'throttle');
    expect([disk.at('g1'), disk.at('g2'), disk.at('g3')]).toEqual(['write.send c1', 'overlap', 'queue']);
  });
});
