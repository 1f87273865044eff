/** What must hold of a real QEMU, and what it promises itself and where it says so: the claims that a failure is held against. */
import { type Sync, syncOf } from '../../../../model/sync.ts';
import { CHAIN_RESTORES, CHAIN_RESTORES_ALL } from '../../../../properties/chain-restores.ts';
import { GROUP_ALL_OR_NOTHING, GROUP_IS_ALL_OR_NOTHING } from '../../../../properties/group-all-or-nothing.ts';
import { NEXT_INCREMENT, NEXT_INCREMENT_IS_RIGHT } from '../../../../properties/next-increment.ts';
import { ONE_CUT, ONE_CUT_IS_CONSISTENT } from '../../../../properties/one-cut.ts';
import { SNAPSHOT_KEPT } from '../../../../properties/snapshot-kept.ts';
import { STABLE_READER } from '../../../../properties/stable-reader.ts';
import type { FailingTrace } from '../../../trace/format.ts';
import { startOf } from './real-trace.ts';

export interface QemuPromise {
  readonly id: string;
  readonly text: string;
  /** Where QEMU says it. */
  readonly source: string;
}

const PROMISES = {
  whole: {
    id: 'MO-2',
    text: 'a full backup shows the whole disk as it was at the start of the job',
    source: 'docs/interop/live-block-operations.rst',
  },
  allocated: {
    id: 'MO-27',
    text: 'a backup of the top image shows the disk at the start of the job over the same backing file',
    source: 'qapi/block-core.json, MirrorSyncMode',
  },
  givenUp: {
    id: 'MO-12',
    text: 'under break-snapshot a failed copy breaks the snapshot, and every backup based on it eventually fails',
    source: 'qapi/block-core.json, OnCbwError',
  },
  overSource: {
    id: 'MO-26',
    text: 'a target on top of the source shows the disk at the start of the job for as long as the job runs',
    source: 'block/block-copy.c, a comment',
  },
  fleecing: {
    id: 'MO-16',
    text: 'guest writes do not interfere with a snapshot read in flight in its region',
    source: 'block/copy-before-write.c, at cbw_snapshot_read_lock',
  },
  broken: {
    id: 'MO-18',
    text: 'once a copy has failed under break-snapshot, all snapshot requests fail, in flight or later',
    source: 'block/copy-before-write.c, at snapshot_error',
  },
  guest: {
    id: 'MO-13',
    text: 'a guest write reaches the disk only after the copy, and fails if the copy fails',
    source: 'qapi/block-core.json',
  },
  advanced: {
    id: 'MO-3, MO-5',
    text: 'increments in order reconstruct the disk; after a failure the bitmap has both its old bits and the new ones',
    source: 'docs/interop/bitmaps.rst',
  },
  manifest: { id: 'MO-7', text: 'with bitmap-mode never the bitmap loses nothing', source: 'qapi/block-core.json, BitmapSyncMode' },
  synced: {
    id: 'MO-6',
    text: 'with bitmap-mode always, even after a failure, the bitmap has everything that was not copied or was written since',
    source: 'qapi/block-core.json, BitmapSyncMode; block/backup.c',
  },
  group: {
    id: 'MO-8',
    text: 'a job of a grouped transaction completes only if all of them can, and all bitmaps keep their point if one fails',
    source: 'docs/interop/bitmaps.rst; qapi/transaction.json, ActionCompletionMode',
  },
  cut: {
    id: 'MO-10',
    text: 'backups of several disks in one transaction are of the same point in time',
    source: 'docs/interop/bitmaps.rst',
  },
  errors: {
    id: 'MO-22',
    text: 'on-source-error and on-target-error decide what the job does about an error, and it reports each',
    source: 'qapi/block-core.json, BackupCommon',
  },
} as const satisfies Record<string, QemuPromise>;

/** All that a report can cite. */
export const QEMU_PROMISES: readonly QemuPromise[] = Object.values(PROMISES);

/** The promise that a failure breaks; null: none that QEMU spells out, such as not to crash. */
export function promiseOf({ verdict, scenario, schedule }: FailingTrace): QemuPromise | null {
  const start = startOf(schedule);
  const mayBeBroken = start.onCbwError === 'break-snapshot' && (scenario.faults ?? []).length > 0;
  switch (verdict.property) {
    case 'snapshot-kept':
      return mayBeBroken ? PROMISES.givenUp : shown(syncOf(scenario.mode).beneath);
    case 'stable-reader':
      if (start.reads === 'target') return PROMISES.overSource;
      return mayBeBroken ? PROMISES.broken : PROMISES.fleecing;
    case 'guest-unharmed':
      return PROMISES.guest;
    case CHAIN_RESTORES:
    case 'next-increment':
      return PROMISES[start.bitmapMode === 'never' ? 'manifest' : start.bitmapMode === 'always' ? 'synced' : 'advanced'];
    case 'errors-are-told':
      return PROMISES.errors;
    case GROUP_ALL_OR_NOTHING:
      return PROMISES.group;
    case ONE_CUT:
      return PROMISES.cut;
    default:
      return null;
  }
}

const shown = (beneath: Sync['beneath']): QemuPromise =>
  ({ nothing: PROMISES.whole, backing: PROMISES.allocated, source: PROMISES.overSource, previous: PROMISES.advanced })[beneath];

/** What a property says of a real QEMU, where only what is outside can be seen. */
const SENTENCES: Readonly<Record<string, string>> = {
  'snapshot-kept': SNAPSHOT_KEPT,
  'stable-reader': STABLE_READER,
  'guest-unharmed': 'The disk gets what guests wrote and nothing else, and reads return it.',
  'always-finishes': 'Every request, the job and a cancel finish once QEMU has received all replies.',
  'errors-are-told': 'The job reports every injected error, and no other.',
  'cancel-is-clean': 'The job ends with one event, after which nothing is written to the target.',
  [NEXT_INCREMENT]: NEXT_INCREMENT_IS_RIGHT,
  [CHAIN_RESTORES]: CHAIN_RESTORES_ALL,
  [GROUP_ALL_OR_NOTHING]: GROUP_IS_ALL_OR_NOTHING,
  [ONE_CUT]: ONE_CUT_IS_CONSISTENT,
  'nothing-freed': 'QEMU must not crash.',
};

/** What must hold, property by property. */
export const QEMU_SENTENCES: readonly (readonly [property: string, sentence: string])[] = Object.entries(SENTENCES);

export const sentenceOf = (property: string): string => SENTENCES[property] ?? property;
