/** What decides which machine runs a scenario: scenarios of one shape run on the same. */
import type { BlockStatusTells, DiscardReads } from '../block/image.ts';
import type { CustomJobFile } from '../families/custom/file-name.ts';
import type { WakeOrder } from '../kernel/wake/orders.ts';
import type { BitmapMode, SyncMode } from '../sync.ts';
import { type Scenario, type Start, isOnSecondDisk } from '../scenario/scenario.ts';
import { PERF_PLAIN, type Perf } from '../job/copy-limits.ts';
import { blockersOf } from './guest-waits-for.ts';
import { type FamilyName, type JobName, type RuleName, familyOfJob } from './job-names.ts';

/** What decides the layout of the cells and the code that runs on them. All else is data. */
export interface Shape {
  readonly mode: SyncMode;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly sourceClusterSectors: number;
  readonly baseSectors: number | null;
  /** As in `OverlayLayout`. */
  readonly parallelOverlay: boolean;
  readonly throttled: boolean;
  readonly copyOnRead: boolean;
  readonly snapshotAccess: boolean;
  readonly breaksSnapshot: boolean;
  readonly endlessGuest: boolean;
  /** How the jobs of two disks are started; null: there is one disk. */
  readonly transaction: Start | null;
  /** The second action of the transaction fails. */
  readonly transactionFails: boolean;
  /** Which slots for guest requests are for the second disk. */
  readonly onSecondDisk: readonly number[];
  /** Of the dirty bitmap that the job is given; null: it is given none. */
  readonly bitmapMode: BitmapMode | null;
  readonly perf: Perf;
  readonly blockStatus: BlockStatusTells;
  readonly targetClusterSectors: number;
  /** Of a target that was there before; null: a new one, as long as the source. */
  readonly targetSectors: number | null;
  readonly targetIsBare: boolean;
  readonly targetIsSource: boolean;
  readonly discardReads: DiscardReads;
  /** Slots for guest requests; a scenario may use fewer. */
  readonly requests: number;
  readonly dependents: number;
  readonly operator: boolean;
  /** QEMU is told to quit, and is started again. */
  readonly quits: boolean;
  readonly faults: boolean;
  readonly effects: 'cluster' | 'sector';
  readonly wake: WakeOrder;
  readonly without: readonly RuleName[];
  /** Absent: the notifier's, or a custom job. */
  readonly family?: FamilyName;
  /** As in `Setting`. */
  readonly customJob?: CustomJobFile;
  readonly asked?: string;
}

/** How experiments are run, whatever the scenario. */
export interface Setting {
  readonly effects: 'cluster' | 'sector';
  readonly wake: WakeOrder;
  /** All rules that are off, and the name under which somebody asked for them; absent: `correct`. */
  readonly without: readonly RuleName[];
  readonly job?: JobName;
  /** The custom job that runs in place of cowcheck's (families/custom/registry.ts). */
  readonly customJob?: CustomJobFile;
  /** Properties that are asked besides, or not asked (families/custom/more-asked.ts), by their name. */
  readonly asked?: string;
  /** Room for at least so many guest requests, so that scenarios with fewer share a machine. */
  readonly requestsMin: number;
}

export function shapeOf(scenario: Scenario, setting: Setting): Shape {
  const { mode, disk, targetClusterSectors, existingTarget, guest, cancelAfter = [] } = scenario;
  const startsAfter = scenario.transaction?.startsAfter ?? [];
  const family = familyOfJob(setting.job ?? 'correct');
  const requests = Math.max(setting.requestsMin, guest.length);
  return {
    mode,
    sectors: disk.sectors,
    clusterSectors: disk.clusterSectors,
    sourceClusterSectors: disk.overlay?.clusterSectors ?? 0,
    baseSectors: disk.overlay?.baseSectors ?? null,
    parallelOverlay: disk.overlay?.parallel === true,
    throttled: disk.throttled ?? false,
    copyOnRead: disk.copyOnRead ?? false,
    snapshotAccess: scenario.snapshotAccess ?? false,
    breaksSnapshot: scenario.onCbwError === 'break-snapshot',
    endlessGuest: scenario.endlessGuest ?? false,
    transaction: scenario.transaction?.start ?? null,
    transactionFails: scenario.transaction?.fails === true,
    onSecondDisk: guest.flatMap(({ id }, i) => (isOnSecondDisk(scenario, id) ? [i] : [])),
    bitmapMode: scenario.bitmap?.mode ?? null,
    perf: scenario.perf ?? PERF_PLAIN,
    blockStatus: disk.blockStatus ?? 'data',
    targetClusterSectors,
    targetSectors: existingTarget?.sectors ?? null,
    targetIsBare: existingTarget?.backed === false,
    targetIsSource: existingTarget?.isSource === true,
    discardReads: disk.discardReads,
    requests,
    dependents: Math.max(2 * requests, blockersOf(scenario).flat().length) + 3 + cancelAfter.length + startsAfter.length,
    operator: hasOperator(scenario),
    quits: scenario.restart ?? false,
    faults: (scenario.faults ?? []).length > 0,
    effects: setting.effects,
    wake: setting.wake,
    without: setting.without,
    ...(family === 'notifier' ? {} : { family }),
    ...(setting.customJob === undefined ? {} : { customJob: setting.customJob }),
    ...(setting.asked === undefined ? {} : { asked: setting.asked }),
  };
}

const hasOperator = ({ pause = false, resume = false }: Scenario): boolean => pause || resume;
