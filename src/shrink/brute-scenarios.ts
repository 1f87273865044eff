/**
 * The scenarios of the scope that a proof of minimality names, from plain loops over what each field may be
 * (brute-force.ts). Some of them make no sense, and some cost more than the trace: both are for the caller to leave out.
 */
import { ERRNOS, SIDES } from '../../model/block/errors.ts';
import { FAULT_OPS, type Fault } from '../../model/block/faults.ts';
import { GUEST_KINDS, hasRange } from '../../model/block/guest.ts';
import { PERF_PLAIN } from '../../model/job/copy-limits.ts';
import { ERROR_POLICIES } from '../../model/job/error-policy.ts';
import { type SyncMode, syncOf } from '../../model/sync.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { ExistingTarget, GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';
import type { ScenarioSize } from './cost.ts';
import { type Feature, featuresOf } from './features.ts';

export interface BruteScope extends ScenarioSize, Pick<Scenario, 'mode'> {
  readonly clusterSectors: number;
  readonly has: (feature: Feature) => boolean;
}

/** What a proof says that it tries at least. */
const CLUSTERS_AT_LEAST = 2;

/** The scope in which the scenario of this size is said to be the smallest that fails. */
export function scopeOf(scenario: Scenario, { requests, clusters }: ScenarioSize): BruteScope {
  const features = featuresOf(scenario);
  return {
    mode: scenario.mode,
    clusterSectors: scenario.disk.clusterSectors,
    requests,
    clusters: Math.max(CLUSTERS_AT_LEAST, clusters),
    has: (feature) => features.includes(feature),
  };
}

export function* scenariosIn(scope: BruteScope): Generator<Scenario> {
  const { mode, clusterSectors } = scope;
  for (let sectors = 0; sectors <= scope.clusters * clusterSectors; sectors++) {
    for (const disk of disks(scope, sectors)) {
      for (const target of targets(scope, sectors)) {
        for (const job of jobs(scope, Math.ceil(sectors / clusterSectors))) {
          for (const guest of guests(scope, sectors, scope.requests - job.requests, job.what.cancel))
            yield { mode, disk, ...target, ...job.what, ...guest };
        }
      }
    }
  }
}

function* disks({ mode, clusterSectors, has }: BruteScope, sectors: number): Generator<Scenario['disk']> {
  for (const zero of atMostOne(has('zeroes'), sectors)) {
    for (const discardReads of has('otherDiscards') ? (['zero', 'backing', 'old', 'ignored'] as const) : (['zero'] as const)) {
      for (const throttled of mayBe(has('throttled'), { throttled: true })) {
        for (const copyOnRead of mayBe(has('copyOnRead'), { copyOnRead: true })) {
          for (const blockStatus of has('blockStatus')
            ? [{}, { blockStatus: 'zeroes' as const }, { blockStatus: 'short' as const }]
            : [{}]) {
            const raw = { sectors, clusterSectors, zero, discardReads, ...throttled, ...copyOnRead, ...blockStatus };
            yield raw;
            if (syncOf(mode).selects === 'allocated' || has('overlay'))
              for (const overlay of overlays({ clusterSectors, has }, sectors)) yield { ...raw, overlay };
          }
        }
      }
    }
  }
}

function* overlays({ clusterSectors: size, has }: Pick<BruteScope, 'clusterSectors' | 'has'>, sectors: number): Generator<OverlayLayout> {
  for (const clusterSectors of has('otherOverlay') ? [size, size / 2, 2 * size].filter(Number.isInteger) : [size]) {
    const clusters = Math.ceil(sectors / clusterSectors);
    for (const zeroClusters of atMostOne(has('zeroClusters'), clusters)) {
      for (const baseSectors of [...(has('shortBase') ? upTo(sectors) : []), sectors, ...(has('noBase') ? [null] : [])]) {
        for (let bits = 0; bits < 2 ** clusters; bits++)
          yield { clusterSectors, allocated: upTo(clusters).filter((c) => ((bits >> c) & 1) === 1), zeroClusters, baseSectors };
      }
    }
  }
}

function* targets(
  { mode, clusterSectors: size, has }: BruteScope,
  sectors: number,
): Generator<Pick<Scenario, 'targetClusterSectors' | 'existingTarget'>> {
  for (const targetClusterSectors of has('otherTarget')
    ? [0, size / 2, size, 2 * size].filter(Number.isInteger)
    : [plainTargetClusterSectors(mode, size)]) {
    yield { targetClusterSectors };
    if (has('existingTarget')) for (const existingTarget of existing(has, sectors, size)) yield { targetClusterSectors, existingTarget };
  }
}

function* existing(has: BruteScope['has'], sectors: number, size: number): Generator<ExistingTarget> {
  if (has('sourceAsTarget')) yield { sectors, backed: false, data: [], isSource: true };
  for (const length of has('otherLength') ? upTo(sectors + size + 1) : [sectors]) {
    for (const backed of [false, true]) for (const data of atMostOne(has('oldData'), length)) yield { sectors: length, backed, data };
  }
}

type Job = Pick<
  Scenario,
  'perf' | 'cancel' | 'pause' | 'resume' | 'speed' | 'onError' | 'faults' | 'snapshotAccess' | 'onCbwError' | 'endlessGuest' | 'bitmap'
>;

