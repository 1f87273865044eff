/**
 * Each way in which a job with a bitmap can end: well, with an error of either side, cancelled, cancelled while a copy of its own is
 * under way that fails then, and with a guest's own copy that fails meanwhile. The disk is written before T0, so that the bitmap has
 * something dirty.
 */
import { type Aim, COPY_FAULTS, clustersIn, oneByOne, oneOf, sectorsOf, sensible, someSectorsAt, withFaults, withRequests } from './aim.ts';
import type { Hold } from '../case/hold-back.ts';

/** The job gets no further than its first copy. */
const JOB_HELD: Hold = { role: 'job copy', op: 'read', nth: 0, before: 'effect' };
/** A guest's copy is under way until the job has ended. */
const GUEST_HELD: Hold = { role: 'guest copy', op: 'read', nth: 0, before: 'effect' };
/** T0 comes when the guests have done all that they do before it. */
const START_HELD: Hold = { who: 'user', what: 'start' };

export const bitmapEnds: Aim = (drawn, scope, random) => {
  if (drawn.start.bitmapMode === null) return null;
  const { scenario, start } = oneByOne(drawn);
  const last = clustersIn(scenario) - 1;
  const errors = scope.faults ? (['source', 'target', 'cancelled copy', ...(last > 0 ? (['guest copy'] as const) : [])] as const) : [];
  const end = oneOf(random, 'success', 'success', 'cancel', ...errors);
  const cluster = end === 'guest copy' ? last : end === 'cancelled copy' ? 0 : random.below(last + 1);
  const dirty = end === 'guest copy' ? sectorsOf(scenario, 0, last + 1) : someSectorsAt(scenario, cluster, random);
  // What a guest writes there later is dirty in any case, and hides a bit that the job has lost.
  const isWrittenLater = end === 'guest copy' || (end !== 'cancelled copy' && random.below(2) === 0);
  const later = end === 'cancel' || end === 'guest copy' ? cluster : random.below(last + 1);
  const requests = [
    { kind: 'write', ...dirty, early: true } as const,
    ...(isWrittenLater ? [{ kind: oneOf(random, 'write', 'write', 'zero'), ...someSectorsAt(scenario, later, random) } as const] : []),
  ];
  const { scenario: asked, ids } = withRequests(scenario, requests, scope, random);
  const { onError: _onError, pause: _pause, ...plain } = asked;
  const isCancelled = end === 'cancel' || end === 'cancelled copy' || (end === 'guest copy' && random.below(2) === 0);
  const [source, target] = COPY_FAULTS;
  const failing = end === 'guest copy' || end === 'cancelled copy' ? oneOf(random, source, target) : end === 'source' ? source : target;
  const faults =
    end === 'success' || end === 'cancel' ? [] : [{ ...failing, cluster, errno: oneOf(random, 'EIO', 'ENOSPC'), times: 1 } as const];
  const laterHeld = isWrittenLater && (end === 'source' || end === 'target') ? [{ who: ids[1]! }] : [];
  return sensible({
    scenario: withFaults({ ...plain, cancel: isCancelled }, ...faults),
    start,
    holds: [
      ...(random.below(4) === 0 ? [] : [START_HELD]),
      ...laterHeld,
      ...(isCancelled || end === 'guest copy' || (end === 'success' && isWrittenLater) ? [JOB_HELD] : []),
      ...(end === 'guest copy' && isCancelled ? [GUEST_HELD] : []),
    ],
  });
};
