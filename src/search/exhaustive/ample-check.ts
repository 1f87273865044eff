/**
 * Checks what exhaustive search takes for granted when it runs a step at once: that no other coroutine could notice it
 * (model/families/notifier/ample-steps/ample-steps.ts). The argument there is about the protocol of copy-before-write; here is
 * what the code does. From a state in which a step is held, others run for a while, at random. After each of their steps
 * the held one must come to the same as if it had been the first, cell by cell, and they must not break what they would
 * not break behind it.
 *
 * That is a sample, as long as the search goes on: of each step the first few times, then one state in many.
 */
import { NAME_MASK, type Step } from '../../../model/kernel/step.ts';
import type { Machine } from '../../../model/machine/machine.ts';
import type { Properties } from '../../../properties/all.ts';
import { UnsoundReduction } from './unsound-reduction.ts';

/** Of each step so many times before chance decides, then in one state in so many (a power of two). */
const ALWAYS_AT_FIRST = 16;
const ONE_IN = 1 << 8;
/** How many times others run for a while, and for how many steps at most. */
const WALKS = 2;
const STEPS_MAX = 12;

/** Ranges of cells in which the order of two guests' writes shows, and nothing that follows from it (ample-steps.ts). */
const WRITTEN_BY_GUESTS = /^(source\.data|source\.place|oracle\.shadow)\[/;

interface Ran {
  readonly id: number;
  readonly step: Step;
}

/** What a run of steps comes to. */
const Outcome = { fine: 0, breaks: 1, impossible: 2 } as const;
type Outcome = (typeof Outcome)[keyof typeof Outcome];

export class AmpleCheck {
  /** By name of step, how many times it was held. One for each machine, whose scenarios are searched one after the other. */
  static readonly #counts = new WeakMap<Machine, Uint32Array>();
  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #held: Uint32Array;
  readonly #ready: Int32Array;

  constructor(machine: Machine, properties: Properties) {
    this.#machine = machine;
    this.#properties = properties;
    this.#ready = new Int32Array(machine.coroutines.all.length + 1);
    this.#held = AmpleCheck.#counts.get(machine) ?? new Uint32Array(NAME_MASK + 1);
    AmpleCheck.#counts.set(machine, this.#held);
  }

  /**
   * A coroutine's step is about to be run at once. Leaves everything as it was.
   * @throws UnsoundReduction if others notice it
   */
  sample(id: number): void {
    const { world, coroutines } = this.#machine;
    const name = coroutines.byId(id).pending & NAME_MASK;
    if (this.#held[name]! >= ALWAYS_AT_FIRST && (world.hashLow & (ONE_IN - 1)) !== 0) return;
    this.#held[name]!++;
    for (let walk = 0; walk < WALKS; walk++) this.#compare(id, mixed(world.hashHigh + walk));
  }

  #compare(id: number, seed: number): void {
    const { coroutines } = this.#machine;
    const comeBack = this.#place();
    const others = this.#walk(id, seed);
    comeBack();
    const held = { id, step: coroutines.byId(id).pending };
    const cells: Int32Array[] = [];
    let first: Outcome = this.#run(held);
    for (let i = 0; i < others.length && first === Outcome.fine; i++) {
      first = this.#run(others[i]!);
      cells.push(this.#machine.world.cells.slice());
    }
    comeBack();
    if (first === Outcome.impossible) throw this.#unsound(held, others, 'decides what they can do');
    if (first === Outcome.breaks) return; // which the search finds
    for (const [i, other] of others.entries()) {
      const done = others.slice(0, i + 1);
      if (this.#run(other) === Outcome.breaks) throw this.#unsound(held, done, 'hides what they break');
      this.#compareAmple(held, done, cells[i]!);
    }
    comeBack();
  }

  /** The held step, now that others have run. @param expected the cells as they would be if it had been the first */
  #compareAmple(held: Ran, others: readonly Ran[], expected: Int32Array): void {
    if (!this.#isReady(held.id) && this.#machine.coroutines.mustRunFirst) return; // somebody who was woken, or entered
    const comeBack = this.#place();
    const outcome = this.#run(held);
    if (outcome === Outcome.impossible) throw this.#unsound(held, others, 'is decided by what they do');
    if (outcome === Outcome.breaks) throw this.#unsound(held, others, 'breaks something after them only');
    const { world } = this.#machine;
    const cell = world.cells.findIndex((value, i) => value !== expected[i] && !WRITTEN_BY_GUESTS.test(world.describe(i)));
    if (cell >= 0) throw this.#unsound(held, others, `shows in ${world.describe(cell)}`);
    comeBack();
  }

  /** @returns what comes back to the state at hand */
  #place(): () => void {
    const { world, coroutines } = this.#machine;
    const [mark, mask] = [world.undoMark(), coroutines.readyMask];
    return () => {
      world.undoTo(mark);
      coroutines.readyMask = mask;
    };
  }

  /** Others run at random. @returns their steps */
  #walk(held: number, seed: number): Ran[] {
    const { coroutines } = this.#machine;
    const ran: Ran[] = [];
    let random = seed;
    while (ran.length < STEPS_MAX) {
      const others = this.#ready.subarray(0, this.#machine.ready(this.#ready)).filter((id) => id !== held);
      if (others.length === 0) break;
      random = mixed(random);
      const id = others[(random >>> 8) % others.length]!;
      ran.push({ id, step: coroutines.byId(id).pending });
      this.#machine.step(id);
    }
    return ran;
  }

  #run({ id, step }: Ran): Outcome {
    const coroutine = this.#machine.coroutines.byId(id);
    if (coroutine.pending !== step || !this.#isReady(id)) return Outcome.impossible;
    this.#machine.step(id);
    return this.#properties.after(coroutine, step) === null ? Outcome.fine : Outcome.breaks;
  }

  #isReady(id: number): boolean {
    return this.#ready.subarray(0, this.#machine.ready(this.#ready)).includes(id);
  }

  #unsound(held: Ran, others: readonly Ran[], what: string): UnsoundReduction {
    const name = ({ id, step }: Ran): string =>
      `${this.#machine.coroutineName(this.#machine.coroutines.byId(id))}: ${this.#machine.stepName(step)}`;
    return new UnsoundReduction(
      `the search takes the step "${name(held)}" for one that no other coroutine notices, and ` +
        `it ${what}: ${others.map((ran) => `"${name(ran)}"`).join(', ')}; so it proves nothing of this job ` +
        '(model/families/notifier/ample-steps/ample-steps.ts)',
    );
  }
}

/** The next of a sequence of numbers that look drawn. */
function mixed(seed: number): number {
  let h = Math.imul(seed ^ (seed >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
