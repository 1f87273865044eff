/** `drive-backup` of QEMU 1.6 to 4.1: a before-write notifier on the source. */
import type { JobFamily } from '../family.ts';
import { BackupJob } from './job.ts';
import type { Rules } from './rules.ts';

export function notifierFamily(rules: Rules): JobFamily {
  return {
    keepsProtocol: true,
    // folded to a job with all rules, it still uses what it is given (src/fold/)
    plan: (clusters) => ({
      bitsSeen: Math.min(clusters, rules.checkBitAfterWaiting && rules.everyBitIsLookedUp ? 0 : Infinity),
    }),
    build: ({ coroutines, sizes, parts }) => new BackupJob(coroutines, sizes, parts, rules),
  };
}
