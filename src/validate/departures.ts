/**
 * Where QEMU 7.2 goes another way than the loop of 1.6, as far as that shows with one worker and chunks of a cluster
 * (docs/qemu-validation.md has the same list with the reasons). They excuse nothing: a log that the model refuses is
 * refused. They say whether the refusal is one that was to be expected where it came, so that another one stands out.
 */
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { changesTheDisk } from '../../model/block/guest.ts';
import { syncOf } from '../../model/sync.ts';
import type { TraceStep } from '../trace/format.ts';
import { FILTER } from './comparable.ts';
import { parseStretch } from './contents-text.ts';
import type { Refusal } from './refusal.ts';

export const DEPARTURES = {
  severalAtOnce: 'A request over several clusters does not wait for all of them to be free, and copies them at once.',
  passesOver: 'The job passes over a cluster that is being copied, and takes the next.',
  begunAhead: 'The job has begun the next cluster while it copies one: a pause or a cancel comes too late for it.',
  readersHoldStores:
    'NONE: a reader of the point in time keeps copies from storing, not from reading, and does not wait for those that read.',
  readsInPieces: 'A read of an overlay, or of a NONE target over its source, is made in pieces, all of them at once.',
  waitsOnlyToCopy: 'A request of which all clusters have been copied does not wait for a larger request that holds them.',
  discardsInPieces: 'A discard is cut where clusters of the target begin, and copies for a piece before it discards that.',
  onlyAllocatedAtT0:
    'TOP: once the job has begun, what was unallocated at T0 is not copied any more, not even before a guest overwrites it.',
} as const;
export type DepartureName = keyof typeof DEPARTURES;

/** Where a log was refused. */
interface Place {
  readonly scenario: Scenario;
  readonly refusals: readonly Refusal[];
  /** Steps before the one that was refused. */
  readonly before: readonly TraceStep[];
  /** The cluster that a copy is about, if the refused event is of a copy. */
  readonly copied: number | null;
  /** The request that changes the disk which the refused event says has passed the hook; null: it says no such thing. */
  readonly goesOn: GuestOperation | null;
  /** The refused event is the job's end. */
  readonly hasEndedNow: boolean;
  /** Before it, clusters of one request came to the target in another than ascending order: in the model others must have helped. */
  readonly wereCopiedOutOfOrder: boolean;
  /** Clusters that the model had copied by then. */
  readonly copiedByModel: ReadonlySet<number>;
  /** Requests that change the disk and have been asked for, but not answered. */
  readonly inFlight: readonly GuestOperation[];
  /** All that change the disk and have been asked for. */
  readonly issued: readonly GuestOperation[];
  /** Those in flight that read the disk, or the point in time. */
  readonly reads: readonly GuestOperation[];
}

/** Whether the job goes over the disk. */
const sweeps = ({ mode }: Scenario): boolean => syncOf(mode).selects !== 'none';

