/**
 * Backups of two disks in one transaction: requests on both, some on one disk only after others on the other one have ended, and jobs that
 * end well, with an error, or by a cancel of one.
 */
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import { changesTheDisk } from '../../../../model/block/guest.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Hold } from '../case/hold-back.ts';
import { PLAIN } from '../../../validate/start.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import { type Aim, COPY_FAULTS, clustersIn, oneOf, sensible, withDataIn, withFaults } from './aim.ts';

/** The first job gets no further than one of its first copies. */
const JOB_HELD: readonly Hold[] = [0, 1].map((nth) => ({ role: 'job copy', op: 'read', nth, before: 'effect' }));

export const twoDisks: Aim = ({ scenario, start }, { faults }, random) => {
  if (!syncOf(scenario.mode).endsByItself) return null;
  const { pause: _pause, resume: _resume, onError: _onError, faults: _faults, ...plain } = scenario;
  const second = scenario.guest.filter(() => random.below(2) === 0).map(({ id }) => id);
  const end = oneOf(random, 'well', 'cancel', ...(faults ? (['error'] as const) : []));
  const cluster = random.below(clustersIn(scenario));
  const asked = { ...plain, guest: dependent(scenario, second, random), cancel: end === 'cancel', cancelAfter: [] };
  const fault = { ...oneOf(random, ...COPY_FAULTS), cluster, errno: 'EIO', times: 1 } as const;
  const write: Hold = { role: 'guest', op: 'write', nth: random.below(2), before: oneOf(random, 'effect', 'answer') };
  return sensible({
    scenario: end === 'error' ? withFaults(withDataIn(asked, cluster), fault) : asked,
    start: {
      ...start,
      transaction: oneOf(random, 'individual', 'grouped'),
      second,
      finalize: PLAIN.finalize,
      onCbwError: PLAIN.onCbwError,
      backing: PLAIN.backing,
    },
    holds: end === 'cancel' ? [oneOf(random, ...JOB_HELD)] : random.below(2) === 0 ? [write] : [],
  });
};

/** What a request of one disk waits for is the last change of the other one before it, and both may come before T0. */
function dependent({ guest }: Scenario, second: readonly string[], random: RandomNumbers): GuestOperation[] {
  return guest.map((request, i) => {
    const isOfOther = ({ id }: GuestOperation): boolean => second.includes(id) !== second.includes(request.id);
    const earlier = guest.slice(0, i).findLast((other) => changesTheDisk(other.kind) && isOfOther(other));
    if (earlier === undefined || random.below(3) === 0) return request;
    return { ...request, after: [...new Set([...request.after, earlier.id])], early: earlier.early || request.early };
  });
}
