/**
 * NONE: the job itself copies nothing; it is parked until it is cancelled, while the hook saves what
 * guests overwrite. Somebody may read the point in time meanwhile: the target, over the live source.
 */
import type { Run } from '../../kernel/coroutine.ts';
import { type BlockError, NO_ERROR } from '../../block/errors.ts';
import type { Requester, SectorRange } from '../../block/requester.ts';
import { READER } from '../../job/steps.ts';
import { clustersOf, endTurn, waitForOverlapping } from './copy-before-write.ts';
import type { RuledJob } from './ruled-job.ts';

export function* waitForCancel(job: RuledJob): Run {
  while (!job.isCancelledAfterSleep) yield* job.park(); // N1
}

/** Reads through the target: looks up where a run of sectors lies, then fetches it, from the target or from the live source. */
export function* readPointInTime(job: RuledJob, me: Requester, range: SectorRange): Run<BlockError> {
  if (job.isRefused) return NO_ERROR; // there is no point in time to read
  return job.rules.readerSerialisedWithCopies ? yield* readInTurn(job, me, range) : yield* job.target.read(me, range, READER);
}

/**
 * While it reads, no copy of these clusters may go on, for the guest's write behind the copy would get
 * between lookup and fetch. QEMU keeps them apart since f8d59dfb40 (3.0), by making the writes of a copy
 * serialising; here reader and copies take turns in the copies' own list.
 */
function* readInTurn(job: RuledJob, me: Requester, range: SectorRange): Run<BlockError> {
  if (job.source.hook.isLinked) {
    me.setCow(...clustersOf(job, range));
    yield* waitForOverlapping(job, me);
    job.inFlight.begin(me, { first: me.cowFirst, end: me.cowEnd });
  }
  const error = yield* job.target.read(me, range, READER);
  if (job.inFlight.holds(me)) endTurn(job, me);
  return error;
}
