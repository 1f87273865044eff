/**
 * Runs one scenario again and again, and does nothing twice. Where a schedule goes as an earlier one has
 * gone, it is followed through the known states, and the machine stands still. Where it leaves them, the
 * machine catches up, and all properties are asked of the steps that nobody has taken before. So each run
 * comes to what a plain one (run.ts) comes to; states are told apart by 64 bits, as in exhaustive search.
 * What has too many states to know them is run plainly.
 */
import type { Step } from '../../../model/kernel/step.ts';
import type { Machine } from '../../../model/machine/machine.ts';
import type { Properties } from '../../../properties/all.ts';
import type { Marks } from '../../../properties/marks.ts';
import type { Violation } from '../../../properties/property.ts';
import { Edge, StateGraph, UNKNOWN } from './state-graph.ts';
import type { RandomNumbers } from '../strategies/random-numbers.ts';
import { type RunResult, Runner, stepsMaxOf } from '../run.ts';
import type { ReadySteps, Strategy } from '../strategies/strategy.ts';

/** About 25 MB. */
const STATES_MAX = 1 << 18;
/** Every so many runs it is asked whether remembering pays, */
const RUNS_A_LOOK = 1_024;
/** after so many looks, for at first nothing is known, */
const LOOKS_OF_GRACE = 7;
/** which it does where the machine does less than this part of the steps: its own cost more when they are remembered. */
const LIVED_MAX = 0.45;

const FIRST_STATE = 0;
const NOT_BEGUN = -1;

export class MemoizingRunner implements ReadySteps {
  readonly ids: Int32Array;
  count = 0;
  /** Who ran at each step of the latest run. */
  schedule: Uint16Array;

  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #marks: Marks | null;
  readonly #plain: Runner;
  readonly #known = new StateGraph();
  /** States in which nothing can run, and something still should. */
  readonly #brokenEnds = new Set<number>();
  readonly #stepsMax: number;
  /** The state at hand. */
  #state = FIRST_STATE;
  readonly #schedule: Uint16Array;
  /** How many steps of this run the machine has done. */
  #lived = NOT_BEGUN;
  #metLow = 0;
  #metHigh = 0;
  #pays = true;
  #looks = 0;
  // Since the latest look.
  #runs = 0;
  #steps = 0;
  #livedSteps = 0;

  /** @param marks absent: nobody wants to know what runs meet */
  constructor(machine: Machine, properties: Properties, marks: Marks | null) {
    this.#machine = machine;
    this.#properties = properties;
    this.#marks = marks;
    this.#plain = new Runner(machine, properties, marks);
    this.ids = new Int32Array(machine.coroutines.all.length + 1);
    this.#stepsMax = stepsMaxOf(machine);
    this.schedule = this.#schedule = new Uint16Array(this.#stepsMax);
  }

  /** How many states are known. */
  get states(): number {
    return this.#known.size;
  }

  step(i: number): Step {
    return this.#known.cells[this.#known.edge(this.#state, i) + Edge.step]!;
  }

  /** Another scenario has been loaded. */
  forget(): void {
    this.#known.clear();
    this.#brokenEnds.clear();
    this.#pays = true;
    this.#looks = this.#runs = this.#steps = this.#livedSteps = 0;
  }

