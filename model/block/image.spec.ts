import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from '../kernel/world.ts';
import { Misuse } from '../kernel/misuse.ts';
import { type DiscardReads, Image, type ImageFormat, Place } from './image.ts';

/** A shelf of images, each over the one before. Contents are letters and digits here: `b3` is sector 3 of the base. */
class Shelf {
  readonly world = new World(100_000);
  readonly images: readonly Image[];
  readonly #hand: number;
  readonly #names = ['-'];

  /** @param formats from the backing file upwards */
  constructor(...formats: (Omit<ImageFormat, 'backing'> & { name: string })[]) {
    const images: Image[] = [];
    for (const { name, ...format } of formats) images.push(new Image(this.world, name, { ...format, backing: images.at(-1) ?? null }));
    this.images = images;
    this.#hand = this.world.alloc('hand', 1);
    this.world.seal();
    const cells = this.world.cells.slice();
    for (const image of images) image.loadInto(cells);
    this.world.load(cells);
  }

  /** Fills an image without a request: `b0 b1` in its first sectors. A `.` leaves a cluster unallocated, a `z` makes it a zero cluster. */
  fill(image: Image, contents: string): this {
    contents.split(' ').forEach((content, s) => {
      const place = content === '.' ? Place.backing : content === 'z' ? Place.zero : Place.own;
      if (!image.isRaw) this.world.store(image.placeCell + Math.floor(s / image.clusterSectors), place);
      this.world.store(image.dataCell + s, place === Place.own ? this.#id(content) : 0);
    });
    return this;
  }

  put(image: Image, sector: number, content: string): this {
    this.world.store(this.#hand, this.#id(content));
    image.put(sector, this.#hand);
    return this;
  }

  /** What is shown, sector by sector. Zero is `-`. A reader must see the same as an observer. */
  shown(image: Image): string {
    const seen = Array.from({ length: image.sectors }, (_, s) => {
      image.take(s, image.placeOf(s), this.#hand);
      expect(image.contentAt(s)).toBe(this.world.cells[this.#hand]);
      return this.#names[image.contentAt(s)]!;
    });
    return seen.join(' ');
  }

  /** By cluster: `o` own, `z` zero, `.` not allocated. */
  places(image: Image): string {
    return Array.from({ length: image.clusters }, (_, c) => '.oz'[this.world.cells[image.placeCell + c]!]).join('');
  }

  /** Moves what a sector holds at this place, as a reader would who looked it up earlier. */
  takenFrom(image: Image, sector: number, place: Place): string {
    image.take(sector, place, this.#hand);
    return this.#names[this.world.cells[this.#hand]!]!;
  }

  get misuse(): number {
    return this.world.cells[this.world.misuseCell]!;
  }

  #id(content: string): number {
    if (!this.#names.includes(content)) this.#names.push(content);
    return this.#names.indexOf(content);
  }
}

const BASE = { name: 'base', sectors: 6, clusterSectors: 0 };
const OVERLAY = { name: 'overlay', sectors: 6, clusterSectors: 2 };

function overlayOverBase(over: Partial<ImageFormat> = {}, under: Partial<ImageFormat> = {}): { shelf: Shelf; base: Image; overlay: Image } {
  const shelf = new Shelf({ ...BASE, ...under }, { ...OVERLAY, ...over });
  const [base, overlay] = shelf.images as [Image, Image];
  shelf.fill(base, Array.from({ length: base.sectors }, (_, s) => `b${s}`).join(' '));
  return { shelf, base, overlay };
}

describe('an overlay', () => {
  it('shows its backing file until it is written, and keeps its writes to itself', () => {
    const { shelf, base, overlay } = overlayOverBase();
    expect(shelf.shown(overlay)).toBe('b0 b1 b2 b3 b4 b5');

    shelf.put(overlay, 3, 'new');

    expect(shelf.shown(overlay)).toBe('b0 b1 b2 new b4 b5');
    expect(shelf.shown(base)).toBe('b0 b1 b2 b3 b4 b5');
    expect(shelf.places(overlay)).toBe('.o.');
  });

  it('fills the rest of a cluster from what it showed before: its copy on write', () => {
    const { shelf, base, overlay } = overlayOverBase({ clusterSectors: 4 });
    shelf.put(overlay, 2, 'new');
    shelf.fill(base, 'x0 x1 x2 x3 x4 x5'); // whatever happens to the base afterwards
    expect(shelf.shown(overlay)).toBe('b0 b1 new b3 x4 x5');
    shelf.put(overlay, 1, 'newer'); // allocated: no second fill
    expect(shelf.shown(overlay)).toBe('b0 newer new b3 x4 x5');
  });

  it('fills a cluster that was a zero cluster with zeroes', () => {
    const { shelf, overlay } = overlayOverBase();
    shelf.fill(overlay, '. . z z . .');
    expect(shelf.shown(overlay)).toBe('b0 b1 - - b4 b5');
    shelf.put(overlay, 2, 'new');
    expect(shelf.shown(overlay)).toBe('b0 b1 new - b4 b5');
    expect(shelf.places(overlay)).toBe('.o.');
  });

  it('shows and copies zeroes past the end of a shorter backing file', () => {
    const { shelf, overlay } = overlayOverBase({ clusterSectors: 4 }, { sectors: 3 });
    expect(shelf.shown(overlay)).toBe('b0 b1 b2 - - -');
    shelf.put(overlay, 0, 'new');
    shelf.put(overlay, 5, 'tail');
    expect(shelf.shown(overlay)).toBe('new b1 b2 - - tail');
    expect(shelf.places(overlay)).toBe('oo');
  });

  it('shows zeroes where it has nothing and there is nothing below', () => {
    const shelf = new Shelf({ name: 'alone', sectors: 3, clusterSectors: 2 });
    const [alone] = shelf.images as [Image];
    expect(shelf.shown(alone)).toBe('- - -');
    shelf.put(alone, 2, 'a');
    expect(shelf.shown(alone)).toBe('- - a');
    expect(shelf.places(alone)).toBe('.o');
  });

  it('stays within its last cluster if that is short', () => {
    const { shelf, overlay } = overlayOverBase({ sectors: 5, clusterSectors: 4 }, { sectors: 5 });
    shelf.put(overlay, 4, 'tail');
    expect(shelf.shown(overlay)).toBe('b0 b1 b2 b3 tail');
    expect(shelf.places(overlay)).toBe('.o');
    expect(shelf.misuse).toBe(Misuse.none);
  });

  it('gives what lies at the place that was looked up, even if that is no longer the place', () => {
    const { shelf, overlay } = overlayOverBase();
    const before = overlay.placeOf(0);
    shelf.put(overlay, 0, 'new');
    expect(before).toBe(Place.backing);
    expect(shelf.takenFrom(overlay, 0, before)).toBe('b0');
    expect(shelf.takenFrom(overlay, 0, overlay.placeOf(0))).toBe('new');
    expect(shelf.takenFrom(overlay, 0, Place.zero)).toBe('-');
  });
});

describe('a raw image', () => {
  const raw = (): { shelf: Shelf; image: Image } => {
    const shelf = new Shelf(BASE);
    return { shelf: shelf.fill(shelf.images[0]!, 'b0 b1 b2 b3 b4 b5'), image: shelf.images[0]! };
  };

  it('has everything itself, in one run', () => {
    const { shelf, image } = raw();
    expect(image.isRaw).toBe(true);
    expect(image.clusters).toBe(0);
    expect([image.placeOf(0), image.placeOf(5)]).toEqual([Place.own, Place.own]);
    expect(image.runEnd(1, 4)).toBe(4);
    expect(image.isAllocated(1, 3)).toEqual({ allocated: true, sectors: 3 });
    expect(shelf.shown(shelf.put(image, 2, 'new') && image)).toBe('b0 b1 new b3 b4 b5');
  });

  it('takes zeroes and discards sector by sector', () => {
    const { shelf, image } = raw();
    image.putZeroes(1, 3);
    image.discard(4, 5, 'backing'); // it has no backing to show
    expect(shelf.shown(image)).toBe('b0 - - b3 - b5');
  });
});

describe('writing zeroes to an overlay', () => {
  it('makes zero clusters of those that are covered whole, and copies the rest of the others', () => {
    const { shelf, overlay } = overlayOverBase();
    overlay.putZeroes(1, 5);
    expect(shelf.shown(overlay)).toBe('b0 - - - - b5');
    expect(shelf.places(overlay)).toBe('ozo');
  });

  it('makes a zero cluster of a short last one', () => {
    const { shelf, overlay } = overlayOverBase({ sectors: 5, clusterSectors: 4 });
    overlay.putZeroes(4, 5);
    expect(shelf.shown(overlay)).toBe('b0 b1 b2 b3 -');
    expect(shelf.places(overlay)).toBe('.z');
  });

  it('leaves no old data in the cells of a zero cluster', () => {
    const { shelf, overlay } = overlayOverBase();
    shelf.put(overlay, 2, 'old').put(overlay, 3, 'old');
    overlay.putZeroes(2, 4);
    shelf.put(overlay, 3, 'new');
    expect(shelf.shown(overlay)).toBe('b0 b1 - new b4 b5');
  });
});

describe('discarding from an overlay', () => {
  it.each<[DiscardReads, string, string]>([
    ['zero', 'b0 b1 - - o4 o5', '.zo'],
    ['backing', 'b0 b1 b2 b3 o4 o5', '..o'],
    ['old', 'b0 b1 o2 o3 o4 o5', '.oo'],
    ['ignored', 'b0 b1 o2 o3 o4 o5', '.oo'],
  ])('makes an allocated cluster read as %s', (reads, shown, places) => {
    const { shelf, overlay } = overlayOverBase();
    shelf.fill(overlay, '. . o2 o3 o4 o5');
    overlay.discard(2, 4, reads);
    expect(shelf.shown(overlay)).toBe(shown);
    expect(shelf.places(overlay)).toBe(places);
  });

  it('makes a zero cluster of an unallocated one if discarded reads as zero', () => {
    const { shelf, overlay } = overlayOverBase();
    overlay.discard(0, 4, 'zero');
    expect(shelf.shown(overlay)).toBe('- - - - b4 b5');
    expect(shelf.places(overlay)).toBe('zz.');
  });

  it.each<[DiscardReads, string]>([
    ['zero', '- new b2 b3 b4 b5'],
    ['backing', 'b0 new b2 b3 b4 b5'],
  ])('forgets the data: a later write copies what discarded clusters show (%s)', (reads, shown) => {
    const { shelf, overlay } = overlayOverBase();
    shelf.fill(overlay, 'o0 o1 . . . .');
    overlay.discard(0, 2, reads);
    expect([overlay.dataCell, overlay.dataCell + 1].map((cell) => shelf.world.cells[cell])).toEqual([0, 0]); // dead cells
    shelf.put(overlay, 1, 'new');
    expect(shelf.shown(overlay)).toBe(shown);
  });
});

describe('the lookup of allocation', () => {
  const looked = (): Image => {
    const { shelf, overlay } = overlayOverBase({ sectors: 11 }, { sectors: 11 });
    shelf.fill(overlay, 'o0 o1 z z . . . . o8 o9 .');
    return overlay;
  };

  it('tells runs of allocated and of unallocated sectors; a zero cluster is allocated', () => {
    const overlay = looked();
    expect(overlay.isAllocated(0, 11)).toEqual({ allocated: true, sectors: 4 });
    expect(overlay.isAllocated(3, 8)).toEqual({ allocated: true, sectors: 1 });
    expect(overlay.isAllocated(4, 7)).toEqual({ allocated: false, sectors: 4 });
    expect(overlay.isAllocated(5, 6)).toEqual({ allocated: false, sectors: 3 });
    expect(overlay.isAllocated(8, 3)).toEqual({ allocated: true, sectors: 2 });
  });

  it('answers for no more sectors than it was asked about, nor past the end', () => {
    const overlay = looked();
    expect(overlay.isAllocated(0, 3)).toEqual({ allocated: true, sectors: 3 });
    expect(overlay.isAllocated(5, 1)).toEqual({ allocated: false, sectors: 1 });
    expect(overlay.isAllocated(10, 6)).toEqual({ allocated: false, sectors: 1 });
  });

  it.each([11, 12, 100])('says "no, for 0 sectors" at sector %i, past the end', (sector) => {
    expect(looked().isAllocated(sector, 4)).toEqual({ allocated: false, sectors: 0 });
  });

  it('tells own clusters from zero clusters where data is to be read', () => {
    const overlay = looked();
    expect([0, 2, 4].map((s) => overlay.placeOf(s))).toEqual([Place.own, Place.zero, Place.backing]);
    expect([0, 2, 4, 8, 10].map((s) => overlay.runEnd(s, 11))).toEqual([2, 4, 8, 10, 11]);
    expect([overlay.runEnd(5, 7), overlay.runEnd(0, 1)]).toEqual([7, 1]);
  });
});

describe('whether an image is empty', () => {
  it('is a question of what it has itself: data or zeroes, not of what it shows', () => {
    const { shelf, overlay } = overlayOverBase();
    expect(overlay.isEmpty()).toBe(true);
    overlay.putZeroes(4, 6);
    expect(overlay.isEmpty()).toBe(false);
    shelf.put(overlay, 0, 'a');
    expect(overlay.isEmpty()).toBe(false);
    overlay.discard(0, 2, 'backing');
    overlay.discard(4, 6, 'backing');
    expect(overlay.isEmpty()).toBe(true);
  });

  it('is always answered by yes if it is raw, which has no clusters to tell', () => {
    const shelf = new Shelf(BASE);
    expect(shelf.images[0]!.isEmpty()).toBe(true);
  });
});

describe('a target', () => {
  it('notes which sectors were written, not which it filled up itself', () => {
    const { shelf, overlay } = overlayOverBase({ clusterSectors: 4, isTarget: true });
    shelf.put(overlay, 1, 'a');
    overlay.putZeroes(4, 6);
    expect([0, 1, 2, 3, 4, 5].map((s) => overlay.isWrittenAt(s))).toEqual([false, true, false, false, true, true]);
    expect([0, 1, 2, 3, 4, 5].map((s) => overlay.isAllocatedAt(s))).toEqual([true, true, true, true, true, true]);
  });

  it('that was closed is not written any more, and the attempt is told', () => {
    const { shelf, overlay } = overlayOverBase({ isTarget: true });
    const touch: (() => void)[] = [() => shelf.put(overlay, 1, 'a'), () => overlay.putZeroes(0, 2)];
    overlay.close();
    for (const attempt of touch) {
      shelf.world.store(shelf.world.misuseCell, Misuse.none);
      attempt();
      expect(shelf.misuse).toBe(Misuse.closedTarget);
      expect(shelf.places(overlay)).toBe('...');
    }
  });

  it('that was closed may still be read: its reader has opened it, too', () => {
    const { shelf, overlay } = overlayOverBase({ isTarget: true });
    shelf.put(overlay, 0, 'a');
    overlay.close();
    expect([shelf.takenFrom(overlay, 0, Place.own), shelf.takenFrom(overlay, 2, Place.backing)]).toEqual(['a', 'b2']);
    expect(shelf.misuse).toBe(Misuse.none);
  });

  it.each([6, 7, 1000])('is not touched at sector %i, past its end', (sector) => {
    const { shelf, overlay } = overlayOverBase({ isTarget: true });
    const touch: (() => void)[] = [
      () => shelf.put(overlay, sector, 'a'),
      () => overlay.putZeroes(sector, sector + 1),
      () => shelf.takenFrom(overlay, sector, Place.own),
    ];
    for (const attempt of touch) {
      shelf.world.store(shelf.world.misuseCell, Misuse.none);
      attempt();
      expect(shelf.misuse).toBe(Misuse.outOfRange);
    }
    expect(shelf.shown(overlay)).toBe('b0 b1 b2 b3 b4 b5');
  });
});

describe('three images: the target of NONE over the source over its backing file', () => {
  function chain(): { shelf: Shelf; source: Image; target: Image } {
    const shelf = new Shelf(
      { name: 'base', sectors: 5, clusterSectors: 0 },
      { name: 'source', sectors: 8, clusterSectors: 2 },
      { name: 'target', sectors: 8, clusterSectors: 4, isTarget: true },
    );
    const [base, source, target] = shelf.images as [Image, Image, Image];
    shelf.fill(base, 'b0 b1 b2 b3 b4').fill(source, 's0 s1 . . . . z z');
    return { shelf, source, target };
  }

  it('shows the live source where it has nothing itself', () => {
    const { shelf, source, target } = chain();
    expect(shelf.shown(target)).toBe('s0 s1 b2 b3 b4 - - -');
    shelf.put(source, 4, 'new');
    expect(shelf.shown(target)).toBe('s0 s1 b2 b3 new - - -');
  });

  it('fills up its own larger clusters through both images, and is then deaf to the source', () => {
    const { shelf, source, target } = chain();
    shelf.put(target, 0, 'saved');
    expect(shelf.shown(target)).toBe('saved s1 b2 b3 b4 - - -');
    for (const s of [0, 1, 2, 3, 4]) shelf.put(source, s, 'new');
    expect(shelf.shown(target)).toBe('saved s1 b2 b3 new - - -');
    shelf.put(target, 7, 'tail');
    expect(shelf.shown(target)).toBe('saved s1 b2 b3 new - - tail');
    expect(shelf.places(target)).toBe('oo');
  });
});

describe('any writes, zeroes and discards', () => {
  const sectors = 7;
  const operation = fc.record({
    kind: fc.constantFrom('put', 'putZeroes', 'discard'),
    /** Whose: of the target or of the source below it. */
    above: fc.boolean(),
    first: fc.nat(sectors - 1),
    length: fc.integer({ min: 1, max: sectors }),
    reads: fc.constantFrom<DiscardReads>('zero', 'backing', 'old', 'ignored'),
  });
  const sizes = fc.constantFrom(1, 2, 3, 4, 8);

  it('leave an overlay showing what was written, over what its backing shows where nothing is allocated', () => {
    const property = fc.property(
      sizes,
      sizes,
      fc.integer({ min: 1, max: sectors }),
      fc.array(operation, { maxLength: 12 }),
      (sourceSize, targetSize, baseSectors, operations) => {
        const shelf = new Shelf(
          { name: 'base', sectors: baseSectors, clusterSectors: 0 },
          { name: 'source', sectors, clusterSectors: sourceSize },
          { name: 'target', sectors, clusterSectors: targetSize },
        );
        const [base, source, target] = shelf.images as [Image, Image, Image];
        shelf.fill(base, Array.from({ length: baseSectors }, (_, s) => `b${s}`).join(' '));
        // The same as plain lists: undefined shows what is below.
        const lists = [source, target].map((): (string | undefined)[] => Array<undefined>(sectors).fill(undefined));
        const below = (level: number, s: number): string =>
          level < 0 ? (s < baseSectors ? `b${s}` : '-') : (lists[level]![s] ?? below(level - 1, s));

        operations.forEach(({ kind, above, first, length, reads }, n) => {
          const level = above ? 1 : 0;
          const image = [source, target][level]!;
          const size = image.clusterSectors;
          const clusterOf = (s: number): number[] =>
            Array.from({ length: size }, (_, i) => Math.floor(s / size) * size + i).filter((each) => each < sectors);
          const own = (s: number): void => clusterOf(s).forEach((each) => (lists[level]![each] = below(level, each)));
          const range = Array.from({ length: Math.min(length, sectors - first) }, (_, i) => first + i);
          if (kind === 'put') {
            shelf.put(image, first, `w${n}`);
            own(first);
            lists[level]![first] = `w${n}`;
          } else if (kind === 'putZeroes') {
            image.putZeroes(first, first + range.length);
            range.forEach(own);
            for (const s of range) lists[level]![s] = '-';
          } else {
            const whole = range.filter((s) => s % size === 0 && s + size <= first + range.length).flatMap(clusterOf);
            if (whole.length === 0) return;
            image.discard(whole[0]!, whole.at(-1)! + 1, reads);
            if (reads === 'zero') for (const s of whole) lists[level]![s] = '-';
            if (reads === 'backing') for (const s of whole) lists[level]![s] = undefined;
          }
        });
        expect(shelf.shown(source)).toBe(Array.from({ length: sectors }, (_, s) => below(0, s)).join(' '));
        expect(shelf.shown(target)).toBe(Array.from({ length: sectors }, (_, s) => below(1, s)).join(' '));
        for (const [level, image] of [source, target].entries()) {
          for (let s = 0; s < sectors; s++) expect(image.isAllocatedAt(s)).toBe(lists[level]![s] !== undefined);
        }
        expect(shelf.misuse).toBe(Misuse.none);
      },
    );
    fc.assert(property, { seed: 17, numRuns: 500 });
  });
});
