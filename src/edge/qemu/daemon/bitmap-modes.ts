/**
 * Which bitmap-mode a QEMU takes with which sync mode: each combination is asked of it, with a job on disks of nothing
 * (`backup_job_create`, block/backup.c, and blockdev.c before it).
 */
import { ALL_SYNC_MODES, BITMAP_MODES, INCREMENTAL, INCREMENTAL_MEANS, syncOf } from '../../../../model/sync.ts';
import { type Qmp, QmpFailure } from './qmp.ts';

export const SYNCS = [...ALL_SYNC_MODES, INCREMENTAL] as const;

/** What a job is given: no bitmap, a bitmap without a bitmap-mode, or with one. */
export const GIVEN = ['no bitmap', 'a bitmap alone', ...BITMAP_MODES] as const;

export interface Asked {
  readonly sync: (typeof SYNCS)[number];
  readonly given: (typeof GIVEN)[number];
}

export interface Answer extends Asked {
  readonly isTaken: boolean;
  /** Why not, in QEMU's words. */
  readonly refusal: string | null;
}

/** What `model/sync.ts` says. QEMU demands a bitmap-mode with every bitmap, but of `incremental`, which has one. */
export function isLegal({ sync, given }: Asked): boolean {
  const { selects, bitmapModes } = syncOf(sync === INCREMENTAL ? INCREMENTAL_MEANS : sync);
  if (given === 'no bitmap') return selects !== 'dirty';
  if (sync === INCREMENTAL) return given === 'a bitmap alone' || given === 'on-success';
  return given !== 'a bitmap alone' && bitmapModes.includes(given);
}

const MIB = 2 ** 20;

/** Asks a QEMU that has no node of these names, and leaves none. */
export async function askBitmapModes(qmp: Qmp): Promise<Answer[]> {
  const ended = jobsThatEnd(qmp);
  for (const name of ['legal-source', 'legal-target'])
    await qmp.call('blockdev-add', { driver: 'null-co', 'node-name': name, size: MIB, 'read-zeroes': true });
  await qmp.call('block-dirty-bitmap-add', { node: 'legal-source', name: 'legal' });
  const answers: Answer[] = [];
  for (const sync of SYNCS) for (const given of GIVEN) answers.push({ sync, given, ...(await asked(qmp, { sync, given }, ended)) });
  await qmp.call('block-dirty-bitmap-remove', { node: 'legal-source', name: 'legal' });
  for (const name of ['legal-source', 'legal-target']) await qmp.call('blockdev-del', { 'node-name': name });
  return answers;
}

type Ended = (job: string) => Promise<void>;

async function asked(qmp: Qmp, { sync, given }: Asked, ended: Ended): Promise<Pick<Answer, 'isTaken' | 'refusal'>> {
  const job = `legal-${sync}-${given}`.replaceAll(' ', '-');
  const bitmap = given === 'no bitmap' ? {} : given === 'a bitmap alone' ? { bitmap: 'legal' } : { bitmap: 'legal', 'bitmap-mode': given };
  try {
    await qmp.call('blockdev-backup', { 'job-id': job, device: 'legal-source', target: 'legal-target', sync, ...bitmap });
  } catch (error) {
    if (error instanceof QmpFailure) return { isTaken: false, refusal: error.message };
    throw error;
  }
  if (!syncOf(sync === INCREMENTAL ? INCREMENTAL_MEANS : sync).endsByItself)
    await qmp.call('block-job-cancel', { device: job, force: true });
  await ended(job);
  return { isTaken: true, refusal: null };
}

/** Waits for the end of a job, which may have come before anybody waits. */
function jobsThatEnd(qmp: Qmp): Ended {
  const gone = new Set<string>();
  const waiting = new Map<string, () => void>();
  qmp.onEvent = ({ event, data }): void => {
    if (event !== 'JOB_STATUS_CHANGE') return;
    const { id, status } = data as unknown as { id: string; status: string };
    if (status !== 'null') return;
    gone.add(id);
    waiting.get(id)?.();
  };
  return (job) => new Promise((resolve) => (gone.has(job) ? resolve() : void waiting.set(job, resolve)));
}
