/**
 * What else happens in a scope's scenarios: with or without a cancel, and in some scopes one fault.
 *
 * Everything is searched with a cancel and without. A cancel that comes after the job's end is no cancel, so
 * the scenario with one has all schedules of the one without. But it also rescues a job that would never end
 * by itself, because it is parked or an error has stopped it: only without a cancel does that show.
 */
import { type SyncMode, syncOf } from '../../../model/sync.ts';
import type { ErrorPolicy } from '../../../model/job/error-policy.ts';
import type { Side } from '../../../model/block/errors.ts';
import type { FaultOp } from '../../../model/block/faults.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';

export type Course = Pick<Scenario, 'cancel' | 'resume' | 'onError' | 'faults'>;

export const WITHOUT_FAULTS: readonly Course[] = [{ cancel: true }, { cancel: false }];

/**
 * One request fails, once, with EIO: the first of the guest or of a copy that does this to this cluster.
 * ENOSPC would add no schedule: the errno is told, and asked only by the policy `enospc`, which is `stop` for
 * ENOSPC and `report` for others. The other side's policy is another one, so that a mix-up would show.
 */
export function withOneFault(mode: SyncMode, clusters: number): Course[] {
  const courses: Course[] = [];
  for (const { side, op, jobFails } of faultsOf(mode)) {
    for (let cluster = 0; cluster < clusters; cluster++) {
      const faults = [{ side, op, cluster, errno: 'EIO', times: 1 }] as const;
      for (const policy of jobFails ? POLICIES : REPORT) {
        const other: ErrorPolicy = policy === 'report' ? 'ignore' : 'report';
        const onError = side === 'source' ? { source: policy, target: other } : { source: other, target: policy };
        const ends = policy === 'stop' ? [{ resume: true }, {}] : [{}];
        courses.push(...ends.flatMap((end) => WITHOUT_FAULTS.map(({ cancel }) => ({ cancel, ...end, onError, faults }))));
      }
    }
  }
  return courses;
}

const POLICIES: readonly ErrorPolicy[] = ['report', 'ignore', 'stop'];
const REPORT: readonly ErrorPolicy[] = ['report'];

/** What can fail in a mode, and whether the job's own loop can meet it: if not, its policies are never asked. */
function faultsOf(mode: SyncMode): { side: Side; op: FaultOp; jobFails: boolean }[] {
  const { selects } = syncOf(mode);
  const jobFails = selects !== 'none'; // else the job itself does no I/O
  return [
    { side: 'source', op: 'read', jobFails },
    { side: 'source', op: 'write', jobFails: false }, // the guest's own
    { side: 'target', op: 'write', jobFails },
    ...(selects === 'allocated' ? [{ side: 'source', op: 'ask', jobFails } as const] : []),
  ];
}
