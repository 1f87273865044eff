/** What a property of a custom job remembers: cells of the world, so that undo and fingerprints hold for them. */
import { JobError } from '../../model/families/custom/job-error.ts';
import type { Cells, Extent } from '../../model/families/custom/memory.ts';
import type { Remembered } from '../asked.ts';
import type { World } from '../../model/kernel/world.ts';

const INT_MAX = 2 ** 31 - 1;

/** Of one property: which of its cells it has looked at since it was last asked, and when each was last changed. */
export class MemoryLog {
  readonly #changes = new Map<number, Remembered>();
  readonly #read = new Set<number>();
  /** Steps that have run. */
  #step = 0;

  runBegins(): void {
    this.#step = 0;
    this.#changes.clear();
    this.#read.clear();
  }

  /** @param isStep whether it is asked because a step has run */
  asked(isStep: boolean): void {
    if (isStep) this.#step++;
    this.#read.clear();
  }

  read(cell: number): void {
    this.#read.add(cell);
  }

  changed(cell: number, name: string, value: number): void {
    this.#changes.set(cell, { name, step: this.#step, value });
  }

  get step(): number {
    return this.#step;
  }

  /** What the latest answer rests on: the cells that were looked at, if they ever changed. */
  get looked(): Remembered[] {
    return [...this.#read].flatMap((cell) => this.#changes.get(cell) ?? []);
  }
}

export class PropertyCells implements Cells {
  readonly #world: World;
  readonly #log: MemoryLog;
  readonly #name: string;
  readonly #first: number;
  readonly #length: number;
  readonly #isOne: boolean;

  constructor(world: World, log: MemoryLog, property: string, name: string, extent: Extent, clusters: number) {
    this.#world = world;
    this.#log = log;
    this.#name = name;
    this.#isOne = extent === 'one';
    this.#length = this.#isOne ? 1 : clusters;
    this.#first = world.alloc(`property.${property}.${name}`, this.#length);
  }

  get(cluster?: number): number {
    const cell = this.#cell(cluster);
    this.#log.read(cell);
    return this.#world.cells[cell]!;
  }
  set(clusterOrValue: number, value?: number): void {
    const [cluster, put] = value === undefined ? [undefined, clusterOrValue] : [clusterOrValue, value];
    this.#put(this.#cell(cluster), cluster, put);
  }
  add(clusterOrValue: number, value?: number): void {
    const [cluster, more] = value === undefined ? [undefined, clusterOrValue] : [clusterOrValue, value];
    const cell = this.#cell(cluster);
    this.#put(cell, cluster, this.#world.cells[cell]! + more);
  }

  #put(cell: number, cluster: number | undefined, value: number): void {
    if (!Number.isInteger(value) || Math.abs(value) > INT_MAX)
      throw new JobError(`"${this.#name}" holds whole numbers of 32 bits, and this is ${String(value)}`);
    if (this.#world.cells[cell] === value) return;
    this.#world.store(cell, value);
    this.#log.changed(cell, cluster === undefined ? this.#name : `${this.#name} of cluster ${cluster}`, value);
  }

  #cell(cluster: number | undefined): number {
    if (this.#isOne !== (cluster === undefined))
      throw new JobError(
        this.#isOne ? `there is one "${this.#name}", so no cluster should be named` : `"${this.#name}" wants the number of a cluster`,
      );
    const at = cluster ?? 0;
    if (!Number.isInteger(at) || at < 0 || at >= this.#length)
      throw new JobError(`"${this.#name}" has no cluster ${String(at)}: the disk has ${this.#length}`);
    return this.#first + at;
  }
}
