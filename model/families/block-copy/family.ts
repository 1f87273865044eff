/** `drive-backup` of QEMU 4.2 and later: a copy-before-write filter above the source, and block-copy. */
import { DirtyBitmap } from '../../block/dirty-bitmap.ts';
import { StatusCache } from '../../block/status-cache.ts';
import { DrainedSection } from '../../block/drained-section.ts';
import type { JobFamily } from '../family.ts';
import { LOCALS } from './call-state.ts';
import { BlockCopyJob } from './job.ts';
import type { Rules } from './rules.ts';
import type { CopyOptions } from './state.ts';
import { HELD } from './steps.ts';

export function blockCopyFamily(rules: Rules, options: CopyOptions): JobFamily {
  const { job, guest } = options.perf;
  return {
    plan: () => ({
      locals: LOCALS,
      bufferClusters: Math.max(job.chunk, guest.chunk),
      dirty: (world, sizes) => new DirtyBitmap(world, sizes),
      ...(options.blockStatus === 'cached' ? { statusCache: (world, name) => new StatusCache(world, name) } : {}),
      drained: (coroutines, name) => new DrainedSection(coroutines, name, HELD),
    }),
    build: (site) => new BlockCopyJob(site, rules, options),
  };
}
