/**
 * What a scenario has beyond the plainest ones of its mode. A proof covers all scenarios that have the
 * same features or fewer. Requests and a cancel that wait for other requests are left out: all that they do
 * those can do, too, which wait for none, if not always in as few steps. So they cost like a feature (cost.ts).
 */
import { syncOf } from '../../model/sync.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import { type Scenario, policiesOf } from '../../model/scenario/scenario.ts';

/** What a proof varies of each, in the order in which scenarios rather go without them than without the later ones. */
export const FEATURES = {
  early: 'early requests',
  savevm: 'savevm',
  pause: 'a pause',
  speed: 'a speed limit of a cluster',
  throttled: 'I/O limits',
  copyOnRead: 'copy on read',
  zeroes: 'a sector of zeroes',
  otherDiscards: 'any kind of discard',
  overlay: 'overlay',
  otherOverlay: 'an overlay of clusters of half or twice the size',
  zeroClusters: 'a zero cluster',
  shortBase: 'a shorter backing file',
  noBase: 'no backing file',
  otherTarget: 'a target that is raw or of clusters of half, once or twice the size',
  existingTarget: 'an existing target',
  otherLength: 'a target of any length up to a cluster more',
  oldData: 'a target with a sector of data',
  sourceAsTarget: 'the source as its own target',
  faults: 'errors',
  policies: 'any policies',
  resume: 'resume',
} as const;
export type Feature = keyof typeof FEATURES;

export const ALL_FEATURES = Object.keys(FEATURES) as Feature[];

/** What a feature can't be had without. */
const TAKES: Partial<Record<Feature, Feature>> = {
  otherOverlay: 'overlay',
  zeroClusters: 'overlay',
  shortBase: 'overlay',
  noBase: 'overlay',
  otherLength: 'existingTarget',
  oldData: 'existingTarget',
  sourceAsTarget: 'existingTarget',
  policies: 'faults',
  resume: 'faults',
};

export function featuresOf(scenario: Scenario): Feature[] {
  const { mode, disk, targetClusterSectors, existingTarget: target, guest, pause, resume, speed, faults = [] } = scenario;
  const { overlay, clusterSectors } = disk;
  const { source, target: onTarget } = policiesOf(scenario);
  const has: Record<Feature, boolean> = {
    early: guest.some((g) => g.early),
    savevm: guest.some((g) => g.kind === 'savevm'),
    pause: pause === true,
    speed: speed !== undefined,
    throttled: disk.throttled === true,
    copyOnRead: disk.copyOnRead === true,
    zeroes: disk.zero.length > 0,
    otherDiscards: disk.discardReads !== 'zero',
    overlay: syncOf(mode).selects !== 'allocated' && overlay !== undefined,
    otherOverlay: overlay !== undefined && overlay.clusterSectors !== clusterSectors,
    zeroClusters: (overlay?.zeroClusters ?? []).length > 0,
    shortBase: overlay !== undefined && overlay.baseSectors !== null && overlay.baseSectors < disk.sectors,
    noBase: overlay?.baseSectors === null,
    otherTarget: targetClusterSectors !== plainTargetClusterSectors(mode, clusterSectors),
    existingTarget: target !== undefined,
    otherLength: target !== undefined && target.sectors !== disk.sectors,
    oldData: (target?.data ?? []).length > 0,
    sourceAsTarget: target?.isSource === true,
    faults: faults.length > 0,
    policies: source !== 'report' || onTarget !== 'report',
    resume: resume === true,
  };
  return ALL_FEATURES.filter((feature) => has[feature]);
}

/** Whether the ones have something that can't be had without one of the others. */
export const goTogether = (ones: readonly Feature[], others: readonly Feature[]): boolean =>
  ones.some((feature) => TAKES[feature] !== undefined && others.includes(TAKES[feature]));

/** Whether requests, or the cancel, wait for other requests. */
export const hasWaits = ({ guest, cancelAfter = [] }: Scenario): boolean =>
  cancelAfter.length > 0 || guest.some(({ after }) => after.length > 0);

/** In words; a mode that asks what is allocated has its overlay in any case. */
export const describeFeatures = (features: readonly Feature[]): string[] => features.map((feature) => FEATURES[feature]);

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
  for (const feature of features) for (let taken = TAKES[feature]; taken !== undefined; taken = TAKES[taken]) set.add(taken);
  return ALL_FEATURES.filter((feature) => set.has(feature));
}
