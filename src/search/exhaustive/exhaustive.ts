/**
 * Exhaustive search of one scenario: every state that some schedule leads to, depth first, on the
 * cells themselves with undo, and each state once. Steps run from the learned table; all properties
 * are asked after every step, and of every state in which nothing can run. No run comes back to a state
 * that it was in: that would be one that never ends.
 */
import type { Coroutine } from '../../../model/kernel/coroutine.ts';
import { NOBODY } from '../../../model/kernel/slot.ts';
import { nameOf } from '../../../model/kernel/step.ts';
import type { Machine } from '../../../model/machine/machine.ts';
import type { Properties } from '../../../properties/all.ts';
import type { Violation } from '../../../properties/property.ts';
import { Cursor, longer } from '../cursor.ts';
import { AmpleCheck } from './ample-check.ts';
import { PendingFootprints } from './pending-footprints.ts';
import { ALL_REDUCTIONS, NO_REDUCTION, OF_RESTARTS, OF_TWO_DISKS, type Reductions, bothOf, twinsOf } from './reductions.ts';
import { SleepSets } from './sleep-sets.ts';
import { ENDLESS_CYCLE } from '../cycle-detector.ts';
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
  /** Called in every state in which nothing can run, so that the caller can look at it. */
  readonly onEnd?: () => void;
}

/** How many transitions between two questions whether to stop. */
const ASK_EVERY = 1 << 14;

const ANYBODY = -1;

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
  const forDisks = machine.second === null ? reductions : bothOf(reductions, OF_TWO_DISKS);
  const allowed = machine.quit === null ? forDisks : bothOf(forDisks, OF_RESTARTS);
  const used = properties.own?.seesEveryStep === true ? NO_REDUCTION : allowed;
  return new Search(machine, properties, new StateSet(bytesMax), used, onEnd).run(shouldStop);
}

class Search {
  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #seen: StateSet;
  readonly #reductions: Reductions;
  readonly #ampleCheck: AmpleCheck;
  readonly #onEnd: (() => void) | undefined;
  /** By id: the id of a request like this one, which is to start first; 0: there is none. */
  readonly #twins: Int32Array;
  readonly #cursor: Cursor;
  #transitions = 0;
  #deepest = 0;
  /** The stack: of each state on the way, who can run and has not been tried. */
  #untried = new Int32Array(256);
  readonly #pending: PendingFootprints;
  readonly #sleepSets: SleepSets;
  /** Whether the latest steps have come to one that is asleep: then nothing new comes of them. */
  #isCovered = false;
  /** For a custom job: after how many transitions the way is gone again. Not above 0: never. */
  #untilRetraced = 0;

  constructor(machine: Machine, properties: Properties, seen: StateSet, reductions: Reductions, onEnd: (() => void) | undefined) {
    this.#onEnd = onEnd;
    this.#reductions = reductions;
    this.#ampleCheck = new AmpleCheck(machine, properties);
    this.#machine = machine;
    this.#properties = properties;
    this.#seen = seen;
    this.#cursor = new Cursor(machine, properties);
    this.#pending = new PendingFootprints(machine, this.#cursor);
    this.#sleepSets = new SleepSets(this.#pending, reductions.sleep);
    this.#twins = reductions.twins ? twinsOf(machine) : new Int32Array(machine.coroutines.all.length + 1);
  }

