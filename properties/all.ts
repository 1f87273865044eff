/** All properties of a machine, checked after every step. */
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { NAME_MASK, type Step } from '../model/kernel/step.ts';
import type { World } from '../model/kernel/world.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { AskedInstead } from './asked.ts';
import { AlwaysFinishes } from './always-finishes.ts';
import { CancelIsClean } from './cancel-is-clean.ts';
import { CopiesNoMore } from './copies-no-more.ts';
import { EndsInOrder } from './ends-in-order.ts';
import { ErrorsAreTold } from './errors-are-told.ts';
import { GuestsInModel } from './guests-in-model.ts';
import { NothingFreed } from './nothing-freed.ts';
import { ProgressAddsUp } from './progress-adds-up.ts';
import { GivenUp } from './given-up.ts';
import type { Property, Violation } from './property.ts';
import { ReaderInModel } from './reader-in-model.ts';
import { SnapshotInModel } from './snapshot-in-model.ts';
import { Watch, Watched } from './watch.ts';

type MakeProperty = (machine: Machine, oracle: SnapshotInModel) => Property | null;

const further: MakeProperty[] = [];

/** A property that is asked at the end of a run alone, of machines of some families. The page has none of them, and does not carry it. */
export const offerProperty = (make: MakeProperty): void => void further.push(make);

type MakeOwn = (machine: Machine, builtIn: readonly Property[], oracle: SnapshotInModel) => AskedInstead | null;
let makeOwn: MakeOwn | null = null;

/** What is asked in place of all this, of a job that says so. The page has no such job, and does not carry it. */
export const offerOwnProperties = (make: MakeOwn): void => void (makeOwn = make);

export class Properties {
  readonly all: readonly Property[];
  readonly snapshotKept: SnapshotInModel;
  /** Null: the job is asked for just these. */
  readonly own: AskedInstead | null;
  readonly #nothingFreed: NothingFreed;
  readonly #alwaysFinishes: AlwaysFinishes;
  readonly #endsInOrder: EndsInOrder;
  readonly #guestUnharmed: GuestsInModel;
  readonly #stableReader: ReaderInModel;
  readonly #cancelIsClean: CancelIsClean;
  readonly #errorsAreTold: ErrorsAreTold;
  readonly #copiesNoMore: CopiesNoMore;
  readonly #givenUp: GivenUp;
  readonly #progressAddsUp: ProgressAddsUp;
  readonly #world: World;
  /** By cell, and by name of step: bits of `Watched`. */
  readonly #whatOf: Uint16Array;
  readonly #ioOf: Uint16Array;

  /** What the properties remember is allocated here, so this comes before the machine's first `load`. */
  constructor(machine: Machine) {
    this.#world = machine.world;
    const watch = new Watch(machine);
    this.#whatOf = watch.what;
    this.#ioOf = watch.io;
    this.#nothingFreed = new NothingFreed(machine);
    this.#alwaysFinishes = new AlwaysFinishes(machine);
    this.#endsInOrder = new EndsInOrder(machine);
    this.snapshotKept = new SnapshotInModel(machine, watch);
    this.#guestUnharmed = new GuestsInModel(machine, watch);
    this.#stableReader = new ReaderInModel(machine, this.snapshotKept);
    this.#cancelIsClean = new CancelIsClean(machine, watch);
    this.#errorsAreTold = new ErrorsAreTold(machine);
    this.#copiesNoMore = new CopiesNoMore(machine, this.snapshotKept);
    this.#progressAddsUp = new ProgressAddsUp(machine);
    this.#givenUp = new GivenUp(machine);
    this.all = [
      this.#nothingFreed,
      this.#alwaysFinishes,
      this.#endsInOrder,
      this.snapshotKept,
      this.#guestUnharmed,
      this.#stableReader,
      this.#givenUp,
      this.#cancelIsClean,
      this.#errorsAreTold,
      this.#copiesNoMore,
      this.#progressAddsUp,
      ...further.flatMap((make) => make(machine, this.snapshotKept) ?? []),
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
    const { changed, changedCount } = this.#world;
    let watched: number = this.#ioOf[step & NAME_MASK]!;
    for (let i = 0; i < changedCount; i++) watched |= this.#whatOf[changed[i]!]!;
    if (this.#stableReader.returned?.isReader(coroutine) === true) watched |= Watched.readerFetched; // in whatever step it returns
    if (changedCount === changed.length) watched |= Watched.misuse; // a step that spins may have filled the list
    if (this.own !== null) return this.own.after(coroutine, step, watched);
    return watched === Watched.nothing ? null : this.#askThose(watched, coroutine, step);
  }

  /** In the order of `all`, and each by its name: a call of any of them would take twice as long. */
  #askThose(watched: number, coroutine: Coroutine, step: Step): Violation | null {
    return (
      ((watched & this.#nothingFreed.watches) !== 0
        ? (this.#nothingFreed.after(coroutine) ?? this.#alwaysFinishes.after(coroutine) ?? this.#endsInOrder.after())
        : null) ??
      ((watched & this.snapshotKept.watches) !== 0 ? this.snapshotKept.after(coroutine, step, watched) : null) ??
      ((watched & this.#guestUnharmed.watches) !== 0 ? this.#guestUnharmed.after(coroutine, step) : null) ??
      ((watched & this.#stableReader.watches) !== 0 ? this.#stableReader.after(coroutine, step) : null) ??
      ((watched & this.#givenUp.watches) !== 0 ? this.#givenUp.after() : null) ??
      ((watched & this.#cancelIsClean.watches) !== 0 ? this.#cancelIsClean.after(coroutine, step) : null) ??
      ((watched & this.#errorsAreTold.watches) !== 0 ? this.#errorsAreTold.after(coroutine, step) : null) ??
      ((watched & this.#copiesNoMore.watches) !== 0 ? this.#copiesNoMore.after(coroutine, step) : null) ??
      ((watched & this.#progressAddsUp.watches) !== 0 ? this.#progressAddsUp.after() : null)
    );
  }

  /** Nothing can run any more. */
  end(): Violation | null {
    if (this.own !== null) return this.own.end();
    for (const property of this.all) {
      const violation = property.end();
      if (violation !== null) return violation;
    }
    return null;
  }
}
