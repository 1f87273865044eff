/** One of our scenarios, as the header (`scenario.h`) of the model of block-copy for Spin. */
import type { RuleName } from '../../model/families/block-copy/rules.ts';
import { PERF_PLAIN } from '../../model/job/copy-limits.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { syncOf } from '../../model/sync.ts';
import { array, header, mayStartAll } from './scenario.ts';

/** The rules that block-copy.pml can leave out, to show that its claim can fail. */
export const BLOCK_COPY_SPIN_RULES = ['copyBeforeWrite', 'waitForTasksInRange'] as const satisfies readonly RuleName[];
export type BlockCopySpinRule = (typeof BLOCK_COPY_SPIN_RULES)[number];

/** Pids, contents and cells of the model are bytes, and 255 is nobody. */
const PROCESSES_MAX = 250;
const SECTORS_MAX = 250;

/** @throws if the model for Spin does not know what the scenario asks for */
export function blockCopySpinHeader(scenario: Scenario, without: readonly BlockCopySpinRule[]): string {
  const unknown = whatIsUnknown(scenario);
  if (unknown !== null)
    throw new Error(`the model of block-copy for Spin knows a FULL backup of raw disks under plain writes, not ${unknown}`);
  const { disk, guest, perf: { job } = PERF_PLAIN } = scenario;
  const { sectors, clusterSectors } = disk;
  const clusters = Math.ceil(sectors / clusterSectors);
  const zero = new Set(disk.zero);
  return header({
    SECTORS: sectors,
    CLUSTER_SECTORS: clusterSectors,
    CLUSTERS: clusters,
    WRITES: guest.length,
    WORKERS: job.workers,
    CHUNK: job.chunk,
    FIRST_SECTORS: array(guest.map(({ first }) => first)),
    END_SECTORS: array(guest.map(({ first, count }) => first + count)),
    FIRST_CLUSTERS: array([0, ...guest.map(({ first }) => Math.floor(first / clusterSectors))]),
    END_CLUSTERS: array([clusters, ...guest.map(({ first, count }) => Math.ceil((first + count) / clusterSectors))]),
    DISK_AT_T0: array(Array.from({ length: sectors }, (_, s) => (zero.has(s) ? 'ZERO' : 'OLD'))),
    'MAY_START(guest)': mayStartAll(guest),
    COPY_BEFORE_WRITE: String(!without.includes('copyBeforeWrite')),
    WAIT_FOR_TASKS_IN_RANGE: String(!without.includes('waitForTasksInRange')),
  });
}

function whatIsUnknown(scenario: Scenario): string | null {
  const { mode, disk, guest, targetClusterSectors, cancel, perf = PERF_PLAIN } = scenario;
  if (syncOf(mode).selects !== 'all') return `mode ${mode}`;
  const other = guest.find(({ kind, early }) => kind !== 'write' || early);
  if (other !== undefined) return `request ${other.id}`;
  if (guest.length === 0 || disk.sectors === 0 || disk.sectors > SECTORS_MAX) return `${guest.length} writes on ${disk.sectors} sectors`;
  const { job, guest: theirs } = perf;
  if (job.workers !== theirs.workers || job.chunk !== theirs.chunk) return 'calls of different limits';
  if (2 + guest.length + (1 + guest.length) * job.workers > PROCESSES_MAX) return `${guest.length} writes with ${job.workers} tasks each`;
  if (cancel) return 'a cancel';
  if (targetClusterSectors !== 0 || scenario.existingTarget !== undefined) return 'such a target';
  if (disk.overlay !== undefined || disk.throttled || disk.copyOnRead || (disk.blockStatus ?? 'data') !== 'data') return 'such a source';
  const { pause, resume, speed, onError, faults, bitmap, transaction, snapshotAccess, onCbwError } = scenario;
  const beside = [pause, resume, speed, onError, faults?.length, bitmap, transaction, snapshotAccess, onCbwError];
  return beside.some(Boolean) ? 'what it asks for beside them' : null;
}
