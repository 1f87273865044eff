/**
 * The hook: what each request of a guest calls before it changes the disk. In QEMU 1.6 a before-write notifier
 * (`bdrv_add_before_write_notifier`), since 4.2 a copy-before-write filter above the disk.
 */
import type { Run } from '../kernel/coroutine.ts';
import type { World } from '../kernel/world.ts';
import { type BlockError, NO_ERROR } from './errors.ts';
import type { Requester, SectorRange } from './requester.ts';

/** @returns the error for which the request is not to change the disk, or NO_ERROR */
export type BeforeWrite = (me: Requester, range: SectorRange) => Run<BlockError>;

export class BeforeWriteHook {
  /** 1 while the hook is linked. A watched cell, so that observers see it come and go. */
  readonly cell: number;
  readonly #world: World;
  #beforeWrite: BeforeWrite | null = null;

  /** @param name of the image that it guards */
  constructor(world: World, name: string) {
    this.#world = world;
    this.cell = world.alloc(`${name}.hook`, 1);
  }

  /** What runs while the hook is linked. A fact of the machine, not of a run. */
  calls(beforeWrite: BeforeWrite): void {
    this.#beforeWrite = beforeWrite;
  }
  link(): void {
    this.#world.write(this.cell, 1);
  }
  unlink(): void {
    this.#world.write(this.cell, 0);
  }
  get isLinked(): boolean {
    return this.#world.read(this.cell) === 1;
  }

  /** A request is about to change this range. */
  *run(me: Requester, range: SectorRange): Run<BlockError> {
    return this.isLinked ? yield* this.#beforeWrite!(me, range) : NO_ERROR;
  }
}
