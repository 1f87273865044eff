/**
 * A full backup, then increments with the bitmap carried over, while guests write all the time; some of the jobs fail or are cancelled.
 * Only data is written: a target that lies over nothing keeps no zeroes as zeroes, and only the one before it would tell them.
 */
import { syncOf } from '../../../../model/sync.ts';
import { PLAIN } from '../../../validate/start.ts';
import { CHAIN_MAX, CHAIN_MIN } from '../case/chain.ts';
import type { Hold } from '../case/hold-back.ts';
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';
import { type Aim, COPY_FAULTS, clustersIn, oneByOne, oneOf, sensible, someSectorsAt, withFaults } from './aim.ts';

/** A copy is under way while others run: of the full backup's or an increment's. */
const held = (role: 'guest copy' | 'job copy', nth: number): Hold => ({ role, op: 'read', nth, before: 'effect' });

export const chain: Aim = (drawn, { faults, requestsMax, chains }, random) => {
  if (!chains) return null;
  const { scenario, start } = random.below(2) === 0 ? drawn : oneByOne(drawn);
  if (syncOf(scenario.mode).selects !== 'all' || start.transaction !== null) return null;
  const clusters = clustersIn(scenario);
  const { overlay: _overlay, ...disk } = scenario.disk;
  const { pause: _pause, resume: _resume, onError: _onError, ...plain } = scenario;
  const writes = Math.max(1, requestsMax - random.below(2));
  const guest = Array.from({ length: writes }, (_, i) => ({
    id: `g${i + 1}`,
    kind: 'write' as const,
    ...someSectorsAt({ ...scenario, disk }, random.below(clusters), random),
    after: [],
    early: i === 0 && random.below(2) === 0,
  }));
  const asked = { ...plain, disk: { ...disk, zero: [] }, guest, targetClusterSectors: 0, cancel: random.below(2) === 0, cancelAfter: [] };
  const isFailing = faults && random.below(2) === 0;
  const fault = { ...oneOf(random, ...COPY_FAULTS), cluster: random.below(clusters), errno: 'EIO', times: 1 } as const;
  return sensible({
    scenario: withFaults(asked, ...(isFailing ? [fault] : [])),
    start: {
      ...PLAIN,
      workers: start.workers,
      chunk: start.chunk,
      bitmapMode: oneOf(random, 'on-success', 'on-success', 'always'),
      granularity: oneOf(random, BACKUP_CLUSTER_BYTES, BACKUP_CLUSTER_BYTES / 16, BACKUP_CLUSTER_BYTES * 4),
      chain: CHAIN_MIN + random.below(CHAIN_MAX - CHAIN_MIN + 1),
    },
    holds: random.below(3) === 0 ? [] : [held(oneOf(random, 'guest copy', 'job copy'), random.below(2 * clusters))],
  });
};
