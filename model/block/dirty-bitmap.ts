/**
 * A dirty bitmap of a node: which of its clusters guests have changed since somebody last copied them (QEMU: BdrvDirtyBitmap,
 * block/dirty-bitmap.c; F of the reference). While a job uses it, it is frozen, and changes are recorded in its successor. A bit stands
 * for a cluster of the backup.
 */
import type { World } from '../kernel/world.ts';
import type { SectorRange } from './requester.ts';

export interface DirtyBitmapSizes {
  readonly clusters: number;
  readonly clusterSectors: number;
  readonly isPersistent: boolean;
}

export class DirtyBitmap {
  readonly #world: World;
  readonly #clusterSectors: number;
  readonly #clusters: number;
  readonly #bitCell: number;
  readonly #successorCell: number;
  readonly #storedCell: number;
  /** 1 while a job uses it. */
  readonly busyCell: number;

  /** @param isPersistent whether QEMU may quit, and then stores it in the image */
  constructor(world: World, { clusters, clusterSectors, isPersistent }: DirtyBitmapSizes) {
    this.#world = world;
    this.#clusters = clusters;
    this.#clusterSectors = clusterSectors;
    this.#bitCell = world.alloc('bitmap', clusters);
    this.#successorCell = world.alloc('bitmap.successor', clusters);
    this.busyCell = world.alloc('bitmap.busy', 1);
    this.#storedCell = world.alloc('bitmap.stored', isPersistent ? clusters : 0, 'restart');
  }

  /** `bdrv_set_dirty`, once a request has been at the disk, even if it failed there. @param range in sectors */
  setDirty({ first, end }: SectorRange): void {
    const recorded = this.#world.isZero(this.busyCell) ? this.#bitCell : this.#successorCell;
    for (let c = Math.floor(first / this.#clusterSectors); c * this.#clusterSectors < end; c++) this.#world.write(recorded + c, 1);
  }

  /** `bdrv_dirty_bitmap_create_successor` */
  createSuccessor(): void {
    this.#world.write(this.busyCell, 1);
  }

  /** `bdrv_dirty_bitmap_abdicate`: what was recorded since the successor was made is all that is left. */
  abdicate(): void {
    for (let c = 0; c < this.#clusters; c++) this.#world.move(this.#bitCell + c, this.#successorCell + c);
    this.#forgetSuccessor();
  }

  /** `bdrv_reclaim_dirty_bitmap`: what was recorded since is added. */
  reclaim(): void {
    for (let c = 0; c < this.#clusters; c++) if (!this.#world.isZero(this.#successorCell + c)) this.#world.write(this.#bitCell + c, 1);
    this.#forgetSuccessor();
  }

  /** `bdrv_dirty_bitmap_merge_internal` */
  add(cluster: number): void {
    this.#world.write(this.#bitCell + cluster, 1);
  }

  isDirty(cluster: number): boolean {
    return !this.#world.isZero(this.#bitCell + cluster);
  }

  /** `qcow2_store_persistent_dirty_bitmaps`: the bitmap itself, without its successor. */
  store(): void {
    for (let c = 0; c < this.#clusters; c++) this.#world.move(this.#storedCell + c, this.#bitCell + c);
  }
  /** `qcow2_load_dirty_bitmaps`, when the image is opened again. */
  loadStored(): void {
    for (let c = 0; c < this.#clusters; c++) this.#world.move(this.#bitCell + c, this.#storedCell + c);
  }

  /** Before a run. */
  loadInto(cells: Int32Array, dirty: readonly number[]): void {
    for (const c of dirty) cells[this.#bitCell + c] = 1;
  }

  // For observers.

  isDirtySeen(cluster: number): boolean {
    return this.#world.cells[this.#bitCell + cluster] === 1;
  }

  #forgetSuccessor(): void {
    for (let c = 0; c < this.#clusters; c++) this.#world.write(this.#successorCell + c, 0);
    this.#world.write(this.busyCell, 0);
  }
}
