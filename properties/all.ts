/** All properties of a machine, checked after every step. */
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { NAME_MASK, type Step } from '../model/kernel/step.ts';
import type { World } from '../model/kernel/world.ts';
import type { Machine } from '../model/machine.ts';
import { AlwaysFinishes } from './always-finishes.ts';
import { CancelIsClean } from './cancel-is-clean.ts';
import { CopiesNoMore } from './copies-no-more.ts';
import { ErrorsAreTold } from './errors-are-told.ts';
import { GuestUnharmed } from './guest-unharmed.ts';
import { NothingFreed } from './nothing-freed.ts';
import { ProgressAddsUp } from './progress-adds-up.ts';
import type { Property, Violation } from './property.ts';
import { SnapshotKept } from './snapshot-kept.ts';
import { StableReader } from './stable-reader.ts';
import { WATCHED_END, Watch, Watched } from './watch.ts';

export class Properties {
  readonly all: readonly Property[];
  readonly snapshotKept: SnapshotKept;
  readonly #world: World;
  /** By cell, and by name of step: bits of `Watched`. */
  readonly #whatOf: Uint16Array;
  readonly #ioOf: Uint16Array;
  /** By what has changed: whom to ask. Filled as it is needed. */
  readonly #asked: (readonly Property[] | null)[] = Array.from({ length: WATCHED_END }, () => null);

  /** What the properties remember is allocated here, so this comes before the machine's first `load`. */
  constructor(machine: Machine) {
    this.#world = machine.world;
    const watch = new Watch(machine);
    this.#whatOf = watch.what;
    this.#ioOf = watch.io;
    const oracle = (this.snapshotKept = new SnapshotKept(machine, watch));
    this.all = [
      new NothingFreed(machine),
      new AlwaysFinishes(machine),
      oracle,
      new GuestUnharmed(machine, watch),
      new StableReader(machine, oracle),
      new CancelIsClean(machine, watch),
      new ErrorsAreTold(machine),
      new CopiesNoMore(machine, oracle),
      new ProgressAddsUp(machine),
    ];
  }

  /** A run begins: call it after `machine.begin()`. */
  begin(): void {
    for (const property of this.all) property.begin();
  }

  /** A step has run. @returns the first property that it broke */
  after(coroutine: Coroutine, step: Step): Violation | null {
    const { changed, changedCount } = this.#world;
    let watched: number = this.#ioOf[step & NAME_MASK]!;
    for (let i = 0; i < changedCount; i++) watched |= this.#whatOf[changed[i]!]!;
    if (changedCount === changed.length) watched |= Watched.misuse; // a step that spins may have filled the list
    if (watched === Watched.nothing) return null;
    const asked = (this.#asked[watched] ??= this.all.filter(({ watches }) => (watches & watched) !== 0));
    for (let i = 0; i < asked.length; i++) {
      const violation = asked[i]!.after(coroutine, step, watched);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** Nothing can run any more. */
  end(): Violation | null {
    for (const property of this.all) {
      const violation = property.end();
      if (violation !== null) return violation;
    }
    return null;
  }
}