  /** Runs the loaded scenario once. @param shouldStop asked where it runs plainly: only there runs are long */
  run(strategy: Strategy, random: RandomNumbers, shouldStop?: () => boolean): RunResult {
    if (!this.#pays) return this.#runPlainly(strategy, random, shouldStop);
    this.schedule = this.#schedule;
    this.#lived = NOT_BEGUN;
    this.#metLow = this.#metHigh = 0;
    const result = this.#follow(strategy, random);
    if (this.#marks !== null) unpack(this.#metLow, this.#metHigh, this.#marks.hit);
    this.#steps += result.steps;
    if (this.#known.size >= STATES_MAX || ++this.#runs === RUNS_A_LOOK) this.#look();
    return result;
  }

  #runPlainly(strategy: Strategy, random: RandomNumbers, shouldStop?: () => boolean): RunResult {
    const result = this.#plain.run(strategy, random, shouldStop);
    this.schedule = this.#plain.schedule;
    return result;
  }

  #follow(strategy: Strategy, random: RandomNumbers): RunResult {
    strategy.start(random);
    const { ids } = this;
    const known = this.#known;
    const schedule = this.#schedule;
    if (known.size === 0) this.#learnFirstState();
    let state = FIRST_STATE;
    for (let steps = 0; steps < this.#stepsMax;) {
      this.#state = state;
      const count = (this.count = known.count(state));
      if (count === 0) return { steps, violation: this.#end(steps), cutOff: false };
      for (let i = 0; i < count; i++) ids[i] = known.cells[known.edge(state, i) + Edge.id]!;
      const edge = known.edge(state, strategy.pick(this));
      const violation = known.cells[edge + Edge.next] === UNKNOWN ? this.#learn(edge, steps) : null;
      const { cells } = known;
      const id = cells[edge + Edge.id]!;
      schedule[steps++] = id;
      strategy.done(id, cells[edge + Edge.step]!);
      this.#metLow |= cells[edge + Edge.marksLow]!;
      this.#metHigh |= cells[edge + Edge.marksHigh]!;
      if (violation !== null) return { steps, violation, cutOff: false };
      state = cells[edge + Edge.next]!;
    }
    return { steps: this.#stepsMax, violation: null, cutOff: true };
  }

  #learnFirstState(): void {
    this.#machine.world.track();
    this.#catchUp(0);
    this.#arrive();
  }

  /** Takes a step that no run has taken, after so many others. */
  #learn(edge: number, steps: number): Violation | null {
    this.#catchUp(steps);
    const known = this.#known;
    const coroutine = this.#machine.coroutines.byId(known.cells[edge + Edge.id]!);
    const step = coroutine.pending;
    this.#machine.step(coroutine.id);
    this.#lived++;
    this.#livedSteps++;
    if (this.#marks !== null) {
      this.#marks.begin();
      this.#marks.after(coroutine, step);
      known.cells[edge + Edge.marksLow] = packed(this.#marks.hit, 0);
      known.cells[edge + Edge.marksHigh] = packed(this.#marks.hit, BITS);
    }
    const violation = this.#properties.after(coroutine, step);
    if (violation !== null) return violation;
    const next = this.#arrive();
    known.cells[edge + Edge.next] = next;
    return null;
  }

  /** The machine comes to where this run is after so many steps, all of which have been taken before. */
  #catchUp(steps: number): void {
    if (this.#lived === NOT_BEGUN) {
      this.#machine.begin();
      this.#properties.begin();
      this.#lived = 0;
    }
    this.#livedSteps += steps - this.#lived;
    for (; this.#lived < steps; this.#lived++) {
      const coroutine = this.#machine.coroutines.byId(this.#schedule[this.#lived]!);
      const step = coroutine.pending;
      this.#machine.step(coroutine.id);
      this.#properties.after(coroutine, step); // for what it remembers
    }
  }

  /** @returns the state that the machine is in */
  #arrive(): number {
    const known = this.#known;
    const { world, coroutines } = this.#machine;
    const found = known.find(world.hashLow, world.hashHigh);
    if (found !== UNKNOWN) return found;
    const count = this.#machine.ready(this.ids);
    const state = known.add(world.hashLow, world.hashHigh, count);
    for (let i = 0; i < count; i++) {
      known.cells[known.edge(state, i) + Edge.id] = this.ids[i]!;
      known.cells[known.edge(state, i) + Edge.step] = coroutines.byId(this.ids[i]!).pending;
    }
    return state;
  }

  /** Nothing can run. Only of a state that is new, or was found to be broken, it need be asked whether that is right. */
  #end(steps: number): Violation | null {
    const wasAsked = this.#lived < steps;
    if (wasAsked && !this.#brokenEnds.has(this.#state)) return null;
    this.#catchUp(steps);
    const violation = this.#properties.end();
    if (violation !== null) this.#brokenEnds.add(this.#state);
    return violation;
  }

  #look(): void {
    this.#pays = this.#known.size < STATES_MAX && (this.#looks++ < LOOKS_OF_GRACE || this.#livedSteps < LIVED_MAX * this.#steps);
    this.#runs = this.#steps = this.#livedSteps = 0;
    if (this.#pays) return;
    this.#known.clear();
    this.#machine.world.untrack();
  }
}

// The marks that a step meets, as the bits of two numbers.
const BITS = 32;

function packed(hit: Uint8Array, from: number): number {
  let bits = 0;
  for (let i = from; i < Math.min(from + BITS, hit.length); i++) bits |= hit[i]! << (i - from);
  return bits;
}

function unpack(low: number, high: number, hit: Uint8Array): void {
  for (let i = 0; i < hit.length; i++) hit[i] = ((i < BITS ? low : high) >>> (i % BITS)) & 1;
}