/** What happens to the job, and how many requests that takes. */
function* jobs({ mode, clusterSectors, requests: most, has }: BruteScope, clusters: number): Generator<{ what: Job; requests: number }> {
  for (const cancel of [false, true]) {
    for (const pause of mayBe(has('pause'), { pause: true })) {
      for (const resume of mayBe(has('resume'), { resume: true })) {
        for (const speed of mayBe(has('speed'), { speed: clusterSectors })) {
          for (const faults of has('faults') ? faultsOf(clusters, most) : [[]]) {
            for (const onError of faults.length > 0 && has('policies') ? policies() : [{}]) {
              const requests = (cancel ? 1 : 0) + (pause.pause ? 1 : 0) + faults.reduce((sum, { times }) => sum + times, 0);
              const what = { cancel, ...pause, ...resume, ...speed, ...onError, ...(faults.length > 0 ? { faults } : {}) };
              if (requests > most) continue;
              for (const access of mayBe(has('snapshotAccess'), { snapshotAccess: true }))
                for (const onCbwError of mayBe(has('breakSnapshot'), { onCbwError: 'break-snapshot' as const }))
                  for (const endless of mayBe(has('endlessGuest'), { endlessGuest: true }))
                    for (const bitmap of bitmaps(mode, has('bitmap'), clusters))
                      for (const perf of perfs(has('perf')))
                        yield { what: { ...what, ...access, ...onCbwError, ...endless, ...bitmap, ...perf }, requests };
            }
          }
        }
      }
    }
  }
}

/** Each place fails so many times or not at all. */
function faultsOf(clusters: number, most: number): Fault[][] {
  let all: Fault[][] = [[]];
  for (const side of SIDES) {
    for (const op of FAULT_OPS) {
      for (const cluster of upTo(clusters)) {
        const here = ERRNOS.flatMap((errno) => upTo(most).map((n): Fault => ({ side, op, cluster, errno, times: n + 1 })));
        all = [...all, ...all.flatMap((others) => here.map((fault) => [...others, fault]))].filter(
          (faults) => faults.reduce((sum, { times }) => sum + times, 0) <= most,
        );
      }
    }
  }
  return all;
}

/** The job copies fewer and smaller ones at a time. */
function* perfs(isVaried: boolean): Generator<Pick<Scenario, 'perf'>> {
  yield {};
  if (!isVaried) return;
  for (const [workers, chunk] of [
    [1, 1],
    [1, 2],
    [2, 1],
  ] as const)
    yield { perf: { ...PERF_PLAIN, job: { workers, chunk } } };
}

function* policies(): Generator<Pick<Scenario, 'onError'>> {
  for (const source of ERROR_POLICIES) for (const target of ERROR_POLICIES) yield { onError: { source, target } };
}

type Guest = Pick<Scenario, 'guest' | 'cancelAfter'>;

/** With more requests, there are too many lists in which some come after others. */
const DEPENDENT_MAX = 2;

/** Lists of at most so many requests: of those at any time one of each order; and those that come after others, as may a cancel. */
function* guests(scope: BruteScope, sectors: number, most: number, hasCancel: boolean): Generator<Guest> {
  const requests = [...requestsOn(scope, sectors)];
  for (let size = 0; size <= most; size++)
    for (const list of lists(requests, size, 'inOrder')) yield { guest: list.map((request, i) => named(request, i)), cancelAfter: [] };
  for (let size = 1; size <= Math.min(most, DEPENDENT_MAX); size++) {
    for (const list of lists(requests, size, 'any')) {
      for (const cancelAfter of hasCancel ? [[], ...list.map((_, i) => [`g${i + 1}`])] : [[]]) {
        for (const isAfter of size > 1 ? [false, true] : [false]) {
          if (isAfter || cancelAfter.length > 0)
            yield { guest: list.map((request, i) => named(request, i, isAfter && i > 0 ? ['g1'] : [])), cancelAfter };
        }
      }
    }
  }
}

type Request = Omit<GuestOperation, 'id' | 'after'>;
const named = (request: Request, i: number, after: readonly string[] = []): GuestOperation => ({ id: `g${i + 1}`, ...request, after });

function* requestsOn({ has }: BruteScope, sectors: number): Generator<Request> {
  for (const kind of GUEST_KINDS) {
    for (const early of has('early') ? [false, true] : [false]) {
      if (kind === 'savevm' && !has('savevm')) continue;
      if (!hasRange(kind)) yield { kind, first: 0, count: 0, early };
      else for (const first of upTo(sectors)) for (const n of upTo(sectors - first)) yield { kind, first, count: n + 1, early };
    }
  }
}

/** Lists of so many: all, or those whose parts come in the order in which they are given. */
function* lists<T>(parts: readonly T[], size: number, which: 'any' | 'inOrder', from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (let i = which === 'any' ? 0 : from; i < parts.length; i++)
      for (const rest of lists(parts, size - 1, which, i)) yield [parts[i]!, ...rest];
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n);
const atMostOne = (mayBe: boolean, end: number): number[][] => [[], ...(mayBe ? upTo(end).map((n) => [n]) : [])];
const mayBe = <T extends object>(yes: boolean, what: T): Partial<T>[] => (yes ? [{}, what] : [{}]);

function* bitmaps(syncMode: SyncMode, may: boolean, clusters: number): Generator<Pick<Scenario, 'bitmap'>> {
  const { bitmapModes, selects } = syncOf(syncMode);
  if (selects !== 'dirty') yield {};
  if (!may && selects !== 'dirty') return;
  for (const mode of bitmapModes) for (const dirty of atMostOne(true, clusters)) yield { bitmap: { mode, dirty } };
}
