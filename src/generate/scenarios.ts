/**
 * Scenarios as fast-check arbitraries. Everything in them shrinks without context (records, arrays,
 * naturals, and `map` with its inverse), so that a scenario found elsewhere, or read from a trace,
 * can be shrunk as well.
 */
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { SyncMode } from '../../model/backup/job.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import type { DiscardReads } from '../../model/block/image.ts';
import type { GuestOperation, OverlayLayout, Scenario } from '../../model/scenario.ts';
import type { RandomNumbers } from '../explore/random-numbers.ts';

/** The largest scenarios to generate. */
export interface Scope {
  readonly clusters: number;
  readonly clusterSectors: number;
  readonly writes: number;
  /** Exactly these sizes, with writes only and a raw source: what `bench` measures. */
  readonly exactly?: boolean;
}

/** What is drawn: numbers wider than what makes sense, which `toScenario` folds into what does. */
interface Draft {
  readonly sectors: number;
  readonly zero: readonly number[];
  readonly discardReads: DiscardReads;
  readonly overlay: { readonly clusterSectors: number; readonly allocated: readonly number[]; readonly zeroClusters: readonly number[]; readonly baseSectors: number } | null;
  readonly targetClusterSectors: number;
  readonly hot: readonly number[];
  readonly guest: readonly DraftOperation[];
  readonly early: boolean;
  readonly cancel: boolean;
  /** The cancel waits for the first request. */
  readonly cancelLate: boolean;
}
interface DraftOperation {
  readonly kind: GuestKind;
  /** Where it begins; with hot clusters, a sector counted from one of them. */
  readonly first: number;
  readonly count: number;
  /** It starts once the request so many before it has ended; 0: at once. */
  readonly behind: number;
}

/** Scenarios of a mode within a scope. */
export function scenarios(mode: SyncMode, scope: Scope): fc.Arbitrary<Scenario> {
  return drafts(mode, scope).map(
    (draft) => toScenario(mode, scope, draft),
    (scenario) => fromScenario(scenario as Scenario),
  );
}

/** Draws one scenario from an arbitrary. */
export function drawScenario(arbitrary: fc.Arbitrary<Scenario>, random: RandomNumbers): Scenario {
  return arbitrary.generate(new fc.Random(xoroshiro128plus(random.bits())), undefined).value;
}

function drafts(mode: SyncMode, { clusters, clusterSectors, writes, exactly }: Scope): fc.Arbitrary<Draft> {
  const sectorsMax = clusters * clusterSectors;
  const sector = fc.nat(sectorsMax - 1);
  const someSectors = fc.array(sector, { maxLength: sectorsMax, size: 'max' });
  const someClusters = fc.array(sector, { maxLength: clusters + 1, size: 'max' });
  const clusterSizes = [clusterSectors, clusterSectors, ...(clusterSectors % 2 === 0 ? [clusterSectors / 2] : []), clusterSectors * 2];
  const overlay = fc.record({
    clusterSectors: fc.constantFrom(...clusterSizes),
    allocated: someClusters,
    zeroClusters: fc.array(sector, { maxLength: 1 }),
    baseSectors: oneOf([2, fc.constant(sectorsMax)], [1, fc.nat(sectorsMax)]),
  });
  const writeOnly = exactly === true;
  return fc.record({
    sectors: writeOnly ? fc.constant(sectorsMax) : oneOf([12, fc.constant(sectorsMax)], [7, fc.integer({ min: 1, max: sectorsMax })], [1, fc.constant(0)]),
    zero: someSectors,
    discardReads: writeOnly ? fc.constant<DiscardReads>('zero') : fc.constantFrom<DiscardReads>('zero', 'zero', 'backing', 'backing', 'old', 'ignored'),
    overlay: writeOnly ? fc.constant(null) : mode === 'top' ? overlay : oneOf<Draft['overlay']>([2, fc.constant(null)], [1, overlay]),
    targetClusterSectors: writeOnly ? fc.constant(0) : fc.constantFrom(...(mode === 'full' ? [0, 0, 0] : []), ...clusterSizes),
    hot: oneOf<readonly number[]>([1, fc.array(fc.nat(clusters - 1), { maxLength: 0 })], [1, fc.array(fc.nat(clusters - 1), { minLength: 1, maxLength: 3 })]),
    guest: someOperations(
      fc.record({
        kind: writeOnly ? fc.constant<GuestKind>('write') : fc.constantFrom<GuestKind>('write', 'write', 'write', 'write', 'write', 'zero', 'discard', 'discard', 'read', 'flush'),
        first: sector,
        count: fc.integer({ min: 1, max: sectorsMax }),
        behind: writeOnly ? fc.constant(0) : fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
      }),
      writeOnly ? writes : 1,
      writes,
    ),
    early: writeOnly ? fc.constant(false) : fc.constantFrom(false, false, false, true),
    cancel: writeOnly ? fc.constant(false) : fc.constantFrom(false, false, true),
    cancelLate: writeOnly ? fc.constant(false) : fc.boolean(),
  });
}

