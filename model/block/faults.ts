/**
 * Faults: a plan of which requests of a disk fail, with which errno, and how often. A request that
 * fails has no effect, and since it has none, it may as well fail in the step that submits it.
 */
import type { World } from '../kernel/world.ts';
import { type BlockError, type Errno, NO_ERROR, type Side, blockError } from './errors.ts';
import type { SectorRange } from './requester.ts';

/** What can fail: reading and writing, and asking the source what is allocated. Discards do not. */
export const FAULT_OPS = ['read', 'write', 'ask'] as const;
export type FaultOp = (typeof FAULT_OPS)[number];

/** More would only be more of the same; a disk that fails for ever is a job that never ends. */
export const FAULT_TIMES_MAX = 3;

export interface Fault {
  readonly side: Side;
  readonly op: FaultOp;
  /** The cluster of the backup: a request fails if it touches it. */
  readonly cluster: number;
  readonly errno: Errno;
  /** How many requests fail, counted from the first; at most `FAULT_TIMES_MAX`. */
  readonly times: number;
}

/** The faults of one image. */
export class Faults {
  readonly side: Side;
  /** By op and cluster: how many more requests fail. */
  readonly leftCell: number;
  readonly length: number;
  readonly #errorCell: number;
  readonly #world: World;
  readonly #clusterSectors: number;
  readonly #clusters: number;

  constructor(world: World, side: Side, sectors: number, clusterSectors: number) {
    this.#world = world;
    this.side = side;
    this.#clusterSectors = clusterSectors;
    this.#clusters = Math.ceil(sectors / clusterSectors);
    this.length = FAULT_OPS.length * this.#clusters;
    this.leftCell = world.alloc(`${side}.faults`, this.length, 'powerLoss');
    this.#errorCell = world.alloc(`${side}.faults.errors`, this.length, 'powerLoss');
  }

  /** Before a run: plans a fault of this side. */
  loadInto(cells: Int32Array, { op, cluster, errno, times }: Fault): void {
    cells[this.leftCell + this.#index(op, cluster)] = times;
    cells[this.#errorCell + this.#index(op, cluster)] = blockError(this.side, errno);
  }

  /** For a search that decides itself which request fails: the next one there does. @param sector of the request */
  planNow({ op, errno }: Pick<Fault, 'op' | 'errno'>, sector: number): void {
    const at = this.#index(op, this.#clusterOf(sector));
    this.#world.store(this.leftCell + at, 1);
    this.#world.store(this.#errorCell + at, blockError(this.side, errno));
  }
  /** The same, behind its step. @returns whether it has failed */
  forgetPlan({ op }: Pick<Fault, 'op'>, sector: number): boolean {
    const at = this.#index(op, this.#clusterOf(sector));
    const hasFailed = this.#world.cells[this.leftCell + at] === 0;
    this.#world.store(this.leftCell + at, 0);
    this.#world.store(this.#errorCell + at, NO_ERROR);
    return hasFailed;
  }

  /** Whether this request fails; if so, there is one failure less to come. */
  strike(op: FaultOp, { first, end }: SectorRange): BlockError {
    const world = this.#world;
    for (let c = Math.floor(first / this.#clusterSectors); c < this.#clusters && c * this.#clusterSectors < end; c++) {
      const at = this.#index(op, c);
      if (world.isZero(this.leftCell + at)) continue;
      world.move(this.leftCell + at, this.leftCell + at, -1);
      return world.read(this.#errorCell + at);
    }
    return NO_ERROR;
  }

  /** For observers: the error that stands behind one of the cells from `leftCell` on. */
  errorSeen(leftCell: number): BlockError {
    return this.#world.cells[this.#errorCell + leftCell - this.leftCell]!;
  }

  #clusterOf(sector: number): number {
    return Math.min(Math.floor(sector / this.#clusterSectors), this.#clusters - 1);
  }

  #index(op: FaultOp, cluster: number): number {
    return FAULT_OPS.indexOf(op) * this.#clusters + cluster;
  }
}
