/** Guests' writes around T0: one is under way when the job is told to start, and another one queues while QEMU drains the disk. */
import { syncOf } from '../../../../model/sync.ts';
import { type Aim, clustersIn, oneOf, sensible, someSectorsAt, withRequests } from './aim.ts';

export const atStart: Aim = ({ scenario, start }, scope, random) => {
  // What an overlay shows at T0 must be known from outside: no write is sent there while the job starts (case/actors.ts).
  if (start.by === 'filter' || scenario.disk.overlay !== undefined) return null;
  const cluster = random.below(clustersIn(scenario));
  const write = (at: number): { kind: 'write'; early: true; first: number; count: number } => ({
    kind: 'write',
    early: true,
    ...someSectorsAt(scenario, at, random),
  });
  // In one cluster both: what the first has made dirty is what a job with a bitmap copies.
  const requests = [write(cluster), write(oneOf(random, cluster, random.below(clustersIn(scenario))))];
  const { scenario: asked, ids } = withRequests(scenario, requests, scope, random);
  return sensible({
    scenario: { ...asked, cancel: !syncOf(scenario.mode).endsByItself },
    start,
    holds: [{ who: ids[1]! }, { role: 'guest', op: 'write', nth: 0, before: oneOf(random, 'effect', 'answer') }],
  });
};
