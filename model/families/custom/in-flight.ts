/** How many copies are under way, and which clusters each holds, as a custom job sees it. */
import type { Run } from '../../kernel/coroutine.ts';
import { type InFlight, MINE } from '../../block/in-flight.ts';
import type { Requester } from '../../block/requester.ts';
import { WAIT } from '../../job/steps.ts';
import type { Memory } from './cells.ts';
import type { Copier, Copies, InFlightList, Verb } from './job.ts';
import { Misused, knownCluster } from './misused.ts';
import type { CustomJobState } from './custom-job-state.ts';
import type { Verbs } from './verbs.ts';

export class OwnInFlight implements InFlightList {
  readonly #job: CustomJobState;
  readonly #verbs: Verbs;
  readonly #memory: Memory;
  readonly #requesterOf: (me: Copier) => Requester;

  constructor(job: CustomJobState, verbs: Verbs, memory: Memory, requesterOf: (me: Copier) => Requester) {
    this.#job = job;
    this.#verbs = verbs;
    this.#memory = memory;
    this.#requesterOf = requesterOf;
  }

  overlaps(me: Copier, first: number, end: number): boolean {
    return this.#overlapping(this.#requesterOf(me), first, end) !== null;
  }
  wait(me: Copier, first: number, end: number): Verb {
    return this.#verbs.verb('inFlight.wait', () => this.#wait(this.#requesterOf(me), knownCluster(first, this.#job.clusters), end));
  }
  begin(me: Copier, first: number, end: number): void {
    const requester = this.#requesterOf(me);
    if (this.#list.holds(requester)) throw new Misused('inFlight.begin: this copier has a copy in flight already');
    if (!(first < end)) throw new Misused(`inFlight.begin: the range from cluster ${first} up to ${end} is empty`);
    for (const cluster of [first, end - 1]) knownCluster(cluster, this.#job.clusters);
    requester.setCow(first, end);
    this.#list.begin(requester, { first, end });
  }
  end(me: Copier): void {
    const requester = this.#requesterOf(me);
    if (!this.#list.holds(requester)) throw new Misused('inFlight.end: this copier has no copy in flight');
    this.#list.end(requester);
    requester.setCow(0, 0);
  }
  wake(me: Copier): void {
    this.#list.waitersOf(this.#requesterOf(me)).wakeAll();
  }

  *#wait(requester: Requester, first: number, end: number): Run {
    const other = this.#overlapping(requester, first, end);
    if (other !== null) yield* this.#list.waitersOf(other).wait(requester, requester.step(WAIT, first));
  }

  #overlapping(requester: Requester, first: number, end: number): Requester | null {
    const other = this.#list.newestOverlapping(requester, { first, end });
    return other === MINE ? null : other;
  }

  get #list(): InFlight {
    this.#memory.use();
    return this.#job.inFlight;
  }
}

export class OwnCopies implements Copies {
  readonly #job: CustomJobState;
  readonly #verbs: Verbs;
  readonly #memory: Memory;

  constructor(job: CustomJobState, verbs: Verbs, memory: Memory) {
    this.#job = job;
    this.#verbs = verbs;
    this.#memory = memory;
  }

  begin(): void {
    this.#memory.use();
    this.#job.copies.lockShared();
  }
  end(): void {
    this.#memory.use();
    this.#job.copies.unlockShared();
  }
  drain(): Verb {
    return this.#verbs.verb('copies.drain', () => {
      this.#verbs.checkRuns(this.#job);
      return this.#job.drainCopies();
    });
  }
}
