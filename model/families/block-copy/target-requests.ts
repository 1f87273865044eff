/**
 * Requests in flight on the target, as far as copies and readers of the point in time must not overlap: a copy is a serialising
 * write where the target lies over the disk (QEMU: BDRV_REQ_SERIALISING, block-copy.c; B.1 of the reference).
 */
import { InFlight, MINE } from '../../block/in-flight.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import type { Run } from '../../kernel/coroutine.ts';
import type { Coroutines } from '../../kernel/coroutines.ts';
import type { Step } from '../../kernel/step.ts';
import { turnOnTarget } from './call-state.ts';

export class TargetRequests {
  readonly #reads: InFlight;
  readonly #writes: InFlight;

  constructor(coroutines: Coroutines) {
    this.#reads = new InFlight(coroutines, 'target.reads', turnOnTarget);
    this.#writes = new InFlight(coroutines, 'target.writes', turnOnTarget);
  }

  /** A reader waits for stores that overlap, and is in flight. @param range in sectors @param step where it waits */
  *beginRead(me: Requester, range: SectorRange, step: Step): Run {
    yield* waitFor(this.#writes, me, range, step);
    this.#reads.begin(me, range);
  }
  endRead(me: Requester): void {
    end(this.#reads, me);
  }

  /** A store waits for readers that overlap, and is in flight. */
  *beginWrite(me: Requester, range: SectorRange, step: Step): Run {
    yield* waitFor(this.#reads, me, range, step);
    this.#writes.begin(me, range);
  }
  /** A store that is not in flight is left alone. */
  endWrite(me: Requester): void {
    if (this.#writes.holds(me)) end(this.#writes, me);
  }
}

function* waitFor(others: InFlight, me: Requester, range: SectorRange, step: Step): Run {
  for (;;) {
    const other = others.newestOverlapping(me, range);
    if (other === null || other === MINE) return;
    yield* others.waitersOf(other).wait(me, step);
  }
}

function end(list: InFlight, me: Requester): void {
  list.end(me);
  list.waitersOf(me).wakeAll();
}
