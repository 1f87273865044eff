/**
 * What a raw disk's node remembers of its block status: the last run of data that it was told of (QEMU since 6.2: BdrvBlockStatusCache,
 * block.c; `bdrv_co_do_block_status`, block/io.c). What is asked within that run is answered from here, up to where the run ended, even
 * where a write has made the data behind it longer. Zeroes and discards that meet the run make the node forget it.
 */
import type { World } from '../kernel/world.ts';
import { type SectorRange, overlap } from './requester.ts';

export class StatusCache {
  readonly #world: World;
  readonly #firstCell: number;
  readonly #endCell: number;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#firstCell = world.alloc(`${name}.statusCache`, 2);
    this.#endCell = this.#firstCell + 1;
  }

  /** Where the run of data ends that the sector is in; null: nothing is known of it. */
  dataEnd(sector: number): number | null {
    const { first, end } = this.#run;
    return first <= sector && sector < end ? end : null;
  }

  /** The disk has said that it has data there. */
  remember({ first, end }: SectorRange): void {
    this.#world.write(this.#firstCell, first);
    this.#world.write(this.#endCell, end);
  }

  /** There may be zeroes now. */
  forget(range: SectorRange): void {
    if (overlap(this.#run, range)) this.remember({ first: 0, end: 0 });
  }

  get #run(): SectorRange {
    return { first: this.#world.read(this.#firstCell), end: this.#world.read(this.#endCell) };
  }
}
