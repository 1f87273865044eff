/**
 * One way to write a failing run down. Adjacent steps of different coroutines that do not depend on each
 * other are brought into one order: the coroutine that ran last goes on as long as possible, then the
 * one that was there first. Two steps are independent if both orders can run, break nothing and end in the same
 * cells; that is tried out, so nobody has to say what a step touches. No preemption is added. Requests
 * are numbered in the order in which they start.
 */
import type { Machine } from '../../model/machine/machine.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';
import { requestsRenamed } from '../scenarios/dimensions/renamed.ts';
import { Experiment, type NamedStep } from '../search/experiment.ts';
import type { FailingRun } from '../search/diagnose/cause.ts';

/** What is larger stays as it is: nobody compares it by eye, and a recorded guest's log knows its requests by their numbers. */
const STEPS_MAX = 300;
const SECTORS_MAX = 64;
const REQUESTS_MAX = 16;

/** @returns the same failure, in as many steps; it fails as before */
export function normalForm(run: FailingRun): FailingRun {
  const { scenario, steps } = run;
  const sectors = Math.max(scenario.disk.sectors, scenario.existingTarget?.sectors ?? 0);
  const isSmall =
    steps.length <= STEPS_MAX &&
    sectors <= SECTORS_MAX &&
    scenario.disk.clusterSectors <= SECTORS_MAX &&
    scenario.guest.length <= REQUESTS_MAX;
  return isSmall ? settled(run) : run;
}

/** Other numbers may make another order, and another order other numbers. */
function settled(run: FailingRun): FailingRun {
  let normal = run;
  for (let times = 0; times < TIMES_MAX; times++) {
    const before = normal;
    normal = renumbered({ ...before, steps: new Ordering(before).inOrder() });
    if (isSame(before.steps, normal.steps)) break;
  }
  return normal;
}

/** They settle sooner. */
const TIMES_MAX = 8;

const isSame = (a: readonly NamedStep[], b: readonly NamedStep[]): boolean =>
  a.every(({ who, step }, i) => who === b[i]!.who && step === b[i]!.step);

class Ordering {
  readonly #machine: Machine;
  readonly #properties: Properties;
  readonly #steps: NamedStep[];
  readonly #ids = new Map<string, number>();
  /** Before each step: the cells, and who could run. */
  readonly #cells: Int32Array[] = [];
  readonly #ready: number[][] = [];

  constructor({ scenario, setting, steps }: FailingRun) {
    const { machine, properties } = new Experiment(scenario, setting);
    this.#machine = machine;
    this.#properties = properties;
    this.#steps = [...steps];
    for (const coroutine of machine.coroutines.all) this.#ids.set(machine.coroutineName(coroutine), coroutine.id);
    machine.useTable(true); // which runs from any cells; generators only go on
    machine.begin();
    properties.begin();
    for (const step of steps) {
      this.#note(this.#cells.length);
      machine.step(this.#idOf(step));
      properties.after(machine.coroutines.byId(this.#idOf(step)), step.step);
    }
  }

  inOrder(): NamedStep[] {
    const coroutines = [...new Set(this.#steps.map(({ who }) => who))].toSorted((a, b) => this.#ids.get(a)! - this.#ids.get(b)!);
    for (let at = 0; at < this.#steps.length - 1; at++) {
      const last = this.#steps[at - 1]?.who;
      const wanted = last === undefined ? coroutines : [last, ...coroutines.filter((who) => who !== last)];
      for (const who of wanted) if (this.#steps[at]!.who === who || this.#bringTo(at, who)) break;
    }
    return this.#steps;
  }

  /** Makes a coroutine's next step the one at this place. @returns whether that was possible; if not, nothing has changed */
  #bringTo(at: number, who: string): boolean {
    const from = this.#steps.findIndex((step, i) => i > at && step.who === who);
    if (from < 0 || from === this.#steps.length - 1) return false; // the last step is the one that breaks it
    const before = this.#preemptions();
    let place = from;
    while (place > at && this.#swap(place - 1)) place--;
    if (place === at && this.#preemptions() <= before) return true;
    for (; place < from; place++) this.#swap(place);
    return false;
  }

  /** The two steps from here on the other way round, if that makes no difference. */
  #swap(at: number): boolean {
    const [first, second] = [this.#steps[at]!, this.#steps[at + 1]!];
    if (first.who === second.who || !this.#canRun(at, second)) return false;
    const { world } = this.#machine;
    this.#run(second);
    const between = { cells: world.cells.slice(), ready: this.#readyNow() };
    if (this.#isBroken || !between.ready.includes(this.#idOf(first)) || this.#pending(first) !== first.step) return false;
    this.#run(first);
    if (this.#isBroken || !world.cells.every((cell, i) => cell === this.#cells[at + 2]![i])) return false;
    [this.#steps[at], this.#steps[at + 1]] = [second, first];
    this.#cells[at + 1] = between.cells;
    this.#ready[at + 1] = between.ready;
    return true;
  }

  #isBroken = false;

  #canRun(at: number, step: NamedStep): boolean {
    this.#machine.world.load(this.#cells[at]!);
    this.#machine.coroutines.forgetReady();
    this.#isBroken = false;
    return this.#ready[at]!.includes(this.#idOf(step)) && this.#pending(step) === step.step;
  }

  #run(step: NamedStep): void {
    const id = this.#idOf(step);
    this.#machine.step(id);
    this.#isBroken ||= this.#properties.after(this.#machine.coroutines.byId(id), step.step) !== null;
  }

  #note(at: number): void {
    this.#cells[at] = this.#machine.world.cells.slice();
    this.#ready[at] = this.#readyNow();
  }

  #readyNow(): number[] {
    const into = new Int32Array(this.#machine.coroutines.all.length + 1);
    return [...into.subarray(0, this.#machine.ready(into))];
  }

  #preemptions(): number {
    return this.#steps.filter(
      ({ who }, i) => i > 0 && this.#steps[i - 1]!.who !== who && this.#ready[i]!.includes(this.#idOf(this.#steps[i - 1]!)),
    ).length;
  }

  #idOf = ({ who }: NamedStep): number => this.#ids.get(who)!;
  #pending = (step: NamedStep): number => this.#machine.coroutines.byId(this.#idOf(step)).pending;
}

/** Requests by the order in which they start; those that never do come last, as they were. */
function renumbered(run: FailingRun): FailingRun {
  const { scenario, steps } = run;
  const { guest, cancelAfter = [] } = scenario;
  const started = new Map(steps.toReversed().map(({ who }, i) => [who, -i]));
  const inOrder = guest.toSorted((a, b) => (started.get(a.id) ?? 1) - (started.get(b.id) ?? 1));
  const names = new Map(inOrder.map(({ id }, i) => [id, `g${i + 1}`]));
  /** A task is named after whom it works for. */
  const named = (who: string): string => who.replace(/^[^.]+/, (id) => names.get(id) ?? id);
  const renamed: Scenario = {
    ...scenario,
    guest: inOrder.map((g) => ({ ...g, id: named(g.id), after: g.after.map(named) })),
    ...(scenario.cancelAfter === undefined ? {} : { cancelAfter: cancelAfter.map(named) }),
  };
  return { ...run, scenario: requestsRenamed(renamed, named), steps: steps.map(({ who, step }) => ({ who: named(who), step })) };
}
