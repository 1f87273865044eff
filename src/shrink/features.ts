/**
 * What a scenario has beyond the plainest ones of its mode. A proof covers all scenarios that have the
 * same features or fewer. Requests and a cancel that wait for other requests are left out: all that they do
 * those can do, too, which wait for none, if not always in as few steps. So they cost like a feature (cost.ts).
 */
import { syncOf } from '../../model/sync.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { DIMENSIONS, type VARIATIONS } from '../scenarios/dimensions/all.ts';
import { hasIn, valueIn } from '../scenarios/dimensions/notation.ts';
import type { Variation } from '../scenarios/dimensions/variation.ts';

interface FeatureOf {
  /** What a proof varies. */
  readonly words: string;
  /** What it can't be had without. */
  readonly takes?: string;
  readonly isIn: (scenario: Scenario) => boolean;
}

/** Those of requests, disk and target; the others are with the dimensions. */
const OTHERS = {
  early: { words: 'early requests', isIn: ({ guest }) => guest.some((g) => g.early) },
  savevm: { words: 'savevm', isIn: ({ guest }) => guest.some((g) => g.kind === 'savevm') },
  zeroes: { words: 'a sector of zeroes', isIn: ({ disk }) => disk.zero.length > 0 },
  overlay: { words: 'overlay', isIn: ({ mode, disk }) => syncOf(mode).selects !== 'allocated' && disk.overlay !== undefined },
  otherOverlay: {
    words: 'an overlay of clusters of half or twice the size',
    takes: 'overlay',
    isIn: ({ disk: { overlay, clusterSectors } }) => overlay !== undefined && overlay.clusterSectors !== clusterSectors,
  },
  zeroClusters: { words: 'a zero cluster', takes: 'overlay', isIn: ({ disk }) => (disk.overlay?.zeroClusters ?? []).length > 0 },
  shortBase: {
    words: 'a shorter backing file',
    takes: 'overlay',
    isIn: ({ disk: { overlay, sectors } }) => overlay !== undefined && overlay.baseSectors !== null && overlay.baseSectors < sectors,
  },
  noBase: { words: 'no backing file', takes: 'overlay', isIn: ({ disk }) => disk.overlay?.baseSectors === null },
  otherTarget: {
    words: 'a target that is raw or of clusters of half, once or twice the size',
    isIn: ({ mode, disk, targetClusterSectors }) => targetClusterSectors !== plainTargetClusterSectors(mode, disk.clusterSectors),
  },
  existingTarget: { words: 'an existing target', isIn: ({ existingTarget }) => existingTarget !== undefined },
  otherLength: {
    words: 'a target of any length up to a cluster more',
    takes: 'existingTarget',
    isIn: ({ existingTarget: target, disk }) => target !== undefined && target.sectors !== disk.sectors,
  },
  oldData: {
    words: 'a target with a sector of data',
    takes: 'existingTarget',
    isIn: ({ existingTarget }) => (existingTarget?.data ?? []).length > 0,
  },
  sourceAsTarget: {
    words: 'the source as its own target',
    takes: 'existingTarget',
    isIn: ({ existingTarget }) => existingTarget?.isSource === true,
  },
} satisfies Record<string, FeatureOf>;

type KeyOf<T> = T extends unknown ? keyof T : never;
export type Feature = keyof typeof OTHERS | KeyOf<(typeof VARIATIONS)[number]['features']>;

/** In the order in which scenarios rather go without them than without the later ones. Minimal traces hang on it; a new one is the last. */
const FIRST: readonly Feature[] = [
  'early',
  'savevm',
  'pause',
  'speed',
  'throttled',
  'copyOnRead',
  'zeroes',
  'otherDiscards',
  ...(Object.keys(OTHERS) as Feature[]),
  'faults',
  'policies',
  'resume',
];

const FEATURES: Readonly<Record<string, FeatureOf>> = { ...OTHERS, ...Object.fromEntries(DIMENSIONS.flatMap(featuresOfDimension)) };
export const ALL_FEATURES = [...new Set([...FIRST, ...Object.keys(FEATURES)])] as Feature[];

function featuresOfDimension({ notation, features }: Variation): [string, FeatureOf][] {
  return Object.entries(features).map(([name, { isIn, ...feature }]) => [
    name,
    { ...feature, isIn: (scenario) => hasIn(notation, scenario) && (isIn?.(valueIn(notation, scenario), scenario) ?? true) },
  ]);
}

export const featuresOf = (scenario: Scenario): Feature[] => ALL_FEATURES.filter((feature) => FEATURES[feature]!.isIn(scenario));

/** What a feature can't be had without. */
const takenBy = (feature: Feature): Feature | undefined => FEATURES[feature]!.takes as Feature | undefined;

/** Whether the ones have something that can't be had without one of the others. */
export const goTogether = (ones: readonly Feature[], others: readonly Feature[]): boolean =>
  ones.some((feature) => others.some((other) => takenBy(feature) === other));

/** Whether requests, or the cancel, wait for other requests. */
export const hasWaits = ({ guest, cancelAfter = [] }: Scenario): boolean =>
  cancelAfter.length > 0 || guest.some(({ after }) => after.length > 0);

/** In words; a mode that asks what is allocated has its overlay in any case. */
export const describeFeatures = (features: readonly Feature[]): string[] => features.map((feature) => FEATURES[feature]!.words);

/**
 * Sets of features from which to take the smallest that fails: none, each alone with what it takes, and all sets of
 * those at hand; small ones first.
 */
export function* featureSets(atHand: readonly Feature[]): Generator<Feature[]> {
  const seen = new Set<string>();
  const fresh = function* (sets: readonly Feature[][]): Generator<Feature[]> {
    for (const set of sets.map(withWhatTheyTake).toSorted((a, b) => a.length - b.length)) {
      if (seen.has(set.join())) continue;
      seen.add(set.join());
      yield set;
    }
  };
  yield* fresh([[], ...ALL_FEATURES.map((feature) => [feature])]);
  let sets: Feature[][] = [[]];
  for (const feature of atHand) sets = [...sets, ...sets.map((set) => [...set, feature])];
  yield* fresh(sets);
}

/** With what they take, in their order. */
function withWhatTheyTake(features: readonly Feature[]): Feature[] {
  const set = new Set<Feature>(features);
  for (const feature of features) for (let taken = takenBy(feature); taken !== undefined; taken = takenBy(taken)) set.add(taken);
  return ALL_FEATURES.filter((feature) => set.has(feature));
}
