/** Cells, queues and locals of a custom job, as views over cells of the world. */
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import type { StepName } from '../../kernel/step.ts';
import type { World } from '../../kernel/world.ts';
import { Misuse } from '../../kernel/misuse.ts';
import type { Requester } from '../../block/requester.ts';
import type { Copier, Local, Queue, Verb } from './job.ts';
import type { Cells, Extent } from './memory.ts';
import { Misused, hasClusters, knownCluster } from './misused.ts';
import type { Verbs } from './verbs.ts';

const INT_MAX = 2 ** 31 - 1;

/** What a job gives back at its end. */
export class Memory {
  readonly world: World;
  readonly #freedCell: number;

  constructor(world: World) {
    this.world = world;
    this.#freedCell = world.alloc('own.freed', 1);
  }

  free(): void {
    this.use();
    this.world.write(this.#freedCell, 1);
  }

  get isFreed(): boolean {
    return !this.world.isZero(this.#freedCell);
  }

  /** Something of it is used. */
  use(): void {
    if (this.isFreed) this.world.misuse(Misuse.freedBitmap);
  }
}

/** A named row of cells: one, or one for each cluster. */
class Row {
  readonly #memory: Memory;
  readonly #name: string;
  readonly #first: number;
  readonly #length: number;
  readonly #isOne: boolean;

  constructor(memory: Memory, name: string, extent: Extent, clusters: number) {
    this.#memory = memory;
    this.#name = name;
    this.#isOne = extent === 'one';
    this.#length = this.#isOne ? 1 : clusters;
    this.#first = memory.world.alloc(`own.${name}`, this.#length);
  }

  cell(cluster: number | undefined): number {
    if (cluster === undefined && !this.#isOne) throw new Misused(`"${this.#name}" is there for each cluster, and no cluster was named`);
    if (cluster !== undefined && this.#isOne) throw new Misused(`there is one "${this.#name}", so no cluster should be named`);
    const at = cluster ?? 0;
    if (!Number.isInteger(at) || at < 0 || at >= this.#length)
      throw new Misused(`"${this.#name}" has no cluster ${at}: ${hasClusters(this.#length)}`);
    this.#memory.use();
    return this.#first + at;
  }
}

export class OwnCells implements Cells {
  readonly #world: World;
  readonly #row: Row;

  constructor(memory: Memory, name: string, extent: Extent, clusters: number) {
    this.#world = memory.world;
    this.#row = new Row(memory, name, extent, clusters);
  }

  get(cluster?: number): number {
    return this.#world.read(this.#row.cell(cluster));
  }
  set(clusterOrValue: number, value?: number): void {
    const [cluster, put] = value === undefined ? [undefined, clusterOrValue] : [clusterOrValue, value];
    this.#world.write(this.#row.cell(cluster), whole(put));
  }
  add(clusterOrValue: number, value?: number): void {
    const [cluster, more] = value === undefined ? [undefined, clusterOrValue] : [clusterOrValue, value];
    const cell = this.#row.cell(cluster);
    this.#world.move(cell, cell, whole(more));
  }
}

export class OwnLocal implements Local {
  readonly #world: World;
  readonly #cell: number;

  constructor(world: World, cell: number) {
    this.#world = world;
    this.#cell = cell;
  }

  get(): number {
    return this.#world.read(this.#cell);
  }
  set(value: number): void {
    this.#world.write(this.#cell, whole(value));
  }
}

export class OwnQueue implements Queue {
  readonly #coroutines: Coroutines;
  readonly #name: string;
  readonly #row: Row;
  readonly #isOne: boolean;
  readonly #clusters: number;
  readonly #step: StepName;
  readonly #verbs: Verbs;
  readonly #requesterOf: (me: Copier) => Requester;

  constructor(
    coroutines: Coroutines,
    memory: Memory,
    declared: { name: string; extent: Extent; step: StepName },
    clusters: number,
    verbs: Verbs,
    requesterOf: (me: Copier) => Requester,
  ) {
    this.#coroutines = coroutines;
    this.#name = declared.name;
    this.#row = new Row(memory, `queue.${declared.name}`, declared.extent, clusters);
    this.#isOne = declared.extent === 'one';
    this.#clusters = clusters;
    this.#step = declared.step;
    this.#verbs = verbs;
    this.#requesterOf = requesterOf;
  }

  wait(me: Copier, cluster: number): Verb {
    return this.#verbs.verb(`queues.${this.#name}.wait`, () => this.#wait(me, cluster));
  }
  wakeAll(cluster?: number): void {
    this.#queue(cluster).wakeAll();
  }
  wakeFirst(cluster?: number): void {
    this.#queue(cluster).wakeFirst();
  }

  *#wait(me: Copier, cluster: number): Run {
    const requester = this.#requesterOf(me);
    const queue = this.#queue(this.#isOne ? undefined : cluster);
    yield* queue.wait(requester, requester.step(this.#step, knownCluster(cluster, this.#clusters)));
  }

  #queue(cluster: number | undefined): WaitQueue {
    return new WaitQueue(this.#coroutines, this.#row.cell(cluster));
  }
}

function whole(value: number): number {
  if (!Number.isInteger(value) || Math.abs(value) > INT_MAX)
    throw new Misused(`a cell holds whole numbers of 32 bits, and this is ${String(value)}`);
  return value;
}
