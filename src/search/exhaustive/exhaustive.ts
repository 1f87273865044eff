/**
 * Exhaustive search of one scenario: every state that some schedule leads to, depth first, on the
 * cells themselves with undo, and each state once. Steps run from the learned table; all properties
 * are asked after every step, and of every state in which nothing can run. No run comes back to a state
 * that it was in: that would be one that never ends.
 */
import { type Coroutine, NOBODY } from '../../../model/kernel/coroutine.ts';
import { nameOf } from '../../../model/kernel/step.ts';
import type { Machine } from '../../../model/machine/machine.ts';
import type { Properties } from '../../../properties/all.ts';
import type { Violation } from '../../../properties/property.ts';
import { HeldCheck } from './held-check.ts';
import { ALL_REDUCTIONS, type Reductions, twinsOf } from './reductions.ts';
import { ROUND_AND_ROUND } from '../rounds.ts';
import { NEW, StateSet } from '../state-set.ts';

export interface ExhaustiveResult {
  readonly states: number;
  readonly transitions: number;
  /** Of the longest schedule without a repeated state, in steps. */
  readonly depth: number;
  /** The first broken property, with the ids of those who ran up to it. */
  readonly broken: { readonly violation: Violation; readonly schedule: readonly number[] } | null;
  /** Whether every state was seen; if not, the memory was full or somebody said stop. */
  readonly complete: boolean;
}

export interface ExhaustiveLimits {
  readonly bytesMax: number;
  /** Asked now and then, and told how many states it has been so far. */
  readonly shouldStop: (states: number) => boolean;
  /** Called in every state in which nothing can run, for whoever wants to look at it. */
  readonly onEnd?: () => void;
}

/** How many transitions between two questions whether to stop. */
const ASK_EVERY = 1 << 14;

const ANYBODY = -1;
const UNKNOWN = -1;

/** Coroutines are kept as the bits of a number. */
const COROUTINES_MAX = 31;

/** @throws if the scenario has more coroutines than there are bits; UnsoundReduction if a step that nobody should notice is noticed */
export function searchExhaustively(
  machine: Machine,
  properties: Properties,
  { bytesMax, shouldStop, onEnd }: ExhaustiveLimits,
  reductions: Reductions = ALL_REDUCTIONS,
): ExhaustiveResult {
  if (machine.coroutines.all.length > COROUTINES_MAX)
    throw new Error(`an exhaustive search of more than ${COROUTINES_MAX} coroutines would never end`);
  return new Search(machine, properties, new StateSet(bytesMax), reductions, onEnd).run(shouldStop);
}

class Search {
  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #seen: StateSet;
  readonly #reductions: Reductions;
  readonly #heldCheck: HeldCheck;
  readonly #onEnd: (() => void) | undefined;
  /** By id: the id of a request like this one, which is to start first; 0: there is none. */
  readonly #twins: Int32Array;
  readonly #ids: Int32Array;
  #transitions = 0;
  #deepest = 0;
  /** Who has run on the way to the state at hand. */
  #ran = new Uint8Array(1024);
  #ranCount = 0;
  // The stack: of each state on the way, who can run and has not been tried, and how to come back to it.
  #untried = new Int32Array(256);
  #ready = new Int32Array(256);
  #undo = new Float64Array(256);
  #low = new Int32Array(256);
  #high = new Int32Array(256);
  #ranUntil = new Int32Array(256);
  #asleep = new Int32Array(256);
  /** For each state, by id: what the pending step touches. */
  #footprints: Int32Array;
  /** By id: the same for the state at hand, as far as it has been asked for. */
  readonly #known: Int32Array;
  readonly #width: number;
  /** Whether the latest steps have come to one that is asleep: then nothing new comes of them. */
  #isCovered = false;
  /** For a job of one's own: after how many transitions the way is gone again. Not above 0: never. */
  #untilRetraced = 0;

  constructor(machine: Machine, properties: Properties, seen: StateSet, reductions: Reductions, onEnd: (() => void) | undefined) {
    this.#onEnd = onEnd;
    this.#reductions = reductions;
    this.#heldCheck = new HeldCheck(machine, properties);
    this.#machine = machine;
    this.#properties = properties;
    this.#seen = seen;
    this.#width = machine.coroutines.all.length;
    this.#footprints = new Int32Array(256 * this.#width);
    this.#known = new Int32Array(this.#width + 1).fill(UNKNOWN);
    this.#ids = new Int32Array(machine.coroutines.all.length + 1);
    this.#twins = reductions.twins ? twinsOf(machine) : new Int32Array(machine.coroutines.all.length + 1);
  }

