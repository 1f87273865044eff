/** What to try next: smaller scenarios and shorter schedules, the boldest first. */
import { hasRange } from '../../model/block/guest.ts';
import { optionsAskedBy } from '../../model/machine/job-options.ts';
import { syncOf } from '../../model/sync.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';
import { atOf, nameOf, stepOf } from '../../model/kernel/step.ts';
import type { NamedStep } from '../search/experiment.ts';
import { DIMENSIONS } from '../scenarios/dimensions/all.ts';
import { requestsRenamed } from '../scenarios/dimensions/renamed.ts';
import { type Notation, hasIn, valueIn, withValue } from '../scenarios/dimensions/notation.ts';
import { type Cut, cutInClusters, placesWithout } from '../scenarios/dimensions/variation.ts';
import { scenarios } from '../scenarios/draw.ts';

/** Without some of the guest's requests: half of them, a quarter, ... one. Without the cancel. */
export function* requestsDropped(scenario: Scenario): Generator<Scenario> {
  const { guest } = scenario;
  for (let size = Math.ceil(guest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let i = 0; i < guest.length; i += size) yield without(scenario, i, i + size);
  }
  if (scenario.cancel) yield { ...scenario, cancel: false, cancelAfter: [] };
  for (const { notation, plainer } of DIMENSIONS)
    for (const value of plainer?.(valueIn(notation, scenario)) ?? []) yield withValue(notation, scenario, value);
}

/** Without one of the optional parts, of which there is no less. */
function* dimensionsDropped(scenario: Scenario, place: Notation['of']): Generator<Scenario> {
  for (const { notation, plainer } of DIMENSIONS)
    if (notation.of === place && plainer === undefined && hasIn(notation, scenario)) yield withValue(notation, scenario, notation.plain);
}

/** What the optional parts become once sectors are cut out. @param before the scenario before the cut */
function dimensionsCut(scenario: Scenario, before: Scenario, cut: Cut): Scenario {
  return DIMENSIONS.reduce((after, { notation, withoutSectors }) => {
    return withoutSectors === undefined ? after : withValue(notation, after, withoutSectors(valueIn(notation, before), cut, before));
  }, scenario);
}

/** With a target of a kind that can be new: what lies over something is not raw. */
function withNewTarget({ existingTarget: _, ...scenario }: Scenario): Scenario {
  return { ...scenario, targetClusterSectors: scenario.targetClusterSectors || plainTargetOf(scenario) };
}

const plainTargetOf = ({ mode, disk }: Scenario): number => plainTargetClusterSectors(mode, disk.clusterSectors);

/** Who came after a request that is dropped comes after what that one came after. */
function without(scenario: Scenario, first: number, end: number): Scenario {
  const { guest } = scenario;
  // by dropped request; once for each, since the ways back are as many as a log has layers, and then some
  const bridges = new Map<string, readonly string[]>();
  const bridge = (after: readonly string[]): string[] => [...new Set(after.flatMap((id) => bridges.get(id) ?? [id]))];
  for (const g of guest.slice(first, end)) bridges.set(g.id, bridge(g.after));
  const left = guest.filter((g) => !bridges.has(g.id)).map((g) => ({ ...g, after: bridge(g.after) }));
  const rest = { ...scenario, guest: left, cancelAfter: bridge(scenario.cancelAfter ?? []) };
  return requestsRenamed(rest, (id) => (bridges.has(id) ? null : id));
}

/** A shorter disk, plainer requests, a plainer source and target. */
export function* plainerScenarios(scenario: Scenario): Generator<Scenario> {
  const { disk, guest, mode } = scenario;
  for (const sectors of shorterDisks(scenario)) yield truncated(scenario, sectors);
  yield* closerToTheStart(scenario);
  if (scenario.existingTarget !== undefined) yield withNewTarget(scenario);
  yield* dimensionsDropped(scenario, 'job');
  yield* plainerTarget(scenario);
  yield* dimensionsDropped(scenario, 'disk');
  if ((scenario.cancelAfter ?? []).length > 0) yield { ...scenario, cancelAfter: [] };
  if (disk.overlay !== undefined && syncOf(mode).selects !== 'allocated') yield { ...scenario, disk: withoutOverlay(disk) };
  const plainTarget = plainTargetOf(scenario);
  if (scenario.targetClusterSectors !== plainTarget) yield { ...scenario, targetClusterSectors: plainTarget };
  yield* dimensionsDropped(scenario, 'contents');
  for (const g of guest) {
    const change = (changed: Partial<GuestOperation>): Scenario => ({
      ...scenario,
      guest: guest.map((other) => (other === g ? { ...g, ...changed } : other)),
    });
    if (g.early) yield change({ early: false });
    if (g.after.length > 0) yield change({ after: [] });
    if (g.kind === 'read' || !hasRange(g.kind)) continue;
    if (g.count > 1)
      yield* [
        change({ count: 1 }),
        change({ first: g.first + g.count - 1, count: 1 }),
        change({ count: Math.ceil(g.count / 2) }),
        change({ count: g.count - 1 }),
        change({ first: g.first + 1, count: g.count - 1 }),
      ];
    if (g.kind !== 'write') yield change({ kind: 'write' });
  }
  yield* plainerContents(scenario);
}