const EXPLAINS: Readonly<Record<DepartureName, (place: Place) => boolean>> = {
  severalAtOnce: ({ copied, goesOn, copiedByModel, inFlight, scenario, hasEndedNow, wereCopiedOutOfOrder }) => {
    const isHeldWithOthers = (c: number): boolean =>
      inFlight.some((g) => g !== goesOn && touches(g, c, scenario) && clustersOf(g, scenario).length > 1);
    if (copied !== null) return isHeldWithOthers(copied);
    if (goesOn === null) return hasEndedNow && wereCopiedOutOfOrder;
    const left = clustersOf(goesOn, scenario).filter((c) => !copiedByModel.has(c));
    return left.length > 0 && left.every((c) => isCopiedUnseen(c, scenario) && isHeldWithOthers(c));
  },
  passesOver: ({ copied, inFlight, scenario, refusals }) =>
    copied !== null &&
    sweeps(scenario) &&
    (refusals.some(({ waiting }) => waiting.some((text) => text.startsWith('job: wait c') && text !== `job: wait c${copied}`)) ||
      inFlight.some((g) => clustersOf(g, scenario).some((c) => c < copied))),
  begunAhead: ({ copied, before, scenario }) =>
    copied !== null &&
    sweeps(scenario) &&
    before.some(({ who, what }) => (who === 'user' && what === 'cancel') || (who === 'operator' && what === 'pause')),
  readersHoldStores: ({ copied, reads }) => copied !== null && reads.some(({ kind }) => kind === 'readT0'),
  readsInPieces: ({ scenario, reads, refusals }) =>
    (scenario.disk.overlay !== undefined || reads.some(({ kind }) => kind === 'readT0')) &&
    refusals.some(({ next, instead }) =>
      next.some(
        (text) =>
          reads.some(({ id, count }) => count > 1 && (text === `${id} ok` || text.startsWith('took source'))) ||
          instead.some((other) => isPieceOf(text, other)),
      ),
    ),
  waitsOnlyToCopy: ({ goesOn, copiedByModel, inFlight, scenario }) =>
    goesOn !== null &&
    clustersOf(goesOn, scenario).every((c) => copiedByModel.has(c)) &&
    inFlight.some((g) => g !== goesOn && clustersOf(goesOn, scenario).some((c) => touches(g, c, scenario))),
  discardsInPieces: ({ goesOn, scenario }) => goesOn?.kind === 'discard' && clustersOf(goesOn, scenario).length > 1,
  onlyAllocatedAtT0: ({ scenario, issued, copied, goesOn, copiedByModel, hasEndedNow }) =>
    syncOf(scenario.mode).selects === 'allocated' &&
    (goesOn === null
      ? (copied !== null || hasEndedNow) && issued.some((g) => clustersOf(g, scenario).some((c) => !isAllocatedAtT0(c, scenario)))
      : clustersOf(goesOn, scenario).every((c) => copiedByModel.has(c) || !isAllocatedAtT0(c, scenario))),
};

/** The first that explains it; null: none. */
export function departureOf(scenario: Scenario, schedule: readonly TraceStep[], refusals: readonly Refusal[]): DepartureName | null {
  const [refusal] = refusals;
  if (refusal === undefined) return null;
  const before = schedule.slice(0, refusal.step - 1);
  const begun = schedule.findIndex(({ what, saw }) => what === FILTER || saw.split(', ').includes('started'));
  const wasThere = (id: string): boolean => schedule.slice(0, begun).some(({ who }) => who === id);
  const copied = refusal.next.map((text) => copiedBy(text, scenario, wasThere)).find((cluster) => cluster !== null) ?? null;
  const wasIssued = ({ id }: GuestOperation): boolean => schedule.slice(0, refusal.step).some(({ who }) => who === id);
  const wasAnswered = ({ id }: GuestOperation): boolean => before.some(({ saw }) => saw.split(', ').includes(`${id} ok`));
  const underWay = scenario.guest.filter((g) => wasIssued(g) && !wasAnswered(g));
  const inFlight = underWay.filter(({ kind }) => changesTheDisk(kind));
  const goesOn =
    inFlight.find((g) =>
      refusal.next.some((text) => text === `${g.id} ok` || text.endsWith(` source ${g.first}-${g.first + g.count - 1}`)),
    ) ?? null;
  const hasEndedNow = refusal.next.some((text) => text === 'CANCELLED' || text.startsWith('COMPLETED'));
  const wereCopiedOutOfOrder = scenario.guest.some((g) => changesTheDisk(g.kind) && isDescending(landedWhile(g, before, scenario)));
  const place: Place = {
    scenario,
    refusals,
    before,
    copied,
    goesOn,
    hasEndedNow,
    wereCopiedOutOfOrder,
    copiedByModel: copiedIn(refusal, scenario),
    inFlight,
    issued: scenario.guest.filter((g) => changesTheDisk(g.kind) && wasIssued(g)),
    reads: underWay.filter(({ kind }) => kind === 'read' || kind === 'readT0'),
  };
  return (Object.keys(DEPARTURES) as DepartureName[]).find((name) => EXPLAINS[name](place)) ?? null;
}

/**
 * `store target 8-15` is about cluster 1, where a cluster has 8 sectors. Null: it is no copy's, or of contents that the
 * disk can't have shown at T0, for which no order is an excuse.
 * @param wasThere whether a request had been asked for before T0
 */
