/** What the report of a shard keeps of a run on a real QEMU: what is counted of it, and of a failure its cause and its trace. */
import { z } from 'zod';
import { BITMAP_MODES, SYNC_MODES } from '../../../../model/sync.ts';
import { writeTrace } from '../../../trace/write.ts';
import type { UnitCodec } from '../../campaign/unit-codec.ts';
import { QEMU_SITUATIONS } from '../case/situations.ts';
import { causeOf } from './cause.ts';
import type { QemuCampaign, QemuRun } from './job.ts';
import { failingTraceOf } from './real-trace.ts';
import { type RunCounts, countsOf } from './tally.ts';

export interface RunRecord {
  readonly counts: RunCounts;
  /** Null: nothing broke. */
  readonly failure: { readonly cause: readonly string[]; readonly preemptions: number; readonly trace: string } | null;
}

/** @param version of the QEMU */
export function recordOf(
  { run, result }: QemuRun,
  version: string,
  { strategy, seed }: Pick<QemuCampaign, 'strategy' | 'seed'>,
): RunRecord {
  const counts = countsOf(result);
  if (!counts.broken) return { counts, failure: null };
  const trace = writeTrace(failingTraceOf(result, version, { strategy, seed, run }));
  return { counts, failure: { cause: causeOf(result), preemptions: result.preemptions, trace } };
}

const TRACE_MAX = 2 ** 24;
const count = z.int().min(0);

const record = z
  .strictObject({
    counts: z.strictObject({
      mode: z.enum(SYNC_MODES),
      steps: count,
      cutOff: z.boolean(),
      situations: z.array(z.enum(Object.keys(QEMU_SITUATIONS))),
      broken: z.boolean(),
      sync: z.string().max(20),
      bitmapMode: z.enum(BITMAP_MODES).nullable(),
      ending: z.enum(['success', 'cancelled', 'source error', 'target error']).nullable(),
      guestCopyFailed: z.boolean(),
    }),
    failure: z
      .strictObject({ cause: z.array(z.string().max(200)).min(1).max(20), preemptions: count, trace: z.string().max(TRACE_MAX) })
      .nullable(),
  })
  .refine(({ counts, failure }) => counts.broken === (failure !== null));

export const QEMU_RUNS: UnitCodec<RunRecord> = { write: (run) => run, read: (written) => record.parse(written) };
