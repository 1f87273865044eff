/**
 * Scenarios as fast-check arbitraries. Everything in them shrinks without context (records, arrays,
 * naturals, and `map` with its inverse), so that a scenario found elsewhere, or read from a trace,
 * can be shrunk as well.
 */
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type SyncMode, syncOf } from '../../model/sync.ts';
import { type GuestKind, changesTheDisk, hasRange } from '../../model/block/guest.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { ExistingTarget, GuestOperation, OverlayLayout, Scenario } from '../../model/scenario/scenario.ts';
import type { RandomNumbers } from '../search/strategies/random-numbers.ts';
import { drawnValues, valuesOf, withDrawnValues } from './dimensions/drawn.ts';
import type { DrawScope } from './dimensions/variation.ts';
import type { Draft, DraftOperation } from './draft.ts';
import { ALL_FEATURES, restricted, someFeatures } from './swarm.ts';

/** The largest scenarios to generate. */
export interface Scope extends DrawScope {
  readonly writes: number;
}

/** Scenarios of a mode within a scope. */
export function scenarios(mode: SyncMode, scope: Scope): fc.Arbitrary<Scenario> {
  const sectorsMax = scope.clusters * scope.clusterSectors;
  return drafts(mode, scope).map(
    (draft) => toScenario(mode, scope, restricted(draft, mode, sectorsMax, scope.clusterSectors)),
    (scenario) => fromScenario(scenario as Scenario),
  );
}

/** Draws one scenario from an arbitrary. */
export function drawScenario(arbitrary: fc.Arbitrary<Scenario>, random: RandomNumbers): Scenario {
  return arbitrary.generate(new fc.Random(xoroshiro128plus(random.bits())), undefined).value;
}

function drafts(mode: SyncMode, scope: Scope): fc.Arbitrary<Draft> {
  const { clusters, clusterSectors, writes, exactly } = scope;
  const { selects, beneath, readableWhileRunning } = syncOf(mode);
  const sectorsMax = clusters * clusterSectors;
  const sector = fc.nat(sectorsMax - 1);
  const someSectors = fc.array(sector, { maxLength: sectorsMax, size: 'max' });
  const someClusters = fc.array(sector, { maxLength: clusters + 1, size: 'max' });
  const clusterSizes = [clusterSectors, ...(clusterSectors % 2 === 0 ? [clusterSectors / 2] : []), clusterSectors * 2, clusterSectors * 2];
  const overlay = fc.record({
    clusterSectors: fc.constantFrom(...clusterSizes),
    allocated: someClusters,
    zeroClusters: fc.array(sector, { maxLength: 1 }),
    baseSectors: oneOf<number | null>([4, fc.constant(sectorsMax)], [6, fc.nat(sectorsMax)], [2, fc.constant(null)]),
  });
  const existing = fc.record({
    sectors: oneOf([3, fc.constant(sectorsMax)], [1, fc.integer({ min: 1, max: sectorsMax + clusterSectors })]),
    backed: fc.boolean(),
    data: oneOf<readonly number[]>([1, fc.array(sector, { maxLength: 0 })], [1, fc.array(sector, { maxLength: 2 })]),
    raw: fc.constantFrom(false, false, true),
    isSource: fc.constantFrom(false, false, true),
  });
  const writeOnly = exactly === true;
  const drawScope = { ...scope, mode };
  return fc.record({
    features: writeOnly ? fc.constant(ALL_FEATURES) : someFeatures,
    sectors: writeOnly
      ? fc.constant(sectorsMax)
      : oneOf([4, fc.constant(sectorsMax)], [14, fc.integer({ min: 1, max: sectorsMax })], [2, fc.constant(0)]),
    zero: someSectors,
    contents: drawnValues('contents', drawScope),
    overlay: writeOnly
      ? fc.constant(null)
      : selects === 'allocated'
        ? overlay
        : oneOf<Draft['overlay']>([1, fc.constant(null)], [2, overlay]),
    onDisk: drawnValues('disk', drawScope),
    existing: writeOnly || beneath === 'previous' ? fc.constant(null) : oneOf<Draft['existing']>([1, fc.constant(null)], [1, existing]),
    targetClusterSectors: writeOnly ? fc.constant(0) : fc.constantFrom(...(beneath === 'nothing' ? [0] : []), ...clusterSizes),
    hot: fc.array(fc.nat(clusters - 1), { maxLength: 3, size: 'max' }),
    guest: someOperations(
      fc.record({
        kind: writeOnly ? fc.constant<GuestKind>('write') : fc.constantFrom<GuestKind>(...KINDS, ...(readableWhileRunning ? READERS : [])),
        first: sector,
        count: fc.integer({ min: 1, max: sectorsMax }),
        behind: writeOnly ? fc.constant(0) : fc.constantFrom(0, 0, 1, 2),
      }),
      writes,
      writeOnly,
    ),
    early: writeOnly ? fc.constant(false) : fc.constantFrom(false, true),
    readerAtWrite:
      readableWhileRunning && scope.faults === true && (scope.jobOptions ?? []).includes('snapshot-access')
        ? fc.boolean()
        : fc.constant(false),
    cancel: writeOnly ? fc.constant(false) : fc.constantFrom(false, true, true),
    cancelLate: writeOnly ? fc.constant(false) : fc.boolean(),
    ofJob: drawnValues('job', drawScope),
  });
}

