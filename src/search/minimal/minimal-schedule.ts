/**
 * The cheapest schedule of one scenario that breaks something: fewest preemptions, then fewest steps.
 * States are visited in the order of that cost (Dijkstra's algorithm; a switch away from a coroutine
 * that could go on costs one preemption, as in iterative context bounding, Musuvathi and Qadeer, PLDI
 * 2007), so the first violation is the cheapest, and with none every state has been seen. A place in the
 * search is a state together with who may go on for nothing. Unlike the search of exhaustive.ts, which
 * answers faster whether anything breaks, it keeps a copy of the cells of every place.
 */
import type { Machine } from '../../../model/machine/machine.ts';
import type { Properties } from '../../../properties/all.ts';
import type { Violation } from '../../../properties/property.ts';
import { Cursor } from '../cursor.ts';
import { SearchNodes } from './search-nodes.ts';
import { canGoOn, principalOf } from '../preemption.ts';
import { NEW, StateSet } from '../state-set.ts';

/** What a schedule costs, in this order. */
export interface ScheduleCost {
  readonly preemptions: number;
  readonly steps: number;
}

export interface MinimalSchedule extends ScheduleCost {
  readonly violation: Violation;
  /** Ids of the coroutines, in the order in which they run. */
  readonly schedule: readonly number[];
}

export interface MinimalScheduleResult {
  /** Of equally cheap ones always the same. */
  readonly cheapest: MinimalSchedule | null;
  /** Whether there is none cheaper; if not, the memory was full or somebody said stop. */
  readonly complete: boolean;
  readonly states: number;
}

export interface MinimalScheduleLimits {
  /** Only schedules that cost less are looked for. */
  readonly below: ScheduleCost;
  readonly bytesMax: number;
  /** Asked now and then, and told how many states it has been so far. */
  readonly shouldStop: (states: number) => boolean;
}

export const ANY_COST: ScheduleCost = { preemptions: Infinity, steps: Infinity };

/** How many moves between two questions whether to stop. */
const ASK_EVERY = 1 << 12;

/**
 * Searches the scenario that the machine has loaded.
 * @param isWanted asked of each violation, the cheapest first; a schedule that breaks something else ends there
 */
export function minimalSchedule(
  machine: Machine,
  properties: Properties,
  limits: MinimalScheduleLimits,
  isWanted: (violation: Violation, schedule: readonly number[]) => boolean,
): MinimalScheduleResult {
  return new Search(machine, properties, limits, isWanted).run();
}

interface Move {
  readonly from: number;
  readonly id: number;
}

/** No coroutine may go on without a preemption: the one that ran last has ended or waits. */
const NOBODY = 0;
const ROOT = 0;

class Search {
  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #limits: MinimalScheduleLimits;
  readonly #isWanted: (violation: Violation, schedule: readonly number[]) => boolean;
  readonly #places: SearchNodes;
  readonly #seen: StateSet;
  readonly #cursor: Cursor;
  #moves = 0;
  #hasStopped = false;
  #cheapest: MinimalSchedule | null = null;

  constructor(
    machine: Machine,
    properties: Properties,
    limits: MinimalScheduleLimits,
    isWanted: (violation: Violation, schedule: readonly number[]) => boolean,
  ) {
    this.#machine = machine;
    this.#properties = properties;
    this.#limits = limits;
    this.#isWanted = isWanted;
    this.#places = new SearchNodes(machine.world.cells.length);
    this.#seen = new StateSet(limits.bytesMax / 4);
    this.#cursor = new Cursor(machine, properties);
  }

