/**
 * A depth-first search over the learned table, for the tests of the kernel: plain, or with sleep sets from footprints
 * (Godefroid, LNCS 1032, 1996, chapter 5). Unlike the product's own it knows nothing of backups.
 */
import type { Footprint } from '../../kernel/learned-table.ts';
import { LearnedTable } from '../../kernel/learned-table.ts';
import type { Miniature } from './miniature.ts';

export interface Found {
  readonly broken: string | null;
  readonly states: number;
  readonly transitions: number;
  /** The states in which nothing can run. */
  readonly ends: ReadonlySet<string>;
}

export class Search {
  readonly #model: Miniature;
  readonly #table: LearnedTable;
  readonly #withSleepSets: boolean;
  /** By fingerprint: who slept when the state was last left. */
  readonly #seen = new Map<string, number>();
  readonly #ends = new Set<string>();
  #transitions = 0;
  #broken: string | null = null;

  constructor(model: Miniature, { sleepSets }: { sleepSets: boolean }) {
    this.#model = model;
    this.#table = new LearnedTable(model.coroutines, model.stepEnd);
    this.#withSleepSets = sleepSets;
  }

  run(): Found {
    const { world } = this.#model;
    this.#model.begin(this.#table);
    world.track();
    this.#visit(0);
    world.untrack();
    return { broken: this.#broken, states: this.#seen.size, transitions: this.#transitions, ends: this.#ends };
  }

  /** @param asleep bit i: whatever begins with a step of the coroutine with id i + 1 has been seen */
  #visit(asleep: number): void {
    const { world, coroutines, ready, broken } = this.#model;
    const { low, high } = world.fingerprint();
    const state = `${low} ${high}`;
    const sleptBefore = this.#seen.get(state);
    if (sleptBefore !== undefined && (sleptBefore & ~asleep) === 0) return;
    this.#seen.set(state, sleptBefore === undefined ? asleep : sleptBefore & asleep);
    if (sleptBefore === undefined) this.#broken ??= broken;
    if (ready.length === 0) this.#ends.add(state);

    const footprints = new Map(this.#withSleepSets ? ready.map((one) => [one.id, this.#footprintOf(one.id)]) : []);
    const mask = coroutines.readyMask;
    let tried = asleep;
    for (const one of ready) {
      const bit = 1 << (one.id - 1);
      if ((tried & bit) !== 0 || (sleptBefore !== undefined && (sleptBefore & bit) === 0)) continue;
      const mark = world.undoMark();
      this.#table.step(one);
      this.#transitions++;
      let stillAsleep = 0;
      for (const [id, footprint] of footprints)
        if ((tried & (1 << (id - 1))) !== 0 && this.#areIndependent(footprint, footprints.get(one.id)!)) stillAsleep |= 1 << (id - 1);
      this.#visit(stillAsleep);
      world.undoTo(mark);
      coroutines.readyMask = mask;
      if (this.#withSleepSets) tried |= bit;
    }
  }

  #footprintOf(id: number): Footprint {
    return this.#table.footprints[this.#table.footprintOf(this.#model.coroutines.byId(id))]!;
  }

  #areIndependent(a: Footprint, b: Footprint): boolean {
    return !this.#concernsAll(a) && !this.#concernsAll(b) && !clash(a, b) && !clash(b, a);
  }

  /** It ends another coroutine, or decides who must run next. */
  #concernsAll({ writes, kills }: Footprint): boolean {
    return kills || writes.includes(this.#model.coroutines.runQueueCell);
  }
}

/** Whether one changes what the other touches. Two that add to a cell may come in either order. */
const clash = (a: Footprint, b: Footprint): boolean =>
  a.writes.some((cell) => b.reads.includes(cell) || b.writes.includes(cell) || b.adds.includes(cell)) ||
  a.adds.some((cell) => b.reads.includes(cell));
