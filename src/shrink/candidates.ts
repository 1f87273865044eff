/** What to try next: smaller scenarios and shorter schedules, the boldest first. */
import type { GuestOperation, OverlayLayout, Scenario } from '../../model/scenario.ts';
import { atOf, nameOf, stepOf } from '../../model/kernel/step.ts';
import type { NamedStep } from '../explore/experiment.ts';

/** Without some of the guest's requests: half of them, a quarter, ... one. Without the cancel. */
export function* requestsDropped(scenario: Scenario): Generator<Scenario> {
  const { guest } = scenario;
  for (let size = Math.ceil(guest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let i = 0; i < guest.length; i += size) yield without(scenario, i, i + size);
  }
  if (scenario.cancel && scenario.mode !== 'none') yield { ...scenario, cancel: false, cancelAfter: [] };
  yield* faultsDropped(scenario);
}

/** Without some of the faults, or with each striking less often. */
function* faultsDropped(scenario: Scenario): Generator<Scenario> {
  const { faults = [] } = scenario;
  if (faults.length === 0) return;
  if (faults.length > 1) yield withoutFrill(scenario, 'faults');
  for (const fault of faults) {
    const others = faults.filter((other) => other !== fault);
    yield others.length === 0 ? withoutFrill(scenario, 'faults') : { ...scenario, faults: others };
    if (fault.times > 1) yield { ...scenario, faults: faults.map((other) => (other === fault ? { ...fault, times: fault.times - 1 } : other)) };
  }
}

type Frill = 'existingTarget' | 'pause' | 'resume' | 'speed' | 'onError' | 'faults';

/** Without one of the things that a scenario need not have. */
function withoutFrill(scenario: Scenario, frill: Frill): Scenario {
  const { [frill]: _, ...rest } = scenario;
  return rest;
}

const FRILLS: readonly Frill[] = ['existingTarget', 'pause', 'resume', 'speed', 'onError'];

/** Who came after a request that is dropped comes after what that one came after. */
function without(scenario: Scenario, first: number, end: number): Scenario {
  const { guest } = scenario;
  const dropped = new Map(guest.slice(first, end).map((g) => [g.id, g.after]));
  const bridge = (after: readonly string[]): string[] => [...new Set(after.flatMap((id) => (dropped.has(id) ? bridge(dropped.get(id)!) : [id])))];
  const left = guest.filter((g) => !dropped.has(g.id)).map((g) => ({ ...g, after: bridge(g.after) }));
  return { ...scenario, guest: left, cancelAfter: bridge(scenario.cancelAfter ?? []) };
}

/** A shorter disk, plainer requests, a plainer source and target. */
export function* plainerScenarios(scenario: Scenario): Generator<Scenario> {
  const { disk, guest, mode } = scenario;
  for (const sectors of shorterDisks(scenario)) yield truncated(scenario, sectors);
  yield* closerToTheStart(scenario);
  for (const frill of FRILLS) if (scenario[frill] !== undefined) yield withoutFrill(scenario, frill);
  yield* plainerTarget(scenario);
  if (disk.throttled === true || disk.copyOnRead === true) yield* plainerDisks(scenario);
  if ((scenario.cancelAfter ?? []).length > 0) yield { ...scenario, cancelAfter: [] };
  if (disk.overlay !== undefined && mode !== 'top') yield { ...scenario, disk: withoutOverlay(disk) };
  const plainTarget = mode === 'full' ? 0 : disk.clusterSectors;
  if (scenario.targetClusterSectors !== plainTarget) yield { ...scenario, targetClusterSectors: plainTarget };
  if (disk.discardReads !== 'zero') yield { ...scenario, disk: { ...disk, discardReads: 'zero' } };
  for (const g of guest) {
    const change = (changed: Partial<GuestOperation>): Scenario => ({ ...scenario, guest: guest.map((other) => (other === g ? { ...g, ...changed } : other)) });
    if (g.early) yield change({ early: false });
    if (g.after.length > 0) yield change({ after: [] });
    if (g.kind === 'read' || g.kind === 'flush') continue;
    if (g.count > 1) yield* [change({ count: 1 }), change({ first: g.first + g.count - 1, count: 1 }), change({ count: Math.ceil(g.count / 2) }), change({ count: g.count - 1 }), change({ first: g.first + 1, count: g.count - 1 })];
    if (g.kind !== 'write') yield change({ kind: 'write' });
  }
  yield* plainerContents(scenario);
}

function* plainerDisks(scenario: Scenario): Generator<Scenario> {
  const { throttled, copyOnRead, ...plain } = scenario.disk;
  if (throttled === true) yield { ...scenario, disk: { ...plain, ...(copyOnRead === true ? { copyOnRead } : {}) } };
  if (copyOnRead === true) yield { ...scenario, disk: { ...plain, ...(throttled === true ? { throttled } : {}) } };
}

/** An existing target with less in it, and as long as the disk. */
function* plainerTarget(scenario: Scenario): Generator<Scenario> {
  const { existingTarget: target, disk } = scenario;
  if (target === undefined) return;
  if (target.sectors !== disk.sectors) yield { ...scenario, existingTarget: { ...target, sectors: disk.sectors, data: target.data.filter((s) => s < disk.sectors) } };
  for (const s of target.data) yield { ...scenario, existingTarget: { ...target, data: target.data.filter((other) => other !== s) } };
}