/** Now and then nobody asks for anything; otherwise so many operations. */
function someOperations(operation: fc.Arbitrary<DraftOperation>, min: number, max: number): fc.Arbitrary<readonly DraftOperation[]> {
  const some = fc.array(operation, { minLength: min, maxLength: max, size: 'max' });
  return min === max ? some : oneOf<readonly DraftOperation[]>([20, some], [1, fc.array(operation, { maxLength: 0 })]);
}

/** One of several arbitraries, with these weights. */
function oneOf<T>(...choices: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

function toScenario(mode: SyncMode, scope: Scope, draft: Draft): Scenario {
  const { sectors } = draft;
  const { clusterSectors } = scope;
  const overlay = draft.overlay === null ? undefined : toOverlay(sectors, draft.overlay);
  const guest: GuestOperation[] = [];
  if (sectors > 0) for (const operation of draft.guest) guest.push(toOperation(operation, guest, draft, clusterSectors));
  return {
    mode,
    disk: { sectors, clusterSectors, zero: zeroSectors(sectors, draft.zero), discardReads: draft.discardReads, ...(overlay === undefined ? {} : { overlay }) },
    targetClusterSectors: draft.targetClusterSectors,
    guest,
    cancel: draft.cancel || mode === 'none',
    cancelAfter: draft.cancelLate ? guest.slice(0, 1).map((g) => g.id) : [],
  };
}

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
  return { clusterSectors: drawn.clusterSectors, allocated: inOrder(allocated), zeroClusters: inOrder(zeroClusters), baseSectors: Math.min(drawn.baseSectors, sectors) };
}

function toOperation(operation: DraftOperation, before: readonly GuestOperation[], { sectors, hot, early }: Draft, clusterSectors: number): GuestOperation {
  const { kind, count, behind } = operation;
  const near = hot.length === 0 ? operation.first : hot[operation.first % hot.length]! * clusterSectors + (operation.first % clusterSectors);
  const first = kind === 'flush' ? 0 : near % sectors;
  const length = kind === 'flush' ? 0 : Math.min(hot.length === 0 ? count : 1 + (count % (2 * clusterSectors)), sectors - first);
  const after = behind > 0 && behind <= before.length ? [before[before.length - behind]!.id] : [];
  return { id: `g${before.length + 1}`, kind, first, count: length, after, early };
}

/** The draft that `toScenario` would turn into this scenario: what makes it shrink without context. */
function fromScenario({ disk, targetClusterSectors, guest, cancel, cancelAfter = [] }: Scenario): Draft {
  return {
    sectors: disk.sectors,
    zero: disk.zero,
    discardReads: disk.discardReads,
    overlay: disk.overlay ?? null,
    targetClusterSectors,
    hot: [],
    guest: guest.map(({ kind, first, count, after }, i) => ({
      kind,
      first,
      count: Math.max(1, count),
      behind: after.length === 0 ? 0 : i - guest.findIndex((g) => g.id === after[0]),
    })),
    early: guest.some((g) => g.early),
    cancel,
    cancelLate: cancelAfter.length > 0,
  };
}
