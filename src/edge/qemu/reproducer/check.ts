/** What a reproducer looks at to tell whether the bug is there, and which traces it can be made of. */
import { type FailingTrace, type Trace, isFailing, isQemuJob } from '../../../trace/format.ts';
import { startOf } from '../campaign/real-trace.ts';
import { fits } from '../disks/disks.ts';

/** Why there is no reproducer of a trace, in one line. */
export class NotHandedOn extends Error {}

/**
 * `target`: what the backup shows; `reader`: what is read of the point in time; `guest`: an error that a guest is told; `increment`: what
 * the next increment comes to; `group`: which jobs of a group complete; `crash`, `hang`: of QEMU.
 */
export type Check = 'target' | 'reader' | 'guest' | 'increment' | 'group' | 'crash' | 'hang';

const CHECKS: Readonly<Record<string, Check>> = {
  'snapshot-kept': 'target',
  'stable-reader': 'reader',
  'guest-unharmed': 'guest',
  'next-increment': 'increment',
  'group-all-or-nothing': 'group',
  'nothing-freed': 'crash',
  'always-finishes': 'hang',
};

/** @throws NotHandedOn */
export function checkOf(trace: Trace): { failing: FailingTrace; check: Check } {
  const why = whyNotHandedOn(trace);
  if (why !== null || !isFailing(trace)) throw new NotHandedOn(why ?? NOTHING);
  return { failing: trace, check: CHECKS[trace.verdict.property]! };
}

const NOTHING = 'nothing is broken in it, so there is nothing to reproduce';

/** Null: there is a reproducer of it. */
export function whyNotHandedOn(trace: Trace): string | null {
  if (!isQemuJob(trace.job))
    return '--format reproducer and iotest require a trace of a real QEMU: run this one on QEMU first, with cowcheck qemu TRACE --out DIR';
  if (!isFailing(trace)) return NOTHING;
  const {
    scenario,
    schedule,
    verdict: { property, detail },
  } = trace;
  const isCancelled = schedule.some(({ who, what }) => who === 'user' && what === 'cancel');
  if (!fits(scenario)) return 'a real QEMU is not run with a disk or clusters of this size';
  if (startOf(schedule).chain !== null) return 'a reproducer runs one job, but this is a chain of several';
  if (startOf(schedule).backing === 'later') return 'a reproducer does not check a target whose backing file is attached later';
  if (!Object.hasOwn(CHECKS, property)) return `a reproducer does not check ${property}`;
  if (property === 'guest-unharmed' && !/ was told /.test(detail)) return 'a reproducer does not check what guests read or write';
  if (property === 'snapshot-kept' && isCancelled) return 'a reproducer does not check the target of a cancelled job';
  if (property === 'stable-reader' && isCancelled) return 'a reproducer does not check reads during a cancel';
  return null;
}