/** An existing target with less in it, and as long as the disk. */
function* plainerTarget(scenario: Scenario): Generator<Scenario> {
  const { existingTarget: target, disk } = scenario;
  if (target === undefined) return;
  if (target.sectors !== disk.sectors)
    yield { ...scenario, existingTarget: { ...target, sectors: disk.sectors, data: target.data.filter((s) => s < disk.sectors) } };
  for (const s of target.data) yield { ...scenario, existingTarget: { ...target, data: target.data.filter((other) => other !== s) } };
}

/** One request a sector further to the front. */
function* closerToTheStart(scenario: Scenario): Generator<Scenario> {
  const { guest } = scenario;
  for (const g of guest)
    if (g.first > 0) yield { ...scenario, guest: guest.map((other) => (other === g ? { ...g, first: g.first - 1 } : other)) };
}

function* plainerContents(scenario: Scenario): Generator<Scenario> {
  const { disk } = scenario;
  const { overlay } = disk;
  if (disk.zero.length <= 64)
    for (const s of disk.zero) yield { ...scenario, disk: { ...disk, zero: disk.zero.filter((other) => other !== s) } };
  if (overlay === undefined) return;
  const change = (changed: Partial<OverlayLayout>): Scenario => ({ ...scenario, disk: { ...disk, overlay: { ...overlay, ...changed } } });
  if (overlay.baseSectors !== null && overlay.baseSectors !== disk.sectors) yield change({ baseSectors: disk.sectors });
  if (overlay.zeroClusters.length > 0) yield change({ zeroClusters: [] });
  if (overlay.clusterSectors !== disk.clusterSectors)
    yield change({
      clusterSectors: disk.clusterSectors,
      allocated: inClusters(overlay, disk.clusterSectors, disk.sectors),
      zeroClusters: [],
    });
  if (overlay.allocated.length <= 64)
    for (const c of overlay.allocated) yield change({ allocated: overlay.allocated.filter((other) => other !== c) });
}

/** The clusters of another size in which something is allocated. */
function inClusters({ allocated, clusterSectors }: OverlayLayout, size: number, sectors: number): number[] {
  const clusters = new Set<number>();
  for (const c of allocated)
    for (let s = c * clusterSectors; s < Math.min((c + 1) * clusterSectors, sectors); s++) clusters.add(Math.floor(s / size));
  return [...clusters].toSorted((a, b) => a - b);
}

/** Lengths that still hold every request: just enough, then one cluster less, then one sector less. */
function shorterDisks({ disk, guest }: Scenario): number[] {
  const needed = Math.max(0, ...guest.map((g) => g.first + g.count));
  const whole = Math.ceil(needed / disk.clusterSectors) * disk.clusterSectors;
  return [...new Set([whole, needed, disk.sectors - disk.clusterSectors, disk.sectors - 1])].filter(
    (sectors) => sectors >= needed && sectors < disk.sectors,
  );
}

function truncated(scenario: Scenario, sectors: number): Scenario {
  const { disk } = scenario;
  const { overlay } = disk;
  const clusters = overlay === undefined ? 0 : Math.ceil(sectors / overlay.clusterSectors);
  const cut = overlay && {
    ...overlay,
    allocated: overlay.allocated.filter((c) => c < clusters),
    zeroClusters: overlay.zeroClusters.filter((c) => c < clusters),
    baseSectors: overlay.baseSectors === null ? null : Math.min(overlay.baseSectors, sectors),
  };
  const { existingTarget: target } = scenario;
  const targetSectors = target && (target.isSource === true ? sectors : Math.max(1, target.sectors - (disk.sectors - sectors)));
  const shorter: Scenario = {
    ...scenario,
    disk: { ...disk, sectors, zero: disk.zero.filter((s) => s < sectors), ...(cut === undefined ? {} : { overlay: cut }) },
    ...(target === undefined
      ? {}
      : { existingTarget: { ...target, sectors: targetSectors!, data: target.data.filter((s) => s < targetSectors!) } }),
  };
  return dimensionsCut(shorter, scenario, { first: sectors, end: disk.sectors });
}

function withoutOverlay({ overlay: _, ...disk }: Scenario['disk']): Scenario['disk'] {
  return disk;
}

