/**
 * What else happens in a scope's scenarios: a cancel or none, and in some scopes one fault.
 *
 * A scenario with a cancel has all schedules of the one without, for a cancel that comes after the
 * job's end is no cancel. It stands for it wherever no cancel can come to the rescue: a cancel wakes a
 * job that is parked (NONE) or that an error has stopped, and nobody else. There both are searched.
 */
import type { SyncMode } from '../../../model/backup/drive-backup.ts';
import type { ErrorPolicy } from '../../../model/job/error-policy.ts';
import type { Side } from '../../../model/block/errors.ts';
import type { FaultOp } from '../../../model/block/faults.ts';
import type { Scenario } from '../../../model/scenario.ts';

export interface Course extends Pick<Scenario, 'cancel' | 'resume' | 'onError' | 'faults'> {
  /** How many courses it stands for, itself included. */
  readonly standsFor: number;
}

export function withoutFaults(mode: SyncMode): Course[] {
  return mode === 'none' ? [{ cancel: true, standsFor: 1 }, { cancel: false, standsFor: 1 }] : [{ cancel: true, standsFor: 2 }];
}

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
        const ends = policy === 'stop' ? [true, false].flatMap((resume) => withoutFaults('none').map((end) => ({ ...end, ...(resume ? { resume } : {}) }))) : withoutFaults(mode);
        courses.push(...ends.map((end) => ({ ...end, onError, faults })));
      }
    }
  }
  return courses;
}

const POLICIES: readonly ErrorPolicy[] = ['report', 'ignore', 'stop'];
const REPORT: readonly ErrorPolicy[] = ['report'];

/** What can fail in a mode, and whether the job's own loop can meet it: if not, its policies are never asked. */
function faultsOf(mode: SyncMode): { side: Side; op: FaultOp; jobFails: boolean }[] {
  const jobFails = mode !== 'none'; // there the loop does no I/O
  return [
    { side: 'source', op: 'read', jobFails },
    { side: 'source', op: 'write', jobFails: false }, // the guest's own
    { side: 'target', op: 'write', jobFails },
    ...(mode === 'top' ? [{ side: 'source', op: 'ask', jobFails } as const] : []),
  ];
}
