/** The copies in flight, newest first, as QEMU's `inflight_reqs` list (reference A.2, A.5 steps 3, 4 and 6). */
import { type Coroutines, WaitQueue } from '../kernel/coroutine.ts';
import type { World } from '../kernel/world.ts';
import type { Requester } from '../block/requester.ts';

export interface CowRequestRules {
  readonly wholeRangeRegistered: boolean;
  readonly wakeWaiters: boolean;
}

export class CowRequests {
  readonly #coroutines: Coroutines;
  readonly #world: World;
  readonly #rules: CowRequestRules;
  /** The id of the newest; each holds the id of the next older one. */
  readonly #newestCell: number;

  constructor(coroutines: Coroutines, rules: CowRequestRules) {
    this.#coroutines = coroutines;
    this.#world = coroutines.world;
    this.#rules = rules;
    this.#newestCell = this.#world.alloc('inFlight', 1);
  }

  begin(me: Requester): void {
    this.#world.move(me.cowNextCell, this.#newestCell);
    this.#world.move(this.#newestCell, me.selfCell);
  }

  /** Takes me off the list and wakes those who wait for me. */
  end(me: Requester): void {
    let link = this.#newestCell;
    while (!this.#world.same(link, me.selfCell)) link = this.#requester(this.#world.read(link)).cowNextCell;
    this.#world.move(link, me.cowNextCell);
    this.#world.write(me.cowNextCell, 0);
    me.setCow(0, 0);
    if (this.#rules.wakeWaiters) this.waitersOf(me).wakeAll();
  }

  /** The newest copy in flight that shares a cluster with mine, which is not on the list yet. */
  newestOverlapping(me: Requester): Requester | null {
    for (let id = this.#world.read(this.#newestCell); id !== 0; ) {
      const other = this.#requester(id);
      const otherEnd = this.#rules.wholeRangeRegistered ? other.cowEnd : other.cowFirst + 1;
      if (other.cowFirst < me.cowEnd && me.cowFirst < otherEnd) return other;
      id = this.#world.read(other.cowNextCell);
    }
    return null;
  }

  waitersOf(other: Requester): WaitQueue {
    return new WaitQueue(this.#coroutines, other.cowWaitersCell);
  }

  #requester(id: number): Requester {
    return this.#coroutines.byId(id) as Requester;
  }
}
