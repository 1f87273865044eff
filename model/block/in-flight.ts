/**
 * Requests in flight with the range that each holds, newest first, as in QEMU's lists
 * (`inflight_reqs` of a backup, `tracked_requests` of a disk), and who waits for them.
 */
import type { Coroutine } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { World } from '../kernel/world.ts';
import type { Requester, SectorRange } from './requester.ts';
import { END, FIRST, NEXT, WAITERS } from './turn-cells.ts';

/** It is me. */
export const MINE = 'mine';

export class InFlight {
  readonly #coroutines: Coroutines;
  readonly #world: World;
  /** The id of the newest. */
  readonly #newestCell: number;
  readonly #cellsOf: (requester: Requester) => number;

  /** @param cellsOf the first of the TURN_CELLS cells that this list has in a requester's slot */
  constructor(coroutines: Coroutines, name: string, cellsOf: (requester: Requester) => number) {
    this.#coroutines = coroutines;
    this.#world = coroutines.world;
    this.#cellsOf = cellsOf;
    this.#newestCell = this.#world.alloc(name, 1);
  }

  begin(me: Requester, { first, end }: SectorRange): void {
    const cells = this.#cellsOf(me);
    this.#world.write(cells + FIRST, first);
    this.#world.write(cells + END, end);
    this.#world.move(cells + NEXT, this.#newestCell);
    this.#world.move(this.#newestCell, me.selfCell);
  }

  /** Takes me off the list. Those who wait for me are the caller's to wake. */
  end(me: Requester): void {
    const mine = this.#cellsOf(me);
    this.#world.move(this.linkTo(me), mine + NEXT);
    for (const cell of [FIRST, END, NEXT]) this.#world.write(mine + cell, 0);
  }

  /** The newest request in flight whose range overlaps; `MINE` if that is my own. */
  newestOverlapping(me: Requester, range: SectorRange): Requester | typeof MINE | null {
    for (let link = this.#newestCell; !this.#world.isZero(link);) {
      const isMine = this.#world.same(link, me.selfCell); // asked of the cells: a coroutine that learns from my way is not me
      const other = isMine ? me : this.#requester(link);
      const cells = this.#cellsOf(other);
      if (this.#world.isBelow(cells + FIRST, range.end) && !this.#world.isBelow(cells + END, range.first + 1)) return isMine ? MINE : other;
      link = cells + NEXT;
    }
    return null;
  }

  holds(me: Requester): boolean {
    return !this.#world.isZero(this.#cellsOf(me) + END);
  }

  waitersOf(other: Requester): WaitQueue {
    return new WaitQueue(this.#coroutines, this.#cellsOf(other) + WAITERS);
  }

  /** For observers: whether it is in flight. */
  isHeldSeen(requester: Requester): boolean {
    return this.#world.cells[this.#cellsOf(requester) + END] !== 0;
  }

  /** For observers: whether its range has this cluster or sector. */
  coversSeen(requester: Requester, at: number): boolean {
    const { cells } = this.#world;
    const mine = this.#cellsOf(requester);
    return cells[mine + FIRST]! <= at && at < cells[mine + END]!;
  }
  /** For observers: its range, if it is in flight. */
  rangeSeen(requester: Requester): SectorRange {
    const { cells } = this.#world;
    const mine = this.#cellsOf(requester);
    return { first: cells[mine + FIRST]!, end: cells[mine + END]! };
  }

  /** The cell that holds my id: that of the next younger one, or of the list. */
  linkTo(me: Requester): number {
    let link = this.#newestCell;
    while (!this.#world.same(link, me.selfCell)) link = this.#cellsOf(this.#requester(link)) + NEXT;
    return link;
  }

  #requester(link: number): Requester {
    return this.#coroutines.byId(this.#world.read(link)) as Requester;
  }
}

// For observers. A requester's turn in a list is told by the first of the cells that the list has in its slot.

/** The cell that is 0 once the turn is over. */
export const turnHeldCell = (turnCells: number): number => turnCells + END;
export const holdsTurnSeen = ({ cells }: World, turnCells: number): boolean => cells[turnHeldCell(turnCells)] !== 0;

/** Who waits for a turn to be over, first come first. */
export function waitersSeen(coroutines: Coroutines, turnCells: number): Coroutine[] {
  const { cells } = coroutines.world;
  const waiters: Coroutine[] = [];
  for (let id = cells[turnCells + WAITERS]!; id !== 0; id = cells[waiters.at(-1)!.queueNextCell]!) waiters.push(coroutines.byId(id));
  return waiters;
}