const KINDS: readonly GuestKind[] = ['write', 'write', 'write', 'zero', 'zero', 'discard', 'discard', 'read', 'flush', 'savevm'];
const READERS: readonly GuestKind[] = ['readT0', 'readT0', 'readT0'];

/** Up to so many operations, now and then none; or exactly so many. */
function someOperations(operation: fc.Arbitrary<DraftOperation>, max: number, exactly: boolean): fc.Arbitrary<readonly DraftOperation[]> {
  const some = fc.array(operation, { minLength: exactly ? max : 1, maxLength: max, size: 'max' });
  return exactly ? some : oneOf<readonly DraftOperation[]>([20, some], [1, fc.array(operation, { maxLength: 0 })]);
}

/** One of several arbitraries, with these weights. */
function oneOf<T>(...choices: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

function toScenario(mode: SyncMode, scope: Scope, draft: Draft): Scenario {
  const { sectors, targetClusterSectors } = draft;
  const { clusterSectors } = scope;
  const overlay = draft.overlay === null ? undefined : toOverlay(sectors, draft.overlay);
  const existingTarget = draft.existing === null || sectors === 0 ? undefined : toTarget(mode, draft, scope);
  const guest: GuestOperation[] = [];
  if (sectors > 0)
    for (const operation of meeting(draft, scope.writes))
      guest.push(toOperation(operation, guest, draft, clusterSectors, existingTarget?.backed !== false));
  const scenario: Scenario = {
    mode,
    disk: {
      sectors,
      clusterSectors,
      zero: zeroSectors(sectors, draft.zero),
      discardReads: 'zero',
      ...(overlay === undefined ? {} : { overlay }),
    },
    targetClusterSectors: isRaw(draft, existingTarget) ? 0 : targetClusterSectors,
    ...(existingTarget === undefined ? {} : { existingTarget }),
    guest,
    cancel: draft.cancel || !syncOf(mode).endsByItself,
    cancelAfter: draft.cancelLate ? guest.slice(0, 1).map((g) => g.id) : [],
  };
  return withDrawnValues(scenario, { contents: draft.contents, disk: draft.onDisk, job: draft.ofJob }, scope);
}

/**
 * Where a snapshot breaks under a reader it takes three requests that meet: the reader, a guest whose copy fails, and another that
 * overtakes the reader. Drawn one by one, they do so in one scenario of many thousand.
 */
function meeting({ guest, readerAtWrite }: Draft, most: number): readonly DraftOperation[] {
  if (!readerAtWrite || guest.length < 2) return guest;
  const writes = guest.map((operation) => ({
    ...operation,
    behind: 0,
    kind: changesTheDisk(operation.kind) ? operation.kind : ('write' as const),
  }));
  return [{ ...writes[1]!, kind: 'readT0' }, ...writes.slice(guest.length < most ? 0 : 1)];
}

/** An existing target, mostly as long as the disk. A raw one lies over nothing. */
function toTarget(
  mode: SyncMode,
  { existing, sectors, overlay, targetClusterSectors }: Draft,
  { clusters, clusterSectors }: Scope,
): ExistingTarget {
  const drawn = existing!;
  const { beneath } = syncOf(mode);
  if (drawn.isSource && beneath === 'nothing' && overlay === null) return { sectors, backed: false, data: [], isSource: true };
  const length = drawn.sectors === clusters * clusterSectors ? sectors : drawn.sectors;
  const data = new Set(drawn.data.filter((s) => s < length));
  return {
    sectors: length,
    backed: drawn.backed && !drawn.raw && beneath !== 'nothing' && targetClusterSectors > 0,
    data: [...data].toSorted((a, b) => a - b),
  };
}

/** What is the source is raw, as sources without an overlay are. */
const isRaw = ({ existing }: Draft, target: ExistingTarget | undefined): boolean =>
  target !== undefined && (target.isSource === true || existing!.raw);

/** Sectors in order, each once. A disk of two sectors or more always shows some zeroes and some data. */
function zeroSectors(sectors: number, drawn: readonly number[]): number[] {
  const zero = new Set(drawn.filter((s) => s < sectors));
  if (sectors >= 2 && zero.size === 0) zero.add(sectors - 1);
  if (zero.size === sectors) zero.delete(0);
  return [...zero].toSorted((a, b) => a - b);
}

function toOverlay(sectors: number, drawn: NonNullable<Draft['overlay']>): OverlayLayout {
  const clusters = Math.ceil(sectors / drawn.clusterSectors);
  const inOrder = (list: Iterable<number>): number[] => [...list].filter((c) => c < clusters).toSorted((a, b) => a - b);
  const allocated = new Set(drawn.allocated);
  const zeroClusters = new Set(drawn.zeroClusters.filter((c) => !allocated.has(c)));
  return {
    clusterSectors: drawn.clusterSectors,
    allocated: inOrder(allocated),
    zeroClusters: inOrder(zeroClusters),
    baseSectors: drawn.baseSectors === null ? null : Math.min(drawn.baseSectors, sectors),
  };
}

function toOperation(
  operation: DraftOperation,
  before: readonly GuestOperation[],
  { sectors, hot, early }: Draft,
  clusterSectors: number,
  hasReader: boolean,
): GuestOperation {
  const { count, behind } = operation;
  const kind = operation.kind === 'readT0' && !hasReader ? 'read' : operation.kind;
  const near =
    hot.length === 0 ? operation.first : hot[operation.first % hot.length]! * clusterSectors + (operation.first % clusterSectors);
  const first = !hasRange(kind) ? 0 : near % sectors;
  const length = !hasRange(kind) ? 0 : Math.min(hot.length === 0 ? count : 1 + (count % (2 * clusterSectors)), sectors - first);
  const after = behind > 0 && behind <= before.length ? [before[before.length - behind]!.id] : [];
  return { id: `g${before.length + 1}`, kind, first, count: length, after, early: early && kind !== 'readT0' };
}

/** The draft that `toScenario` would turn into this scenario: what makes it shrink without context. */
function fromScenario(scenario: Scenario): Draft {
  const { mode, disk, targetClusterSectors, existingTarget, guest, cancel, cancelAfter = [] } = scenario;
  return {
    features: ALL_FEATURES,
    sectors: disk.sectors,
    zero: disk.zero,
    contents: valuesOf('contents', scenario),
    overlay: disk.overlay ?? null,
    onDisk: valuesOf('disk', scenario),
    targetClusterSectors: targetClusterSectors || plainTargetClusterSectors(mode, disk.clusterSectors), // where it is raw, `raw` says so
    existing:
      existingTarget === undefined
        ? null
        : { ...existingTarget, raw: targetClusterSectors === 0, isSource: existingTarget.isSource === true },
    hot: [],
    guest: guest.map(({ kind, first, count, after }, i) => ({
      kind,
      first,
      count: Math.max(1, count),
      behind: after.length === 0 ? 0 : i - guest.findIndex((g) => g.id === after[0]),
    })),
    early: guest.some((g) => g.early),
    readerAtWrite: false,
    cancel,
    cancelLate: cancelAfter.length > 0,
    ofJob: valuesOf('job', scenario),
  };
}
