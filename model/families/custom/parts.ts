/** Source and target, as a custom job sees them. */
import type { Run } from '../../kernel/coroutine.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import { ALLOCATED, UNALLOCATED, allocationOf } from '../../block/allocation.ts';
import { ADMIT, ASK, READ, READER, STORE, STORE_ZEROES } from '../../job/steps.ts';
import type { Copier, Source, Target, Verb } from './job.ts';
import type { CustomJobState } from './custom-job-state.ts';
import { knownCluster } from './misused.ts';
import type { Verbs } from './verbs.ts';

type RequesterOf = (me: Copier) => Requester;

abstract class Part {
  protected readonly job: CustomJobState;
  protected readonly verbs: Verbs;
  protected readonly requesterOf: RequesterOf;

  constructor(job: CustomJobState, verbs: Verbs, requesterOf: RequesterOf) {
    this.job = job;
    this.verbs = verbs;
    this.requesterOf = requesterOf;
  }

  protected sectorsOf(cluster: number): SectorRange {
    return this.job.sectorsOf(knownCluster(cluster, this.job.clusters));
  }
}

export class OwnSource extends Part implements Source {
  read(me: Copier, cluster: number): Verb<BlockError> {
    return this.verbs.verb('source.read', () => this.#read(this.requesterOf(me), this.sectorsOf(cluster)));
  }
  allocation(cluster: number): Verb<'allocated' | 'unallocated' | BlockError> {
    return this.verbs.verb('source.allocation', () => {
      this.verbs.checkRuns(this.job);
      return this.#allocation(knownCluster(cluster, this.job.clusters));
    });
  }

  *#read(requester: Requester, sectors: SectorRange): Run<BlockError> {
    const error = yield* this.job.source.readForCopy(requester, sectors, ADMIT, READ);
    if (error !== NO_ERROR) requester.forgetBuffer(sectors);
    return error;
  }

  *#allocation(cluster: number): Run<'allocated' | 'unallocated' | BlockError> {
    const answer = yield* allocationOf(this.job, this.job, cluster, ASK);
    return answer === ALLOCATED ? 'allocated' : answer === UNALLOCATED ? 'unallocated' : answer;
  }
}

export class OwnTarget extends Part implements Target {
  write(me: Copier, cluster: number): Verb<BlockError> {
    return this.verbs.verb('target.write', () => this.#write(this.requesterOf(me), this.sectorsOf(cluster)));
  }
  writeZeroes(me: Copier, cluster: number): Verb<BlockError> {
    return this.verbs.verb('target.writeZeroes', () => this.#writeZeroes(this.requesterOf(me), this.sectorsOf(cluster)));
  }
  read(me: Copier): Verb<BlockError> {
    return this.verbs.verb('target.read', () => this.job.target.read(this.requesterOf(me), rangeOf(me), READER));
  }

  *#write(requester: Requester, sectors: SectorRange): Run<BlockError> {
    const { target } = this.job;
    const error = yield* target.write(requester, sectors, STORE, (s) => target.image.put(s, requester.bufferCell(s)));
    requester.forgetBuffer(sectors);
    return error;
  }

  *#writeZeroes(requester: Requester, sectors: SectorRange): Run<BlockError> {
    const error = yield* this.job.target.writeZeroes(requester, sectors, STORE_ZEROES);
    requester.forgetBuffer(sectors);
    return error;
  }
}

/** The range of the copier's request, asked of the cells each time: what is kept across a yield must not be a value. */
const rangeOf = (me: Copier): SectorRange => ({
  get first() {
    return me.firstSector;
  },
  get end() {
    return me.endSector;
  },
});
