/** What the filter keeps for its snapshot-access node (QEMU: BDRVCopyBeforeWriteState, block/copy-before-write.c; C of the reference). */
import { InFlight } from '../../block/in-flight.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { World } from '../../kernel/world.ts';
import { turnOnTarget } from './call-state.ts';

export class SnapshotAccess {
  /** `frozen_read_reqs`: readers of the disk, each with all that it has yet to read, in sectors. */
  readonly frozen: InFlight;
  readonly #world: World;
  /** `done_bitmap`: by cluster, 1 once a guest's request has had it copied. Copies of the job do not count. */
  readonly #doneCell: number;

  constructor(coroutines: Coroutines, clusters: number) {
    this.#world = coroutines.world;
    this.frozen = new InFlight(coroutines, 'frozen', turnOnTarget); // a reader of the node has no turn on the target
    this.#doneCell = this.#world.alloc('done', clusters);
  }

  isDone(cluster: number): boolean {
    return !this.#world.isZero(this.#doneCell + cluster);
  }
  setDone(cluster: number): void {
    this.#world.write(this.#doneCell + cluster, 1);
  }
}
