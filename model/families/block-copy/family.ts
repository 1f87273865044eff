/** `drive-backup` of QEMU 4.2 and later: a copy-before-write filter above the source, and block-copy. */
import { modesWhere } from '../../sync.ts';
import type { JobFamily } from '../family.ts';
import { LOCALS } from './call-state.ts';
import { BlockCopyJob } from './job.ts';
import type { Rules } from './rules.ts';
import { CHUNK_CLUSTERS } from './state.ts';
import { HELD } from './steps.ts';

/** TOP scans the disk first for what it need not copy, and skips that in its calls: that is not here. */
export const MODES = modesWhere(({ selects }) => selects !== 'allocated');

export function blockCopyFamily(rules: Rules): JobFamily {
  return {
    plan: () => ({ locals: LOCALS, bufferClusters: CHUNK_CLUSTERS, held: HELD }),
    build: (site) => new BlockCopyJob(site, rules),
  };
}