/** One request a sector further to the front. */
function* closerToTheStart(scenario: Scenario): Generator<Scenario> {
  const { guest } = scenario;
  for (const g of guest) if (g.first > 0) yield { ...scenario, guest: guest.map((other) => (other === g ? { ...g, first: g.first - 1 } : other)) };
}

function* plainerContents(scenario: Scenario): Generator<Scenario> {
  const { disk } = scenario;
  const { overlay } = disk;
  if (disk.zero.length > 1 && disk.zero.length <= 64) for (const s of disk.zero) yield { ...scenario, disk: { ...disk, zero: disk.zero.filter((other) => other !== s) } };
  if (overlay === undefined) return;
  const change = (changed: Partial<OverlayLayout>): Scenario => ({ ...scenario, disk: { ...disk, overlay: { ...overlay, ...changed } } });
  if (overlay.baseSectors !== null && overlay.baseSectors !== disk.sectors) yield change({ baseSectors: disk.sectors });
  if (overlay.zeroClusters.length > 0) yield change({ zeroClusters: [] });
  if (overlay.clusterSectors !== disk.clusterSectors) yield change({ clusterSectors: disk.clusterSectors, allocated: inClusters(overlay, disk.clusterSectors, disk.sectors), zeroClusters: [] });
  if (overlay.allocated.length <= 64) for (const c of overlay.allocated) yield change({ allocated: overlay.allocated.filter((other) => other !== c) });
}

/** The clusters of another size in which something is allocated. */
function inClusters({ allocated, clusterSectors }: OverlayLayout, size: number, sectors: number): number[] {
  const clusters = new Set<number>();
  for (const c of allocated) for (let s = c * clusterSectors; s < Math.min((c + 1) * clusterSectors, sectors); s++) clusters.add(Math.floor(s / size));
  return [...clusters].toSorted((a, b) => a - b);
}

/** Lengths that still hold every request: just enough, then one cluster less, then one sector less. */
function shorterDisks({ disk, guest }: Scenario): number[] {
  const needed = Math.max(0, ...guest.map((g) => g.first + g.count));
  const whole = Math.ceil(needed / disk.clusterSectors) * disk.clusterSectors;
  return [...new Set([whole, needed, disk.sectors - disk.clusterSectors, disk.sectors - 1])].filter((sectors) => sectors >= needed && sectors < disk.sectors);
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
  const { existingTarget: target, faults } = scenario;
  const targetSectors = target && Math.max(1, target.sectors - (disk.sectors - sectors));
  return {
    ...scenario,
    disk: { ...disk, sectors, zero: disk.zero.filter((s) => s < sectors), ...(cut === undefined ? {} : { overlay: cut }) },
    ...(target === undefined ? {} : { existingTarget: { ...target, sectors: targetSectors!, data: target.data.filter((s) => s < targetSectors!) } }),
    ...(faults === undefined ? {} : { faults: faults.filter((f) => f.cluster * disk.clusterSectors < sectors) }),
  };
}

function withoutOverlay({ overlay: _, ...disk }: Scenario['disk']): Scenario['disk'] {
  return disk;
}

/** The disk without one of its clusters that no request touches, and the schedule without its steps. */
export function* clustersCutOut(scenario: Scenario, steps: readonly NamedStep[]): Generator<{ scenario: Scenario; steps: NamedStep[] }> {
  const { disk, guest } = scenario;
  const { clusterSectors: size, overlay } = disk;
  if (overlay !== undefined && (size % overlay.clusterSectors !== 0 || (overlay.baseSectors ?? disk.sectors) !== disk.sectors)) return;
  if (scenario.existingTarget !== undefined) return;
  for (let c = 0; (c + 1) * size <= disk.sectors; c++) {
    const [first, end] = [c * size, (c + 1) * size];
    if (guest.some((g) => g.first < end && first < g.first + g.count)) continue;
    const cut = (list: readonly number[], from: number, to: number): number[] => list.filter((n) => n < from || n >= to).map((n) => (n < from ? n : n - (to - from)));
    const clusters = (list: readonly number[]): number[] => (overlay === undefined ? [] : cut(list, first / overlay.clusterSectors, end / overlay.clusterSectors));
    yield {
      scenario: {
        ...scenario,
        disk: {
          ...disk,
          sectors: disk.sectors - size,
          zero: cut(disk.zero, first, end),
          ...(overlay === undefined ? {} : { overlay: { ...overlay, allocated: clusters(overlay.allocated), zeroClusters: clusters(overlay.zeroClusters), baseSectors: overlay.baseSectors === null ? null : disk.sectors - size } }),
        },
        guest: guest.map((g) => (g.first >= end ? { ...g, first: g.first - size } : g)),
        ...(scenario.faults === undefined ? {} : { faults: scenario.faults.filter((f) => f.cluster !== c).map((f) => (f.cluster > c ? { ...f, cluster: f.cluster - 1 } : f)) }),
      },
      steps: steps.flatMap(({ who, step }) => {
        const name = nameOf(step);
        if (name.at === 'nothing') return [{ who, step }];
        const [at] = name.at === 'cluster' ? cut([atOf(step)], c, c + 1) : cut([atOf(step)], first, end);
        return at === undefined ? [] : [{ who, step: stepOf(name, at) }];
      }),
    };
  }
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
