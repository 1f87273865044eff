/**
 * A guest's copy that is still in flight when its job fails or is cancelled, and that fails then: the bitmap is synchronized before
 * (block/backup.c, `backup_cleanup_sync_bitmap`), so nothing puts the cluster back. The cluster is written before T0, so that it is dirty,
 * and the later write fails, so that it hides nothing.
 */
import type { Hold } from '../case/hold-back.ts';
import { type Aim, COPY_FAULTS, clustersIn, oneByOne, oneOf, sectorsOf, sensible, someSectorsAt, withFaults, withRequests } from './aim.ts';

/** T0 comes after the first write, the cancel once both copies are in flight, and the guest's copy ends last. */
const HOLDS: readonly Hold[] = [
  { who: 'user', what: 'start' },
  { who: 'user', what: 'cancel' },
  { role: 'job copy', op: 'read', nth: 0, before: 'effect' },
  { role: 'guest copy', op: 'read', nth: 0, before: 'effect' },
];

export const lateCopy: Aim = (drawn, scope, random) => {
  const { scenario, start } = oneByOne(drawn);
  if (start.bitmapMode === null || !scope.faults) return null;
  const last = clustersIn(scenario) - 1;
  if (last === 0) return null;
  const requests = [
    { kind: 'write', ...sectorsOf(scenario, 0, last + 1), early: true },
    { kind: oneOf(random, 'write', 'write', 'zero'), ...someSectorsAt(scenario, last, random) },
  ] as const;
  const { scenario: asked } = withRequests(scenario, requests, { ...scope, requestsMax: requests.length }, random);
  const { onError: _onError, pause: _pause, ...plain } = asked;
  const cancel = random.below(3) > 0;
  const failing = { ...oneOf(random, ...COPY_FAULTS), errno: oneOf(random, 'EIO', 'ENOSPC'), times: 1 } as const;
  const faults = [...(cancel ? [] : [{ ...failing, cluster: 0 }]), { ...failing, cluster: last }];
  return sensible({
    scenario: withFaults({ ...plain, cancel }, ...faults),
    // incremental is bitmap with on-success (qapi/block-core.json, MirrorSyncMode)
    start: start.sync === 'incremental' ? start : { ...start, bitmapMode: oneOf(random, 'always', 'always', 'always', start.bitmapMode) },
    holds: HOLDS,
  });
};
