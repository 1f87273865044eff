/**
 * All scenarios of a size that have some features or fewer: what a proof goes through. Guest requests
 * that wait for nothing are interchangeable, so of lists that differ in their order there is one.
 */
import { type SyncMode, syncOf } from '../../model/sync.ts';
import { GUEST_KINDS, hasRange } from '../../model/block/guest.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import {
  type ExistingTarget,
  type GuestOperation,
  type OverlayLayout,
  type Scenario,
  type TwoDisks,
  whatIsWrong,
} from '../../model/scenario/scenario.ts';
import { requestsOf, withEachValue } from '../scenarios/dimensions/enumerated.ts';
import { type EnumerationScope, either } from '../scenarios/dimensions/variation.ts';
import { type ScenarioSize, scenarioCost } from './cost.ts';
import type { Feature } from './features.ts';

export interface Family {
  readonly mode: SyncMode;
  readonly clusterSectors: number;
  readonly features: readonly Feature[];
}

/**
 * Those of a size, the shortest disks and of these the plainest scenarios first; always in the same order.
 * @param shouldStop asked before each, with how many wait to be brought into that order; then there are no more
 */
export function* scenariosOfSize(family: Family, size: ScenarioSize, shouldStop: (waiting: number) => boolean): Generator<Scenario> {
  const { clusterSectors } = family;
  for (let sectors = Math.max(0, (size.clusters - 1) * clusterSectors + 1); sectors <= size.clusters * clusterSectors; sectors++) {
    const waiting: { scenario: Scenario; frills: number }[] = [];
    for (const scenario of scenariosOn(sectors, family, size.requests)) {
      if (shouldStop(waiting.length)) return;
      if (whatIsWrong(scenario) === null) waiting.push({ scenario, frills: scenarioCost(scenario).frills });
    }
    for (const { scenario } of waiting.toSorted((a, b) => a.frills - b.frills)) yield scenario;
  }
}

function* scenariosOn(sectors: number, { mode, clusterSectors, features: list }: Family, requests: number): Generator<Scenario> {
  const features = new Set(list);
  const scope: EnumerationScope = { mode, clusterSectors, requests, has: (feature) => features.has(feature as Feature) };
  for (const disk of disksOf(sectors, scope, features)) {
    for (const target of targetsOf(mode, sectors, clusterSectors, features)) {
      for (const job of jobsOf({ mode, disk, ...target }, scope)) {
        const size = requests - count(job.cancel) - requestsOf(job);
        for (const scenario of withRequests(job, requestsOn(sectors, mode, features), size))
          yield* withEachValue('contents', scope, scenario);
      }
    }
  }
}

function* withRequests(job: Scenario, requests: readonly Request[], size: number): Generator<Scenario> {
  if (job.transaction !== undefined) yield* onTwoDisks(job, job.transaction, requests, size);
  else
    for (const guest of multisets(requests, size))
      yield { ...job, guest: guest.map((request, i) => ({ ...request, id: nameOf(i), after: [] })) };
}

/**
 * On two disks it makes a difference which of two requests comes after the other (properties/one-cut.ts), so each may come after one
 * that is before it in the list, and no order is like another.
 */
function* onTwoDisks(job: Scenario, transaction: TwoDisks, requests: readonly Request[], size: number): Generator<Scenario> {
  for (const list of sequences(requests, size)) {
    for (const second of subsets(upTo(size), size)) {
      for (const behind of sequences(upTo(size + 1), size)) {
        if (behind.some((n, i) => n > i)) continue;
        const guest = list.map((request, i) => ({ ...request, id: nameOf(i), after: behind[i] === 0 ? [] : [nameOf(behind[i]! - 1)] }));
        yield { ...job, guest, transaction: { ...transaction, second: second.map(nameOf) } };
      }
    }
  }
}

const nameOf = (request: number): string => `g${request + 1}`;

type Features = ReadonlySet<Feature>;
type Disk = Scenario['disk'];

/** Sectors of zeroes, zero clusters, sectors of old data in the target: one of each is enough to see what it does. */
const FEW = 1;

/** Clusters half or twice as large as those of the backup. */
const otherSizes = (clusterSectors: number): number[] => [...(clusterSectors % 2 === 0 ? [clusterSectors / 2] : []), 2 * clusterSectors];