  run(shouldStop: ExhaustiveLimits['shouldStop']): ExhaustiveResult {
    this.#cursor.begin(this.#reductions.contents ? this.#machine.contents.byGuest(0, 0) : undefined);
    this.#untilRetraced = this.#machine.retracing?.nextIn(true) ?? 0;
    const { violation, complete } = this.#search(shouldStop);
    if (violation !== null) this.#retrace();
    this.#cursor.end();
    const broken = violation === null ? null : { violation, schedule: Array.from(this.#cursor.ran) };
    return { states: this.#seen.size, transitions: this.#transitions, depth: this.#deepest, broken, complete };
  }

  /** Leaves the cursor behind the step that breaks something. */
  #search(shouldStop: ExhaustiveLimits['shouldStop']): { violation: Violation | null; complete: boolean } {
    const { world } = this.#machine;
    const [seen, cursor] = [this.#seen, this.#cursor];
    const first = this.#runAmple(0);
    if (first !== null) return { violation: first, complete: true };
    seen.add(world.hashLow, world.hashHigh, 0, 0);
    let depth = 0;
    this.#push(0, 0, ANYBODY);
    while (depth >= 0) {
      const untried = this.#untried[depth]!;
      if (untried === 0) {
        const violation = cursor.isEnd(depth) ? this.#properties.end() : null;
        if (violation !== null) return { violation, complete: true };
        if (cursor.isEnd(depth)) this.#onEnd?.();
        if (--depth >= 0) cursor.backTo(depth);
        continue;
      }
      if (seen.isFull || (++this.#transitions % ASK_EVERY === 0 && shouldStop(seen.size))) return { violation: null, complete: false };
      const bit = untried & -untried;
      this.#untried[depth] = untried - bit;
      const asleep = this.#sleepSets.after(depth, bit);
      this.#sleepSets.tried(depth, bit);
      const violation = cursor.step(32 - Math.clz32(bit)) ?? this.#runAmple(asleep);
      if (violation !== null) return { violation, complete: true };
      if (--this.#untilRetraced === 0) this.#retrace();
      if (this.#isCovered) {
        cursor.backTo(depth);
        continue;
      }
      const place = seen.add(world.hashLow, world.hashHigh, depth + 1, asleep);
      if (place === NEW) {
        this.#push(++depth, asleep, ANYBODY);
        continue;
      }
      const firstSeen = seen.depthAt(place);
      if (firstSeen <= depth && cursor.isAt(firstSeen)) return { violation: ENDLESS_CYCLE, complete: true };
      const sleptBefore = seen.asleepAt(place);
      const awake = sleptBefore & ~asleep; // then they slept, and now they don't
      if (awake === 0) {
        cursor.backTo(depth);
        continue;
      }
      seen.setAsleep(place, sleptBefore & asleep);
      this.#push(++depth, sleptBefore & asleep, awake);
    }
    return { violation: null, complete: true };
  }

  /** Whether a custom job has come here by the replay contract. */
  #retrace(): void {
    const { retracing } = this.#machine;
    if (retracing === null) return;
    retracing.check(this.#cursor.ran);
    this.#untilRetraced = retracing.nextIn(false);
  }

  /**
   * Where somebody's step can be noticed by nobody else, it may as well be the only one to run now (an
   * ample set of one), and the states between need not be kept. Nothing goes round in a circle of such
   * steps: a coroutine comes to a wait, or ends.
   */
  #runAmple(asleep: number): Violation | null {
    this.#isCovered = false;
    const { local, ample } = this.#reductions;
    if (!local && !ample) return null;
    for (let id = this.#ampleNow(ample, NOBODY); id !== NOBODY; id = this.#ampleNow(ample, id)) {
      this.#isCovered = (asleep & (1 << (id - 1))) !== 0;
      if (this.#isCovered) return null; // what comes of it has been seen
      this.#ampleCheck.sample(id);
      const violation = this.#cursor.step(id);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** Somebody whose step nobody else can notice; most likely who ran last. */
  #ampleNow(byProtocol: boolean, last: number): number {
    const machine = this.#machine;
    const { ids } = this.#cursor;
    const count = this.#cursor.ready();
    if (last !== NOBODY && (count > 1 || ids[0] === last) && machine.coroutines.isReady(last) && this.#isAmple(last, byProtocol))
      return last;
    for (let i = count - 1; i >= 0; i--) {
      const id = ids[i]!;
      if (id !== last && this.#isAmple(id, byProtocol)) return id;
    }
    return NOBODY;
  }

  #isAmple(id: number, byProtocol: boolean): boolean {
    const machine = this.#machine;
    if (!machine.mayBeAmple(id)) return false;
    const footprint = this.#cursor.footprint(id);
    return byProtocol ? machine.isAmple(id, footprint) : machine.isLocal(footprint);
  }

  /** The state at hand becomes the one at this depth. @param wanted of whom to try those that can run */
  #push(depth: number, asleep: number, wanted: number): void {
    if (depth >= this.#untried.length) this.#lengthen();
    const choices = this.#choices();
    const { sleep, last } = this.#reductions;
    const isChoice = (choices & (choices - 1)) !== 0;
    if ((sleep || last) && (isChoice || asleep !== 0)) this.#pending.note(depth, choices | asleep);
    this.#cursor.mark(depth);
    this.#sleepSets.begin(depth, asleep);
    this.#untried[depth] = (last && isChoice ? this.#withoutLast(depth, choices) : choices) & wanted & ~asleep;
    if (this.#cursor.steps > this.#deepest) this.#deepest = this.#cursor.steps;
  }

  /**
   * Nothing comes after a coroutine's last step. As long as it is independent of all that others would do
   * next, they may as well do it first: a coroutine that then does something else finds it still pending.
   */
  #withoutLast(depth: number, choices: number): number {
    let kept = choices;
    for (let left = choices; left !== 0; left &= left - 1) {
      const bit = left & -left;
      const isLast = kept !== bit && this.#machine.isLastOfItsOwn(this.#pending.of(depth, bit));
      if (isLast && this.#isIndependentOfAll(depth, bit, choices - bit)) kept -= bit;
    }
    return kept;
  }

  #isIndependentOfAll(depth: number, bit: number, others: number): boolean {
    for (let left = others; left !== 0; left &= left - 1) {
      if (!this.#pending.areIndependent(depth, bit, left & -left)) return false;
    }
    return true;
  }

  /** Who can run, as bits; of requests that are alike, and have not started, only the first. */
  #choices(): number {
    const { coroutines } = this.#machine;
    let choices = 0;
    for (let i = this.#cursor.ready() - 1; i >= 0; i--) {
      const id = this.#cursor.ids[i]!;
      const twin = this.#twins[id]!;
      if (twin === NOBODY || !hasYetToStart(coroutines.byId(id)) || !hasYetToStart(coroutines.byId(twin))) choices |= 1 << (id - 1);
    }
    return choices;
  }

  #lengthen(): void {
    this.#untried = longer(this.#untried, new Int32Array(this.#untried.length * 2));
    this.#pending.lengthen();
    this.#sleepSets.lengthen();
  }
}

const hasYetToStart = (coroutine: Coroutine): boolean => nameOf(coroutine.pending).guard === 'unblocked';
