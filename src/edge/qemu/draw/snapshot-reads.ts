/**
 * Reads of the point in time beside a guest's write: overtaken by it, after it, after the copy before it has failed, and under way while
 * the copy of another cluster fails, so that the write need not wait for them any more.
 */
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import type { Hold } from '../case/hold-back.ts';
import {
  type Aim,
  COPY_FAULTS,
  type NewRequest,
  type Stretch,
  clustersIn,
  oneOf,
  sectorsOf,
  sensible,
  someSectorsAt,
  withDataIn,
  withFaults,
  withRequests,
} from './aim.ts';

/** The newest first: it ends while the older ones still wait. */
const READS_HELD: readonly Hold[] = [1, 0].map((nth) => ({ role: 'reader', op: 'read', nth, before: 'effect' }));

export const snapshotReads: Aim = ({ scenario, start }, scope, random) => {
  if (!syncOf(scenario.mode).readableWhileRunning) return null;
  const clusters = clustersIn(scenario);
  const mayBreak = scope.faults && start.onCbwError === 'break-snapshot';
  if (mayBreak && start.reads === 'snapshot-access' && clusters > 1 && random.below(3) === 0)
    return underBroken({ scenario, start }, scope, random);
  const how = oneOf(random, 'overtaken', 'overtaken', 'after', 'after', ...(mayBreak ? (['broken', 'broken', 'broken'] as const) : []));
  const written = random.below(how === 'after' && clusters > 1 ? clusters - 1 : clusters);
  const write = (after: readonly number[] = []): NewRequest => ({
    kind: oneOf(random, 'write', 'write', 'zero', 'discard'),
    ...someSectorsAt(scenario, written, random),
    after,
  });
  const from = how === 'after' ? written : Math.max(0, written - random.below(2));
  const range = sectorsOf(scenario, from, how === 'after' ? 2 : written - from + oneOf(random, 1, 1, 2));
  const reader = (after: readonly number[] = []): NewRequest => ({ kind: 'readT0', ...range, after });
  const isBroken = how === 'broken';
  const requests = how === 'overtaken' ? [write(), reader(), ...(random.below(2) === 0 ? [reader()] : [])] : [write(), reader([0])];
  const { scenario: asked, ids } = withRequests(withDataIn(scenario, written), requests, scope, random);
  const faults = isBroken ? [{ ...oneOf(random, ...COPY_FAULTS), cluster: written, errno: 'EIO', times: 1 } as const] : [];
  return sensible({
    scenario: { ...withFaults(asked, ...faults), cancelAfter: ids },
    start,
    holds: how === 'overtaken' ? [{ who: ids[0]! }, ...READS_HELD] : [],
  });
};

/** The read begins first; then the copy of another cluster fails, and a write comes under it. */
const underBroken: Aim = ({ scenario, start }, scope, random) => {
  const [broken, read] = oneOf(random, [0, 1], [1, 0]);
  const requests: NewRequest[] = [
    { kind: 'readT0', ...sectorsOf(scenario, read) },
    { kind: 'write', ...someSectorsWithin(scenario, broken, random) },
    { kind: oneOf(random, 'write', 'write', 'zero'), ...someSectorsWithin(scenario, read, random), after: [1] },
  ];
  const asIs = withDataIn(withDataIn(scenario, broken), read);
  const { scenario: asked, ids } = withRequests(asIs, requests, { ...scope, requestsMax: requests.length }, random);
  const fault = { ...oneOf(random, ...COPY_FAULTS), cluster: broken, errno: 'EIO', times: 1 } as const;
  return sensible({
    scenario: { ...withFaults(asked, fault), cancelAfter: ids },
    start,
    holds: [{ who: ids[1]! }, { role: 'reader', op: 'read', nth: 0, before: 'effect' }],
  });
};

function someSectorsWithin(scenario: Scenario, cluster: number, random: RandomNumbers): Stretch {
  const { first, count } = sectorsOf(scenario, cluster);
  const skipped = random.below(count);
  return { first: first + skipped, count: 1 + random.below(count - skipped) };
}
