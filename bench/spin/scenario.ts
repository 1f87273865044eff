/** One of our scenarios, as the header (`scenario.h`) of the model for Spin. */
import type { RuleName } from '../../model/families/notifier/rules.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { syncOf } from '../../model/sync.ts';

/** The rules that backup.pml can leave out, to show that its claim can fail. */
export const SPIN_RULES = ['copyBeforeWrite', 'waitForOverlappingCopies'] as const satisfies readonly RuleName[];
export type SpinRule = (typeof SPIN_RULES)[number];

/** Pids, contents and cells of the model are bytes, and 255 is nobody. */
const REQUESTS_MAX = 250;
const SECTORS_MAX = 250;

/** @throws if the model for Spin does not know what the scenario asks for */
export function spinHeader(scenario: Scenario, without: readonly SpinRule[]): string {
  const unknown = whatIsUnknown(scenario);
  if (unknown !== null) throw new Error(`the model for Spin knows plain writes on a healthy disk, not ${unknown}`);
  const { mode, disk, guest, cancel } = scenario;
  const clusters = Math.ceil(disk.sectors / disk.clusterSectors);
  const zero = new Set(disk.zero);
  const allocated = new Set(disk.overlay?.allocated);
  const defines: Record<string, string | number> = {
    MODE: mode.toUpperCase(),
    CANCEL: cancel ? 1 : 0,
    SECTORS: disk.sectors,
    CLUSTER_SECTORS: disk.clusterSectors,
    CLUSTERS: clusters,
    WRITES: guest.length,
    FIRST_SECTORS: array(guest.map(({ first }) => first)),
    END_SECTORS: array(guest.map(({ first, count }) => first + count)),
    DISK_AT_T0: array(Array.from({ length: disk.sectors }, (_, s) => (zero.has(s) ? 'ZERO' : 'OLD'))),
    ALLOCATED_AT_T0: array(Array.from({ length: clusters }, (_, c) => (allocated.has(c) ? 1 : 0))),
    'MAY_START(guest)': mayStartAll(guest),
    COPY_BEFORE_WRITE: String(!without.includes('copyBeforeWrite')),
    WAIT_FOR_OVERLAPPING_COPIES: String(!without.includes('waitForOverlappingCopies')),
  };
  return header(defines);
}

export const header = (defines: Readonly<Record<string, string | number>>): string =>
  Object.entries(defines)
    .map(([name, value]) => `#define ${name} ${value}\n`)
    .join('');

export const array = (values: readonly (string | number)[]): string => `{ ${values.join(', ')} }`;

/** In Promela, of all requests: whether whatever comes before has ended. */
export const mayStartAll = (guest: readonly GuestOperation[]): string =>
  guest.map((g, i) => `(guest != ${i} || (${mayStart(guest, g)}))`).join(' && ');

/** In Promela: whether whatever comes before this request has ended. */
function mayStart(guest: readonly GuestOperation[], { after }: GuestOperation): string {
  return after.length === 0 ? 'true' : after.map((id) => `ended[${guest.findIndex((g) => g.id === id)}]`).join(' && ');
}

function whatIsUnknown(scenario: Scenario): string | null {
  const { mode, disk, targetClusterSectors, existingTarget, guest, cancel } = scenario;
  const { selects, endsByItself } = syncOf(mode);
  const other = guest.find(({ kind, early }) => kind !== 'write' || early);
  if (other !== undefined) return `request ${other.id}`;
  if (guest.length === 0 || guest.length > REQUESTS_MAX || disk.sectors === 0 || disk.sectors > SECTORS_MAX)
    return `${guest.length} writes on ${disk.sectors} sectors`;
  if (cancel === endsByItself) return cancel ? 'a cancel that nothing needs' : `a job of mode ${mode} that nobody cancels`;
  if (targetClusterSectors !== plainTargetClusterSectors(mode, disk.clusterSectors) || existingTarget !== undefined) return 'such a target';
  if (
    selects === 'allocated'
      ? disk.overlay?.clusterSectors !== disk.clusterSectors || disk.overlay.baseSectors !== disk.sectors
      : disk.overlay !== undefined
  )
    return 'such a source';
  if (
    scenario.cancelAfter?.length ||
    disk.throttled ||
    disk.copyOnRead ||
    scenario.pause ||
    scenario.resume ||
    scenario.speed ||
    scenario.onError ||
    scenario.faults?.length
  )
    return 'what it asks for beside them';
  return null;
}