function* disksOf(sectors: number, scope: EnumerationScope, features: Features): Generator<Disk> {
  const { mode, clusterSectors } = scope;
  const bare = { sectors, clusterSectors, zero: [], discardReads: 'zero' } as const;
  for (const { disk } of withEachValue('disk', scope, { mode, disk: bare, targetClusterSectors: 0, guest: [], cancel: false })) {
    for (const zero of subsets(upTo(sectors), features.has('zeroes') ? FEW : 0)) {
      const plain: Disk = { ...disk, zero };
      yield plain;
      if (syncOf(mode).selects === 'allocated' || features.has('overlay'))
        for (const overlay of overlaysOf(sectors, clusterSectors, features)) yield { ...plain, overlay };
    }
  }
}

function* overlaysOf(sectors: number, backupClusterSectors: number, features: Features): Generator<OverlayLayout> {
  const lengths: (number | null)[] = [
    ...(features.has('shortBase') ? upTo(sectors + 1).toReversed() : [sectors]),
    ...(features.has('noBase') ? [null] : []),
  ];
  for (const clusterSectors of [backupClusterSectors, ...(features.has('otherOverlay') ? otherSizes(backupClusterSectors) : [])]) {
    const clusters = upTo(Math.ceil(sectors / clusterSectors));
    for (const baseSectors of lengths) {
      for (const zeroClusters of subsets(clusters, features.has('zeroClusters') ? FEW : 0)) {
        for (const allocated of subsets(
          clusters.filter((c) => !zeroClusters.includes(c)),
          clusters.length,
        ))
          yield { clusterSectors, allocated, zeroClusters, baseSectors };
      }
    }
  }
}

function* targetsOf(
  mode: SyncMode,
  sectors: number,
  clusterSectors: number,
  features: Features,
): Generator<Pick<Scenario, 'targetClusterSectors' | 'existingTarget'>> {
  const plain = plainTargetClusterSectors(mode, clusterSectors);
  const others = plain === 0 ? [clusterSectors, ...otherSizes(clusterSectors)] : [...otherSizes(clusterSectors), 0];
  for (const targetClusterSectors of [plain, ...(features.has('otherTarget') ? others : [])]) {
    yield { targetClusterSectors };
    if (!features.has('existingTarget')) continue;
    if (features.has('sourceAsTarget'))
      yield { targetClusterSectors, existingTarget: { sectors, backed: false, data: [], isSource: true } };
    for (const length of features.has('otherLength') ? upTo(sectors + clusterSectors + 1).slice(1) : [sectors]) {
      for (const backed of [false, true]) {
        for (const data of subsets(upTo(length), features.has('oldData') ? FEW : 0))
          yield { targetClusterSectors, existingTarget: { sectors: length, backed, data } satisfies ExistingTarget };
      }
    }
  }
}

/** What happens to the job, as far as the requests suffice for it. */
function* jobsOf(
  parts: Pick<Scenario, 'mode' | 'disk' | 'targetClusterSectors' | 'existingTarget'>,
  scope: EnumerationScope,
): Generator<Scenario> {
  for (const cancel of [false, true]) {
    const requests = scope.requests - count(cancel);
    for (const scenario of withEachValue('job', scope, { ...parts, guest: [], cancel, cancelAfter: [] }))
      if (requestsOf(scenario) <= requests) yield scenario;
  }
}

type Request = Omit<GuestOperation, 'id' | 'after'>;

/** Kinds that differ in nothing but what is asked, the plainest first. */
function requestsOn(sectors: number, mode: SyncMode, features: Features): Request[] {
  const ranges = upTo(sectors).flatMap((first) => upTo(sectors - first).map((more) => ({ first, count: more + 1 })));
  return GUEST_KINDS.flatMap((kind) => {
    if ((kind === 'readT0' && !syncOf(mode).readableWhileRunning) || (kind === 'savevm' && !features.has('savevm'))) return [];
    const early = either(features.has('early') && kind !== 'readT0');
    return early.flatMap((isEarly) =>
      (!hasRange(kind) ? [{ first: 0, count: 0 }] : ranges).map((range) => ({ kind, ...range, early: isEarly })),
    );
  });
}

const count = (whether: boolean): number => (whether ? 1 : 0);
const upTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n);

/** Up to so many of these, in their order: the smallest sets first. */
function subsets<T>(of: readonly T[], sizeMax: number): T[][] {
  let all: T[][] = [[]];
  for (const one of of) all = [...all, ...all.filter((set) => set.length < sizeMax).map((set) => [...set, one])];
  return all.toSorted((a, b) => a.length - b.length);
}

/** Lists of so many of these, in any order, with repetition. */
function* sequences<T>(of: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield [];
  else for (const rest of sequences(of, size - 1)) for (const one of of) yield [...rest, one];
}

/** Lists of so many of these, in ascending order, with repetition. */
function* multisets<T>(of: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else for (let i = from; i < of.length; i++) for (const rest of multisets(of, size - 1, i)) yield [of[i]!, ...rest];
}
