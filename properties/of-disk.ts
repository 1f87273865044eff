/** The properties of one disk of a machine and its backup. */
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { NAME_MASK, type Step } from '../model/kernel/step.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import { CancelIsClean } from './cancel-is-clean.ts';
import { CopiesNoMore } from './copies-no-more.ts';
import { ErrorsAreTold } from './errors-are-told.ts';
import { GivenUp } from './given-up.ts';
import { GuestsInModel } from './guests-in-model.ts';
import { ProgressAddsUp } from './progress-adds-up.ts';
import type { Property, Violation } from './property.ts';
import { ReaderInModel } from './reader-in-model.ts';
import { SnapshotInModel } from './snapshot-in-model.ts';
import { Watch, Watched } from './watch.ts';

export class DiskProperties {
  readonly all: readonly Property[];
  readonly snapshotKept: SnapshotInModel;
  readonly #guestUnharmed: GuestsInModel;
  readonly #stableReader: ReaderInModel;
  readonly #cancelIsClean: CancelIsClean;
  readonly #errorsAreTold: ErrorsAreTold;
  readonly #copiesNoMore: CopiesNoMore;
  readonly #givenUp: GivenUp;
  readonly #progressAddsUp: ProgressAddsUp;
  readonly #disk: DiskOfMachine;
  /** By cell, and by name of step: bits of `Watched`. */
  readonly #whatOf: Uint16Array;
  readonly #ioOf: Uint16Array;

  /** What the properties remember is allocated here. @param isFirst whether it is the first disk of its machine */
  constructor(disk: DiskOfMachine, isFirst: boolean) {
    this.#disk = disk;
    const watch = new Watch(disk, isFirst);
    this.#whatOf = watch.what;
    this.#ioOf = watch.io;
    this.snapshotKept = new SnapshotInModel(disk, watch);
    this.#guestUnharmed = new GuestsInModel(disk, watch);
    this.#stableReader = new ReaderInModel(disk, this.snapshotKept);
    this.#cancelIsClean = new CancelIsClean(disk, watch);
    this.#errorsAreTold = new ErrorsAreTold(disk);
    this.#copiesNoMore = new CopiesNoMore(disk, this.snapshotKept);
    this.#progressAddsUp = new ProgressAddsUp(disk);
    this.#givenUp = new GivenUp(disk);
    this.all = [
      this.snapshotKept,
      this.#guestUnharmed,
      this.#stableReader,
      this.#givenUp,
      this.#cancelIsClean,
      this.#errorsAreTold,
      this.#copiesNoMore,
      this.#progressAddsUp,
    ];
  }

  /** What a step has changed or done. @param isOwn whether its coroutine works for this disk */
  watchedIn(coroutine: Coroutine, step: Step, isOwn = true): number {
    const { changed, changedCount } = this.#disk.world;
    let watched: number = isOwn ? this.#ioOf[step & NAME_MASK]! : Watched.nothing;
    for (let i = 0; i < changedCount; i++) watched |= this.#whatOf[changed[i]!]!;
    if (isOwn && this.#stableReader.returned?.isReader(coroutine) === true) watched |= Watched.readerFetched; // in whatever step it returns
    return watched;
  }

  /** In the order of `all`, and each by its name: a call of any of them would take twice as long. */
  ask(watched: number, coroutine: Coroutine, step: Step): Violation | null {
    return (
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
}
