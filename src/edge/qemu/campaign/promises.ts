/** What QEMU itself promises, and where it says so: the claims that a failure on a real QEMU is held against. */
import type { CaseResult } from '../case/case.ts';

export interface QemuPromise {
  readonly id: string;
  readonly text: string;
  /** Where QEMU says it. */
  readonly source: string;
}

const PROMISES = {
  full: {
    id: 'MO-2',
    text: 'a full backup shows the whole disk at the start of the job',
    source: 'docs/interop/live-block-operations.rst',
  },
  top: {
    id: 'MO-27',
    text: 'a backup of the top image shows the disk at the start of the job over the same backing file',
    source: 'qapi/block-core.json, MirrorSyncMode',
  },
  none: {
    id: 'MO-26',
    text: 'a target over the source shows the start of the job as long as the job runs',
    source: 'block/block-copy.c, a comment',
  },
  fleecing: {
    id: 'MO-16',
    text: 'guest writes do not interfere with a read of the snapshot while it runs, in its region',
    source: 'block/copy-before-write.c, at cbw_snapshot_read_lock',
  },
  broken: {
    id: 'MO-18',
    text: 'once a copy has failed under break-snapshot, requests of the snapshot in flight and later ones fail',
    source: 'block/copy-before-write.c, at snapshot_error',
  },
  guest: {
    id: 'MO-13',
    text: 'a guest write reaches the disk only after the copy, and fails if the copy fails',
    source: 'qapi/block-core.json',
  },
  errors: {
    id: 'MO-22',
    text: 'on-source-error and on-target-error decide what the job does about an error, and it tells of each',
    source: 'qapi/block-core.json, BackupCommon',
  },
} as const satisfies Record<string, QemuPromise>;

/** The promise that a failure breaks; null: none that QEMU spells out, such as not to crash. */
export function promiseOf({ violation, scenario, start }: Pick<CaseResult, 'violation' | 'scenario' | 'start'>): QemuPromise | null {
  if (violation === null) return null;
  switch (violation.property) {
    case 'snapshot-kept':
      return PROMISES[scenario.mode];
    case 'stable-reader':
      if (start.reads === 'target') return PROMISES.none;
      return start.onCbwError === 'break-snapshot' && (scenario.faults ?? []).length > 0 ? PROMISES.broken : PROMISES.fleecing;
    case 'guest-unharmed':
      return PROMISES.guest;
    case 'errors-are-told':
      return PROMISES.errors;
    default:
      return null;
  }
}