function copiedBy(text: string, scenario: Scenario, wasThere: (id: string) => boolean): number | null {
  const [, sector, contents = ''] = /^(?:took source|(?:store|land|stored) target) (\d+)-\d+(?: (.*))?$/.exec(text) ?? [];
  if (sector === undefined) return null;
  const first = Number(sector);
  const isOld = contents === '' || contents.split(' ').every((name, i) => mayBeOfT0(name, first + i, scenario, wasThere));
  return isOld ? Math.floor(first / scenario.disk.clusterSectors) : null;
}

function mayBeOfT0(name: string, sector: number, { disk, guest }: Scenario, wasThere: (id: string) => boolean): boolean {
  if (name === 'zero')
    return (
      disk.overlay !== undefined ||
      disk.zero.includes(sector) ||
      guest.some((g) => wasThere(g.id) && g.kind !== 'write' && g.first <= sector && sector < g.first + g.count)
    );
  const [, of, id] = /^s(\d+)(?:@0|\.(.+))$/.exec(name) ?? [];
  return of === String(sector) && (id === undefined || wasThere(id));
}

/** A copy has ended with the target's saying so. */
function copiedIn({ schedule }: Refusal, { disk: { clusterSectors } }: Scenario): Set<number> {
  const places = schedule.flatMap(({ what }) => /^copy\.(?:zero\.)?done ([cs])(\d+)$/.exec(what)?.slice(1) ?? []);
  const clusters = new Set<number>();
  for (let i = 0; i < places.length; i += 2)
    clusters.add(places[i] === 'c' ? Number(places[i + 1]) : Math.floor(Number(places[i + 1]) / clusterSectors));
  return clusters;
}

/** Whether what was taken is less than what the model could take: `took source 8-9 ...`, and `job: took source 8-15 ...`. */
function isPieceOf(text: string, other: string): boolean {
  const [taken, whole] = [text, other].map((each) => /took source (\d+)-(\d+)/.exec(each)?.slice(1).map(Number));
  if (taken === undefined || whole === undefined) return false;
  return whole[0]! <= taken[0]! && taken[1]! <= whole[1]! && taken.join() !== whole.join();
}

/** The clusters of a request that came to the target while it was in flight, as they came. */
function landedWhile(g: GuestOperation, steps: readonly TraceStep[], scenario: Scenario): number[] {
  const issued = steps.findIndex(({ who }) => who === g.id);
  const answered = steps.findIndex(({ saw }) => saw.split(', ').includes(`${g.id} ok`));
  const under = issued < 0 ? [] : steps.slice(issued, answered < 0 ? undefined : answered);
  const places = under.flatMap(({ who, what, saw }) => (who === 'target' && what.startsWith('write.land') ? [parseStretch(saw)] : []));
  return places
    .flatMap((place) => (place === null ? [] : [Math.floor(place.first / scenario.disk.clusterSectors)]))
    .filter((c) => touches(g, c, scenario));
}

const isDescending = (clusters: readonly number[]): boolean => clusters.some((c, i) => i > 0 && c < clusters[i - 1]!);

/** Zeroes are stored in a format's file as metadata. */
function isCopiedUnseen(cluster: number, { targetClusterSectors, disk: { clusterSectors, sectors, zero } }: Scenario): boolean {
  for (let s = cluster * clusterSectors; s < Math.min(sectors, (cluster + 1) * clusterSectors); s++) if (!zero.includes(s)) return false;
  return targetClusterSectors > 0;
}

function clustersOf({ first, count }: GuestOperation, { disk: { clusterSectors } }: Scenario): number[] {
  const from = Math.floor(first / clusterSectors);
  return Array.from({ length: Math.ceil((first + count) / clusterSectors) - from }, (_, i) => from + i);
}

const touches = (g: GuestOperation, cluster: number, scenario: Scenario): boolean => clustersOf(g, scenario).includes(cluster);

function isAllocatedAtT0(cluster: number, { disk: { clusterSectors, sectors, overlay } }: Scenario): boolean {
  if (overlay === undefined) return true;
  for (let s = cluster * clusterSectors; s < Math.min(sectors, (cluster + 1) * clusterSectors); s++) {
    const own = Math.floor(s / overlay.clusterSectors);
    if (overlay.allocated.includes(own) || overlay.zeroClusters.includes(own)) return true;
  }
  return false;
}