  run(): MinimalScheduleResult {
    const seesGuests = this.#properties.own?.seesEveryStep === true;
    this.#cursor.begin(seesGuests ? undefined : this.#machine.contents.byGuest(0, 0)); // else which guest wrote a sector decides nothing
    this.#arrive(ROOT, NOBODY);
    // By number of steps, the places from which it takes a preemption to go on, with who does.
    let preempting: Move[][] = [];
    for (let preemptions = 0; (preemptions === 0 || preempting.length > 0) && !this.#isOver; preemptions++)
      preempting = this.#layer(preemptions, preempting);
    this.#cursor.end();
    return { cheapest: this.#cheapest, complete: !this.#hasStopped, states: this.#seen.size };
  }

  get #isOver(): boolean {
    return this.#cheapest !== null || this.#hasStopped;
  }

  /** All that can be reached with this many preemptions and no fewer. @returns what takes one more, by steps */
  #layer(preemptions: number, preempting: readonly Move[][]): Move[][] {
    const { below } = this.#limits;
    const stepsEnd = preemptions < below.preemptions ? Infinity : preemptions === below.preemptions ? below.steps : 0;
    const later: Move[][] = [];
    let here = preemptions === 0 ? [ROOT] : [];
    for (let steps = 0; steps + 1 < stepsEnd && (here.length > 0 || steps < preempting.length); steps++) {
      const next: number[] = [];
      const cost = { preemptions, steps: steps + 1 };
      for (const move of preempting[steps] ?? []) {
        this.#comeBackTo(move.from);
        this.#move(move, cost, next);
        if (this.#isOver) return [];
      }
      for (const from of here) {
        const { owner } = this.#places.at(from);
        this.#comeBackTo(from);
        const ids = this.#cursor.ids.slice(0, this.#cursor.ready());
        const isFree = (id: number): boolean => owner === NOBODY || principalOf(this.#machine.coroutines, id) === owner;
        const free = ids.filter(isFree);
        if (free.length < ids.length) (later[steps] ??= []).push(...[...ids].filter((id) => !isFree(id)).map((id) => ({ from, id })));
        for (const [i, id] of free.entries()) {
          if (i > 0) this.#comeBackTo(from);
          this.#move({ from, id }, cost, next);
          if (this.#isOver) return [];
        }
      }
      here = next;
    }
    return later;
  }

  /** One step from the state at hand. */
  #move({ from, id }: Move, cost: ScheduleCost, next: number[]): void {
    if (
      this.#seen.isFull ||
      this.#places.bytes > this.#limits.bytesMax ||
      (++this.#moves % ASK_EVERY === 0 && this.#limits.shouldStop(this.#seen.size))
    ) {
      this.#hasStopped = true;
      return;
    }
    const broken = this.#cursor.step(id);
    if (broken !== null) return this.#found(broken, from, id, cost);
    const place = this.#arrive(from, id);
    if (place === null) return;
    if (this.#cursor.ready() > 0) return void next.push(place);
    const brokenAtEnd = this.#properties.end();
    if (brokenAtEnd !== null) this.#found(brokenAtEnd, from, id, cost);
  }

  #found(violation: Violation, from: number, id: number, cost: ScheduleCost): void {
    const schedule = [...this.#places.pathTo(from), id];
    if (this.#isWanted(violation, schedule)) this.#cheapest = { violation, schedule, ...cost };
  }

  /** The state at hand becomes a place. @returns null if it is one already */
  #arrive(from: number, id: number): number | null {
    const { world, coroutines } = this.#machine;
    const owner = this.#goesOn(id);
    const { hashLow, hashHigh } = world;
    if (this.#seen.add(hashLow ^ Math.imul(owner, 0x9e3779b1), hashHigh ^ Math.imul(owner, 0x85ebca6b), 0, 0) !== NEW) return null;
    return this.#places.add(world.cells, { from, id, owner, low: hashLow, high: hashHigh, mask: coroutines.readyMask });
  }

  /** The principal of who ran last, if it could go on; from it a switch costs a preemption. */
  #goesOn(id: number): number {
    if (id === NOBODY) return NOBODY;
    const { coroutines } = this.#machine;
    const principal = principalOf(coroutines, id);
    return canGoOn(coroutines, principal, this.#cursor.ids, this.#cursor.ready()) ? principal : NOBODY;
  }

  #comeBackTo(place: number): void {
    const { low, high, mask } = this.#places.at(place);
    this.#cursor.jump(low, high, mask, (cells) => this.#places.read(place, cells));
  }
}