/** What fast-check's shrinker of scenarios makes of it: the first few, for it has many. */
export function shrunkByFastCheck(scenario: Scenario): Iterable<Scenario> {
  const { disk, mode, guest, faults = [], endlessGuest = false } = scenario;
  const clusters = Math.ceil(disk.sectors / disk.clusterSectors);
  if (clusters === 0 || clusters > CLUSTERS_MAX || guest.length > CLUSTERS_MAX) return [];
  const arbitrary = scenarios(mode, {
    clusters,
    clusterSectors: disk.clusterSectors,
    writes: Math.max(1, guest.length),
    faults: faults.length > 0,
    jobOptions: optionsAskedBy(scenario),
    endlessGuest,
  });
  return arbitrary.canShrinkWithoutContext(scenario)
    ? arbitrary
        .shrink(scenario, undefined)
        .take(FAST_CHECK_MAX)
        .map(({ value }) => value)
    : [];
}

/** Large scenarios come from recorded guests, which no arbitrary draws. */
const CLUSTERS_MAX = 64;
const FAST_CHECK_MAX = 200;

/**
 * The disk without one of its clusters, and the schedule without its steps. Requests that reach beyond
 * the cluster lose that part of their range; one that has no other part keeps it on the disk.
 */
export function* clustersCutOut(scenario: Scenario, steps: readonly NamedStep[]): Generator<{ scenario: Scenario; steps: NamedStep[] }> {
  const { disk, guest } = scenario;
  const size = cutSize(scenario);
  const { overlay } = disk;
  if (overlay !== undefined && (size % overlay.clusterSectors !== 0 || (overlay.baseSectors ?? disk.sectors) !== disk.sectors)) return;
  for (let first = 0; first + size <= disk.sectors; first += size) {
    const cut = { first, end: first + size };
    if (!guest.some((g) => g.count > 0 && g.first >= cut.first && g.first + g.count <= cut.end))
      yield { scenario: cutOut(scenario, cut), steps: steps.flatMap((step) => stepWithout(step, cut)) };
  }
}

/** Clusters of the backup, or of the target where these are larger. */
const cutSize = ({ disk, existingTarget, targetClusterSectors }: Scenario): number =>
  existingTarget === undefined ? disk.clusterSectors : Math.max(disk.clusterSectors, targetClusterSectors);

function cutOut(scenario: Scenario, cut: Cut): Scenario {
  const { disk, guest, existingTarget: target } = scenario;
  const { overlay } = disk;
  const size = cut.end - cut.first;
  const shorter: Scenario = {
    ...scenario,
    disk: {
      ...disk,
      sectors: disk.sectors - size,
      zero: placesWithout(disk.zero, cut),
      ...(overlay === undefined
        ? {}
        : {
            overlay: {
              ...overlay,
              allocated: placesWithout(overlay.allocated, cutInClusters(cut, overlay.clusterSectors)),
              zeroClusters: placesWithout(overlay.zeroClusters, cutInClusters(cut, overlay.clusterSectors)),
              baseSectors: overlay.baseSectors === null ? null : disk.sectors - size,
            },
          }),
    },
    ...(target === undefined
      ? {}
      : { existingTarget: { ...target, sectors: target.sectors - size, data: placesWithout(target.data, cut) } }),
    guest: guest.map((g) => rangeWithout(g, cut)),
  };
  return dimensionsCut(shorter, scenario, cut);
}

function rangeWithout(g: GuestOperation, { first, end }: Cut): GuestOperation {
  const moved = (sector: number): number => (sector <= first ? sector : Math.max(first, sector - (end - first)));
  const [from, to] = [moved(g.first), moved(g.first + g.count)];
  return { ...g, first: from, count: to - from };
}

function stepWithout({ who, step }: NamedStep, cut: Cut): NamedStep[] {
  const name = nameOf(step);
  if (name.at === 'nothing') return [{ who, step }];
  const size = cut.end - cut.first;
  const at = name.at === 'cluster' ? placesWithout([atOf(step)], cutInClusters(cut, size)) : placesWithout([atOf(step)], cut);
  return at.map((n) => ({ who, step: stepOf(name, n) }));
}

/** The schedule without a stretch of it: long stretches first. */
export function* stretchesCut(steps: readonly NamedStep[]): Generator<NamedStep[]> {
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let i = 0; i + size <= steps.length; i += size) yield [...steps.slice(0, i), ...steps.slice(i + size)];
  }
}

/** The schedule with fewer preemptions: what a coroutine does in two stretches, done in one, sooner or later. */
export function* stretchesJoined(steps: readonly NamedStep[]): Generator<NamedStep[]> {
  const stretches: NamedStep[][] = [];
  for (const step of steps) {
    if (stretches.at(-1)?.[0]!.who === step.who) stretches.at(-1)!.push(step);
    else stretches.push([step]);
  }
  for (const [i, stretch] of stretches.entries()) {
    const next = stretches.findIndex((other, k) => k > i && other[0]!.who === stretch[0]!.who);
    if (next < 0) continue;
    const [before, between, after] = [stretches.slice(0, i), stretches.slice(i + 1, next), stretches.slice(next + 1)];
    const joined = [...stretch, ...stretches[next]!];
    yield [before, joined, between, after].flat(2);
    yield [before, between, joined, after].flat(2);
  }
}
