/** What `check` was asked for, as commander hands it on. What is absent was not given. */
import type { JobName } from '../../model/backup/eras.ts';
import type { RuleName } from '../../model/backup/rules.ts';
import type { SyncMode } from '../../model/backup/drive-backup.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import type { WakeOrder } from '../../model/kernel/coroutine.ts';
import type { VariantName } from '../explore/scope.ts';

export interface Flags {
  mode: SyncMode | 'all';
  job: JobName;
  without: RuleName[];
  wake: WakeOrder;
  effects?: 'cluster' | 'sector';
  strategy: string;
  exhaustive: boolean;
  runs?: number;
  seconds?: number;
  seed?: string;
  clusters?: number;
  clusterSectors: number;
  writes?: number;
  variants?: VariantName[];
  kinds?: readonly GuestKind[];
  workload?: string;
  faults: boolean;
  workers: number;
  memory?: number;
  keepGoing: boolean;
  proveSeconds: number;
  out: string;
  json: boolean;
  color: boolean;
}

export const modesOf = ({ mode }: Flags): SyncMode[] => (mode === 'all' ? ['full', 'top', 'none'] : [mode]);
