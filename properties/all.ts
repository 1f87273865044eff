/** All properties of a machine, checked after every step. */
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';
import type { World } from '../model/kernel/world.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { AskedInstead } from './asked.ts';
import { AlwaysFinishes } from './always-finishes.ts';
import { EndsInOrder } from './ends-in-order.ts';
import { NothingFreed } from './nothing-freed.ts';
import { DiskProperties } from './of-disk.ts';
import type { Property, Violation } from './property.ts';
import type { SnapshotInModel } from './snapshot-in-model.ts';
import { Watched } from './watch.ts';

type MakeProperty = (disk: DiskOfMachine, oracle: SnapshotInModel) => Property | null;
type MakeForDisks = (machine: Machine, second: DiskOfMachine) => readonly Property[];

const further: MakeProperty[] = [];
const ofSeveral: MakeForDisks[] = [];

/**
 * A property of each disk that is asked at the end of a run alone, of machines of some families. The page has none of them, and does not
 * carry it.
 */
export const offerProperty = (make: MakeProperty): void => void further.push(make);

/** Properties of all disks together, of a machine that has several. The page has none. */
export const offerPropertiesOfSeveral = (make: MakeForDisks): void => void ofSeveral.push(make);

type MakeOwn = (machine: Machine, builtIn: readonly Property[], oracle: SnapshotInModel) => AskedInstead | null;
let makeOwn: MakeOwn | null = null;

/** What is asked in place of all this, of a job that says so. The page has no such job, and does not carry it. */
export const offerOwnProperties = (make: MakeOwn): void => void (makeOwn = make);

export class Properties {
  readonly all: readonly Property[];
  /** Of each disk. */
  readonly disks: readonly DiskProperties[];
  /** Of the first disk. */
  readonly snapshotKept: SnapshotInModel;
  /** Null: the job is asked for just these. */
  readonly own: AskedInstead | null;
  readonly #nothingFreed: NothingFreed;
  readonly #alwaysFinishes: AlwaysFinishes;
  readonly #endsInOrder: EndsInOrder;
  readonly #first: DiskProperties;
  /** Null: there is one disk. */
  readonly #second: SecondDisk | null;
  readonly #machine: Machine;
  readonly #world: World;

  /** What the properties remember is allocated here, so this comes before the machine's first `load`. */
  constructor(machine: Machine) {
    this.#machine = machine;
    this.#world = machine.world;
    this.#nothingFreed = new NothingFreed(machine);
    this.#alwaysFinishes = new AlwaysFinishes(machine);
    this.#endsInOrder = new EndsInOrder(machine);
    this.#first = new DiskProperties(machine, true);
    this.snapshotKept = this.#first.snapshotKept;
    this.#second = machine.second === null ? null : new SecondDisk(machine, machine.second);
    this.disks = this.#second === null ? [this.#first] : [this.#first, this.#second.properties];
    const more = (disk: DiskOfMachine, { snapshotKept }: DiskProperties): Property[] =>
      further.flatMap((make) => make(disk, snapshotKept) ?? []);
    this.#second?.ask(...more(machine.second!, this.#second.properties));
    this.all = [
      this.#nothingFreed,
      this.#alwaysFinishes,
      this.#endsInOrder,
      ...this.#first.all,
      ...more(machine, this.#first),
      ...(this.#second === null ? [] : [...this.#second.asked, ...this.#second.together]),
    ];
    this.own = makeOwn?.(machine, this.all, this.snapshotKept) ?? null;
  }

  /** A run begins: call it after `machine.begin()`. */
  begin(): void {
    for (const property of this.all) property.begin();
    this.own?.begin();
  }

  /** A step has run. @returns the first property that it broke */
  after(coroutine: Coroutine, step: Step): Violation | null {
    const second = this.#second;
    if (second !== null) return this.#afterWithTwo(second, coroutine, step);
    let watched = this.#first.watchedIn(coroutine, step);
    const { changed, changedCount } = this.#world;
    if (changedCount === changed.length) watched |= Watched.misuse; // a step that spins may have filled the list
    if (this.own !== null) return this.own.after(coroutine, step, watched);
    return watched === Watched.nothing ? null : this.#ofFirst(watched, coroutine, step);
  }

  #ofFirst(watched: number, coroutine: Coroutine, step: Step): Violation | null {
    return (
      ((watched & this.#nothingFreed.watches) !== 0
        ? (this.#nothingFreed.after(coroutine) ?? this.#alwaysFinishes.after(coroutine) ?? this.#endsInOrder.after())
        : null) ?? this.#first.ask(watched, coroutine, step)
    );
  }

  #afterWithTwo(second: SecondDisk, coroutine: Coroutine, step: Step): Violation | null {
    const isOfSecond = this.#machine.diskOf(coroutine) !== this.#machine;
    const { changed, changedCount } = this.#world;
    const full = changedCount === changed.length ? Watched.misuse : Watched.nothing;
    const watched = this.#first.watchedIn(coroutine, step, !isOfSecond) | full;
    const others = second.properties.watchedIn(coroutine, step, isOfSecond || coroutine === this.#machine.quit);
    const violation = this.#ofFirst(watched, coroutine, step) ?? ofSecond(second.properties.ask(others, coroutine, step));
    if (violation !== null) return violation;
    for (const property of second.together) {
      const broken = ((watched | others) & property.watches) !== 0 ? property.after(coroutine, step, watched | others) : null;
      if (broken !== null) return broken;
    }
    return null;
  }

  /** Nothing can run any more. */
  end(): Violation | null {
    if (this.own !== null) return this.own.end();
    for (const property of this.all) {
      const violation = property.end();
      if (violation !== null) return this.#second?.asked.has(property) === true ? ofSecond(violation) : violation;
    }
    return null;
  }
}

const ofSecond = (violation: Violation | null): Violation | null => violation && { ...violation, isOfSecond: true };

/** The second disk, and what is asked of both together. */
class SecondDisk {
  readonly properties: DiskProperties;
  /** Of this disk alone. */
  readonly asked: Set<Property>;
  readonly together: readonly Property[];

  constructor(machine: Machine, disk: DiskOfMachine) {
    this.properties = new DiskProperties(disk, false);
    this.asked = new Set(this.properties.all);
    this.together = ofSeveral.flatMap((make) => make(machine, disk));
  }

  /** Of this disk, too. */
  ask(...more: readonly Property[]): void {
    for (const property of more) this.asked.add(property);
  }
}
