/** Which clusters have been copied: one bit a cluster, 1 = copied (QEMU 1.6's polarity; it flipped in a193b0f0a8, 2017). */
import type { World } from '../kernel/world.ts';
import { Misuse } from '../kernel/misuse.ts';

/** What a copy asks whether a cluster still has to be copied. */
export interface CopiedBits {
  has(cluster: number): boolean;
}

/** What a cluster's bit holds; 0: still to be copied. Observers read it, too. */
export const COPIED = 1;
export const FREED = 2;
/** Not copied, but counted: TOP has skipped it. QEMU 1.6 kept no such note, and did not count (S-10). */
export const SKIPPED = 3;
/** Somebody is copying it. Since 2017 QEMU clears the bit before the copy, and keeps no note of that: it is for observers. */
export const CLAIMED = 4;

export class CopiedBitmap implements CopiedBits {
  readonly #world: World;
  readonly #cell: number;
  readonly #clusters: number;

  constructor(world: World, clusters: number) {
    this.#world = world;
    this.#clusters = clusters;
    this.#cell = world.alloc('copied', clusters);
  }

  has(cluster: number): boolean {
    if (cluster >= this.#clusters) return (this.#world.misuse(Misuse.outOfRange), true); // whatever lies there
    return this.#read(cluster) === COPIED;
  }

  /** The cluster has been copied. @returns whether it counts: not if it was counted when it was skipped */
  add(cluster: number): boolean {
    const before = this.#read(cluster);
    if (before !== FREED) this.#world.write(this.#bit(cluster), COPIED);
    return before !== SKIPPED;
  }

  /** TOP passes over the cluster. @returns whether it counts: not if a copy was counted before */
  skip(cluster: number): boolean {
    if (this.has(cluster)) return false;
    this.#world.write(this.#bit(cluster), SKIPPED);
    return true;
  }

  free(): void {
    for (let c = 0; c < this.#clusters; c++) this.#world.write(this.#bit(c), FREED);
  }

  cellOf(cluster: number): number {
    return this.#bit(cluster);
  }

  /** For observers. */
  hasNow(cluster: number): boolean {
    return this.#world.cells[this.#bit(cluster)] === COPIED;
  }

  #read(cluster: number): number {
    const bit = this.#world.read(this.#bit(cluster));
    if (bit === FREED) this.#world.misuse(Misuse.freedBitmap);
    return bit;
  }

  #bit(cluster: number): number {
    return this.#cell + cluster;
  }
}
