/** What an aim is: a run that is made to come to a certain situation, which runs drawn at random meet too rarely. */
import type { FaultOp } from '../../../../model/block/faults.ts';
import { type Scenario, whatIsWrong } from '../../../../model/scenario/scenario.ts';
import type { GuestKind } from '../../../../model/block/guest.ts';
import type { GuestOperation } from '../../../../model/scenario/scenario.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import type { Hold } from '../case/hold-back.ts';
import type { Start } from '../../../validate/start.ts';
import type { Drawn } from '../case/start.ts';
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';

/** What is run, and what is held back in it. */
export interface Aimed extends Drawn {
  readonly holds: readonly Hold[];
}

/** What an aim may make of a run. */
export interface AimScope {
  readonly requestsMax: number;
  readonly faults: boolean;
  /** Whether it may be a chain of backups: several runs in one, so only where it is asked for. */
  readonly chains: boolean;
}

/** @returns null: such a run can't be aimed so */
export type Aim = (drawn: Drawn, scope: AimScope, random: RandomNumbers) => Aimed | null;

/** One of these, each as likely. */
export const oneOf = <const T extends readonly unknown[]>(random: RandomNumbers, ...choices: T): T[number] =>
  choices[random.below(choices.length)]!;

/** Clusters of the backup. */
export const clustersIn = ({ disk }: Scenario): number => Math.ceil(disk.sectors / disk.clusterSectors);

export interface Stretch {
  readonly first: number;
  readonly count: number;
}

/** The sectors of some clusters, as far as the disk goes. */
export function sectorsOf({ disk }: Scenario, cluster: number, clusters = 1): Stretch {
  const first = cluster * disk.clusterSectors;
  return { first, count: Math.min(disk.sectors, first + clusters * disk.clusterSectors) - first };
}

/** Some sectors in a row that begin in a cluster, and may reach into the next. */
export function someSectorsAt(scenario: Scenario, cluster: number, random: RandomNumbers): Stretch {
  const { first, count } = sectorsOf(scenario, cluster);
  const from = first + oneOf(random, 0, random.below(count));
  const most = Math.min(scenario.disk.sectors - from, oneOf(random, count, 2 * count));
  return { first: from, count: oneOf(random, Math.min(most, first + count - from), 1 + random.below(most)) };
}

/** A guest's request that has no name yet: what comes before it is told by its place among the others. */
export interface NewRequest extends Stretch {
  readonly kind: GuestKind;
  readonly early?: boolean;
  /** Places in the list of those that must have ended before. */
  readonly after?: readonly number[];
}

/** How many of the requests that were drawn stay beside those of an aim. */
const OTHERS_MAX = 2;

/**
 * The scenario with these requests first, and a few of those that were drawn behind them.
 * @returns also their ids, in the order of the requests
 */
export function withRequests(
  scenario: Scenario,
  requests: readonly NewRequest[],
  { requestsMax }: AimScope,
  random: RandomNumbers,
): { readonly scenario: Scenario; readonly ids: readonly string[] } {
  const ids = requests.map((_, i) => `g${i + 1}`);
  const others = scenario.guest.slice(0, Math.min(random.below(OTHERS_MAX + 1), Math.max(0, requestsMax - requests.length)));
  const guest: GuestOperation[] = [
    ...requests.map(({ kind, first, count, early = false, after = [] }, i) => ({
      id: ids[i]!,
      kind,
      first,
      count,
      after: after.map((place) => ids[place]!),
      early,
    })),
    ...others.map((other, i) => ({ ...other, id: `g${requests.length + i + 1}`, after: [] })),
  ];
  const { cancelAfter: _cancelAfter, ...rest } = scenario;
  return { scenario: { ...rest, guest, cancelAfter: [] }, ids };
}

/** The same with no error but these, each once: cluster by cluster at most one of a kind. */
export const withFaults = (scenario: Scenario, ...faults: NonNullable<Scenario['faults']>): Scenario => ({ ...scenario, faults });

/** Where a copy of a cluster can fail. */
export const COPY_FAULTS = [
  { side: 'source', op: 'read' },
  { side: 'target', op: 'write' },
] as const satisfies readonly { side: 'source' | 'target'; op: FaultOp }[];

/** The same where a cluster is data in the source, not zeroes, and is its own. */
export function withDataIn(scenario: Scenario, cluster: number): Scenario {
  const { first, count } = sectorsOf(scenario, cluster);
  const { overlay } = scenario.disk;
  const zero = scenario.disk.zero.filter((s) => s < first || s >= first + count);
  if (overlay === undefined) return { ...scenario, disk: { ...scenario.disk, zero } };
  const own = Math.floor(first / overlay.clusterSectors);
  return {
    ...scenario,
    disk: {
      ...scenario.disk,
      zero,
      overlay: {
        ...overlay,
        allocated: [...new Set([...overlay.allocated, own])].toSorted((a, b) => a - b),
        zeroClusters: overlay.zeroClusters.filter((c) => c !== own),
      },
    },
  };
}

/** One worker and chunks of a cluster, where QEMU can be told so, and no larger clusters of the target: cluster after cluster. */
export function oneByOne({ scenario, start }: Drawn): Drawn {
  const { disk, targetClusterSectors } = scenario;
  const chunk = start.chunk === null ? {} : { workers: 1, chunk: BACKUP_CLUSTER_BYTES };
  return {
    scenario: { ...scenario, targetClusterSectors: Math.min(targetClusterSectors, disk.clusterSectors) },
    start: { ...start, ...chunk, minCluster: null } satisfies Start,
  };
}

/** The aim, unless the scenario that came of it makes no sense. */
export const sensible = (aimed: Aimed): Aimed | null => (whatIsWrong(aimed.scenario) === null ? aimed : null);
