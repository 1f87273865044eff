/** How much block-copy does at once. */

/** What a call of block-copy does at once, at most. */
export interface CopyLimits {
  /** Tasks that run at a time. */
  readonly workers: number;
  /** Clusters of a task. */
  readonly chunk: number;
}

/** The limits of the job's calls (QEMU: `x-perf`), and of those of the guest's requests (QEMU: constants of block/block-copy.c). */
export interface Perf {
  readonly job: CopyLimits;
  readonly guest: CopyLimits;
}

/** As few as can be cut short, or be waited for. QEMU: 64 workers, and 1 MiB, which is 16 clusters. */
const FEW: CopyLimits = { workers: 2, chunk: 2 };
export const PERF_PLAIN: Perf = { job: FEW, guest: FEW };

/** QEMU: `BLOCK_COPY_MAX_WORKERS`, which no guest comes near to. */
export const COPY_LIMIT_MAX = 64;