  run(shouldStop: ExhaustiveLimits['shouldStop']): ExhaustiveResult {
    const { world, contents } = this.#machine;
    this.#machine.useTable(true);
    this.#machine.begin();
    this.#properties.begin();
    world.track(this.#reductions.contents ? contents.byGuest(0, 0) : undefined);
    this.#untilRetraced = this.#machine.retracing?.nextIn(true) ?? 0;
    const { violation, complete } = this.#search(shouldStop);
    if (violation !== null) this.#retrace();
    world.untrack();
    const broken = violation === null ? null : { violation, schedule: Array.from(this.#ran.subarray(0, this.#ranCount)) };
    return { states: this.#seen.size, transitions: this.#transitions, depth: this.#deepest, broken, complete };
  }

  /** Leaves the way to what is broken in `#ran`. */
  #search(shouldStop: ExhaustiveLimits['shouldStop']): { violation: Violation | null; complete: boolean } {
    const { world } = this.#machine;
    const seen = this.#seen;
    const first = this.#runHeld(0);
    if (first !== null) return { violation: first, complete: true };
    seen.add(world.hashLow, world.hashHigh, 0, 0);
    let depth = 0;
    this.#push(0, 0, ANYBODY);
    while (depth >= 0) {
      const untried = this.#untried[depth]!;
      if (untried === 0) {
        const violation = this.#ready[depth] === 0 ? this.#properties.end() : null;
        if (violation !== null) return { violation, complete: true };
        if (this.#ready[depth] === 0) this.#onEnd?.();
        if (--depth >= 0) this.#comeBackTo(depth);
        continue;
      }
      if (seen.isFull || (++this.#transitions % ASK_EVERY === 0 && shouldStop(seen.size))) return { violation: null, complete: false };
      const bit = untried & -untried;
      this.#untried[depth] = untried - bit;
      const asleep = this.#asleepAfter(depth, bit);
      this.#asleep[depth]! |= bit;
      const violation = this.#step(32 - Math.clz32(bit)) ?? this.#runHeld(asleep);
      if (violation !== null) return { violation, complete: true };
      if (--this.#untilRetraced === 0) this.#retrace();
      if (this.#isCovered) {
        this.#comeBackTo(depth);
        continue;
      }
      const place = seen.add(world.hashLow, world.hashHigh, depth + 1, asleep);
      if (place === NEW) {
        this.#push(++depth, asleep, ANYBODY);
        continue;
      }
      if (this.#isOnTheWay(seen.depthAt(place), depth)) return { violation: ROUND_AND_ROUND, complete: true };
      const sleptBefore = seen.asleepAt(place);
      const awake = sleptBefore & ~asleep; // then they slept, and now they don't
      if (awake === 0) {
        this.#comeBackTo(depth);
        continue;
      }
      seen.setAsleep(place, sleptBefore & asleep);
      this.#push(++depth, sleptBefore & asleep, awake);
    }
    return { violation: null, complete: true };
  }

  /** Whether a job of one's own has come here by the law. */
  #retrace(): void {
    const { retracing } = this.#machine;
    if (retracing === null) return;
    retracing.check(this.#ran.subarray(0, this.#ranCount));
    this.#untilRetraced = retracing.nextIn(false);
  }

  /**
   * Who may sleep after this step: whoever slept, or was tried here before, and whose step is independent
   * of it, so that all that could come of it has been seen.
   */
  #asleepAfter(depth: number, bit: number): number {
    let left = this.#asleep[depth]!;
    if (left === 0 || !this.#reductions.sleep) return 0;
    const row = depth * this.#width - 1;
    const mine = this.#footprints[row + 32 - Math.clz32(bit)]!;
    let asleep = 0;
    for (; left !== 0; left &= left - 1) {
      const other = left & -left;
      if (this.#machine.areIndependent(this.#footprints[row + 32 - Math.clz32(other)]!, mine)) asleep |= other;
    }
    return asleep;
  }

  #step(id: number): Violation | null {
    const coroutine = this.#machine.coroutines.byId(id);
    const step = coroutine.pending;
    this.#machine.step(id);
    this.#known.fill(UNKNOWN);
    if (this.#ranCount === this.#ran.length) this.#ran = longer(this.#ran, new Uint8Array(this.#ran.length * 2));
    this.#ran[this.#ranCount++] = id;
    return this.#properties.after(coroutine, step);
  }

  /**
   * Where somebody's step can be noticed by nobody else, it may as well be the only one to run now (an
   * ample set of one), and the states between need not be kept. Nothing goes round in a circle of such
   * steps: a coroutine comes to a wait, or ends.
   */
  #runHeld(asleep: number): Violation | null {
    this.#isCovered = false;
    const { local, held } = this.#reductions;
    if (!local && !held) return null;
    for (let id = this.#heldNow(held, NOBODY); id !== NOBODY; id = this.#heldNow(held, id)) {
      this.#isCovered = (asleep & (1 << (id - 1))) !== 0;
      if (this.#isCovered) return null; // what comes of it has been seen
      this.#heldCheck.sample(id);
      const violation = this.#step(id);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** Somebody whose step nobody else can notice; most likely who ran last. */
  #heldNow(byProtocol: boolean, last: number): number {
    const machine = this.#machine;
    const count = machine.ready(this.#ids);
    if (last !== NOBODY && (count > 1 || this.#ids[0] === last) && machine.coroutines.isReady(last) && this.#isHeld(last, byProtocol))
      return last;
    for (let i = count - 1; i >= 0; i--) {
      const id = this.#ids[i]!;
      if (id !== last && this.#isHeld(id, byProtocol)) return id;
    }
    return NOBODY;
  }

  #isHeld(id: number, byProtocol: boolean): boolean {
    const machine = this.#machine;
    if (!machine.mayBeHeld(id)) return false;
    const footprint = this.#footprintNow(id);
    return byProtocol ? machine.isHeld(id, footprint) : machine.isLocal(footprint);
  }

  /** What the pending step would touch in the state at hand. */
  #footprintNow(id: number): number {
    const known = this.#known[id]!;
    return known >= 0 ? known : (this.#known[id] = this.#machine.footprintOf(id));
  }

  /** Whether the state at hand, first seen at some depth, is one that the way here has come through. */
  #isOnTheWay(firstSeen: number, depth: number): boolean {
    const { hashLow, hashHigh } = this.#machine.world;
    return firstSeen <= depth && this.#low[firstSeen] === hashLow && this.#high[firstSeen] === hashHigh;
  }

  /** The state at hand becomes the one at this depth. @param wanted of whom to try those that can run */
  #push(depth: number, asleep: number, wanted: number): void {
    if (depth >= this.#untried.length) this.#lengthen();
    const { world, coroutines } = this.#machine;
    const choices = this.#choices();
    const { sleep, last } = this.#reductions;
    const isChoice = (choices & (choices - 1)) !== 0;
    if ((sleep || last) && (isChoice || asleep !== 0)) this.#noteFootprints(depth, choices | asleep);
    this.#ready[depth] = coroutines.readyMask;
    this.#asleep[depth] = asleep;
    this.#untried[depth] = (last && isChoice ? this.#withoutLast(depth, choices) : choices) & wanted & ~asleep;
    this.#undo[depth] = world.undoMark();
    this.#low[depth] = world.hashLow;
    this.#high[depth] = world.hashHigh;
    this.#ranUntil[depth] = this.#ranCount;
    if (this.#ranCount > this.#deepest) this.#deepest = this.#ranCount;
  }

  /**
   * Nothing comes after a coroutine's last step. As long as it is independent of all that others would do
   * next, they may as well do it first: whoever comes to do something else will find it still pending.
   */
  #withoutLast(depth: number, choices: number): number {
    const row = depth * this.#width - 1;
    let kept = choices;
    for (let left = choices; left !== 0; left &= left - 1) {
      const bit = left & -left;
      const mine = this.#footprints[row + 32 - Math.clz32(bit)]!;
      if (kept !== bit && this.#machine.isLastOfItsOwn(mine) && this.#isIndependentOfAll(mine, row, choices - bit)) kept -= bit;
    }
    return kept;
  }

  #isIndependentOfAll(footprint: number, row: number, others: number): boolean {
    for (let left = others; left !== 0; left &= left - 1) {
      if (!this.#machine.areIndependent(footprint, this.#footprints[row + 32 - Math.clz32(left & -left)]!)) return false;
    }
    return true;
  }

  #noteFootprints(depth: number, ids: number): void {
    const row = depth * this.#width - 1;
    for (let left = ids; left !== 0; left &= left - 1) {
      const id = 32 - Math.clz32(left & -left);
      this.#footprints[row + id] = this.#footprintNow(id);
    }
  }

  /** Who can run, as bits; of requests that are alike, and have not started, only the first. */
  #choices(): number {
    const { coroutines } = this.#machine;
    let choices = 0;
    for (let i = this.#machine.ready(this.#ids) - 1; i >= 0; i--) {
      const id = this.#ids[i]!;
      const twin = this.#twins[id]!;
      if (twin === NOBODY || !hasYetToStart(coroutines.byId(id)) || !hasYetToStart(coroutines.byId(twin))) choices |= 1 << (id - 1);
    }
    return choices;
  }

  #comeBackTo(depth: number): void {
    const { world, coroutines } = this.#machine;
    world.undoToKnown(this.#undo[depth]!, this.#low[depth]!, this.#high[depth]!);
    coroutines.readyMask = this.#ready[depth]!;
    this.#known.fill(UNKNOWN);
    this.#ranCount = this.#ranUntil[depth]!;
  }

  #lengthen(): void {
    const twice = (old: Int32Array): Int32Array<ArrayBuffer> => longer(old, new Int32Array(old.length * 2));
    this.#untried = twice(this.#untried);
    this.#ready = twice(this.#ready);
    this.#undo = longer(this.#undo, new Float64Array(this.#undo.length * 2));
    this.#low = twice(this.#low);
    this.#high = twice(this.#high);
    this.#ranUntil = twice(this.#ranUntil);
    this.#asleep = twice(this.#asleep);
    this.#footprints = twice(this.#footprints);
  }
}

const hasYetToStart = (coroutine: Coroutine): boolean => nameOf(coroutine.pending).guard === 'unblocked';

function longer<T extends Uint8Array | Int32Array | Float64Array>(old: ArrayLike<number>, list: T): T {
  list.set(old);
  return list;
}
