/** The tasks in flight, newest first, each with the clusters that it holds (QEMU: block/reqlist.c). */
import { MINE } from '../../block/in-flight.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import { END, FIRST, TURN_CELLS } from '../../block/turn-cells.ts';
import type { Run } from '../../kernel/coroutine.ts';
import { WAIT } from '../../job/steps.ts';
import type { BlockCopyState } from './state.ts';

export function reqlistInitReq({ inFlight }: BlockCopyState, task: Requester, clusters: SectorRange): void {
  inFlight.begin(task, clusters);
}

/** K12: waits for the newest task that overlaps, if there is one. @returns whether it has waited */
export function* reqlistWaitOne({ rules, inFlight }: BlockCopyState, me: Requester, range: SectorRange): Run<boolean> {
  if (!rules.waitForTasksInRange) return false;
  const other = inFlight.newestOverlapping(me, range);
  if (other === null || other === MINE) return false;
  yield* inFlight.waitersOf(other).wait(me, me.step(WAIT, me.cowFirst));
  return true;
}

/** K4: a task gives back what lies from `end` on, and all who wait for it look again. */
export function reqlistShrinkReq({ inFlight, world }: BlockCopyState, task: Requester, end: number): void {
  world.write(task.cowInFlightCell + END, end);
  inFlight.waitersOf(task).wakeAll();
}

export function reqlistRemoveReq({ inFlight }: BlockCopyState, task: Requester): void {
  inFlight.end(task);
  inFlight.waitersOf(task).wakeAll();
}

/** Another coroutine takes my place in the list, with my clusters and those who wait for me. */
export function handOver({ inFlight, world }: BlockCopyState, me: Requester, other: Requester): void {
  world.move(inFlight.linkTo(me), other.selfCell);
  for (let cell = 0; cell < TURN_CELLS; cell++) {
    world.move(other.cowInFlightCell + cell, me.cowInFlightCell + cell);
    world.write(me.cowInFlightCell + cell, 0);
  }
}

/** The clusters that a task holds. */
export const rangeOf = ({ world }: BlockCopyState, { cowInFlightCell }: Requester): SectorRange => ({
  first: world.read(cowInFlightCell + FIRST),
  end: world.read(cowInFlightCell + END),
});
