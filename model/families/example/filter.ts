/**
 * What a copy-before-write filter of QEMU 4.2 and later keeps (block/copy-before-write.c, block/block-copy.c): two disks,
 * the bitmap of clusters that are yet to be copied, and the list of tasks in flight. All calls reach the rest of the world
 * through it.
 */
import { InFlight } from '../../block/in-flight.ts';
import type { RequesterSizes } from '../../block/requester.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { World } from '../../kernel/world.ts';

/** A cluster is one sector here. */
export const SIZES: RequesterSizes = { clusterSectors: 1, bitsSeen: 0, tracksRanges: false };

/** What a family may do wrong; each is found by a test. */
export type Mistake =
  /** A call clears the bit of a cluster, and then waits for a free task: nothing tells a write that the copy is yet to come. */
  | 'claimsBeforeWaiting'
  /** A call reaches its tasks through a field in JavaScript, which no cell tells from another call's. */
  | 'poolInField';

export interface FilterSize {
  readonly clusters: number;
  /** Tasks that a call may have in flight at a time. */
  readonly workers: number;
}

export class Filter {
  readonly world: World;
  readonly coroutines: Coroutines;
  readonly clusters: number;
  readonly workers: number;
  readonly mistake: Mistake | null;
  readonly tasks: InFlight;
  readonly #source: number;
  readonly #target: number;
  readonly #dirty: number;

  constructor(coroutines: Coroutines, { clusters, workers }: FilterSize, mistake: Mistake | null) {
    const world = (this.world = coroutines.world);
    this.coroutines = coroutines;
    this.clusters = clusters;
    this.workers = workers;
    this.mistake = mistake;
    this.#source = world.alloc('source', clusters, 'powerLoss');
    this.#target = world.alloc('target', clusters, 'powerLoss');
    this.#dirty = world.alloc('dirty', clusters);
    this.tasks = new InFlight(coroutines, 'tasks', (task) => task.cowInFlightCell);
  }

  sourceCell(cluster: number): number {
    return this.#source + cluster;
  }
  targetCell(cluster: number): number {
    return this.#target + cluster;
  }
  dirtyCell(cluster: number): number {
    return this.#dirty + cluster;
  }
}
