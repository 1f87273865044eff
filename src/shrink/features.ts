/**
 * What a scenario has beyond the plainest one of its mode, and how much of it: a proof covers all
 * scenarios that have as much of each or less. Two things are left out, for nothing fails with them
 * that does not fail without: a request or a cancel that waits for other requests can do nothing that one
 * that waits for none can't.
 */
import type { DiscardReads } from '../../model/block/image.ts';
import type { Scenario } from '../../model/scenario.ts';

export interface Features {
  /** Sectors in a cluster of a source that is an overlay, beside those of the backup; empty: it is raw. */
  readonly overlays: readonly number[];
  readonly zeroClusters: number;
  readonly shortBase: boolean;
  readonly noBase: boolean;
  /** Sectors of zeroes at T0. */
  readonly zero: number;
  readonly discardReads: readonly DiscardReads[];
  readonly throttled: boolean;
  readonly copyOnRead: boolean;
  readonly targets: readonly number[];
  readonly existingTarget: { readonly otherLength: boolean; readonly data: number } | null;
  readonly early: boolean;
  readonly pause: boolean;
  readonly resume: boolean;
  readonly speeds: readonly number[];
  readonly faults: boolean;
  readonly policies: boolean;
}

const distinct = (...numbers: number[]): number[] => [...new Set(numbers)];

export function featuresOf({ mode, disk, targetClusterSectors, existingTarget: target, guest, pause, resume, speed, faults = [], onError }: Scenario): Features {
  const { overlay, clusterSectors, discardReads } = disk;
  const plainTarget = mode === 'full' ? 0 : clusterSectors;
  return {
    overlays: overlay === undefined && mode !== 'top' ? [] : distinct(clusterSectors, overlay?.clusterSectors ?? clusterSectors),
    zeroClusters: overlay?.zeroClusters.length ?? 0,
    shortBase: overlay !== undefined && overlay.baseSectors !== null && overlay.baseSectors < disk.sectors,
    noBase: overlay?.baseSectors === null,
    zero: disk.zero.length,
    discardReads: discardReads === 'zero' ? ['zero'] : ['zero', discardReads],
    throttled: disk.throttled === true,
    copyOnRead: disk.copyOnRead === true,
    targets: distinct(plainTarget, targetClusterSectors),
    existingTarget: target === undefined ? null : { otherLength: target.sectors !== disk.sectors, data: target.data.length },
    early: guest.some((g) => g.early),
    pause: pause === true,
    resume: resume === true,
    speeds: speed === undefined ? [] : [speed],
    faults: faults.length > 0,
    policies: onError !== undefined,
  };
}

/** In words, each thing that scenarios with these features may have. */
export function describeFeatures(features: Features, clusterSectors: number): string[] {
  const { overlays, zeroClusters, shortBase, noBase, zero, discardReads, targets, existingTarget } = features;
  const other = (sizes: readonly number[]): string => sizes.filter((size) => size !== clusterSectors && size > 0).join();
  const words: [boolean, string][] = [
    [overlays.length > 0, `overlay${other(overlays) === '' ? '' : ` of clusters of ${other(overlays)}`}`],
    [zeroClusters > 0, 'zero clusters'],
    [shortBase, 'a shorter backing file'],
    [noBase, 'no backing file'],
    [zero > 0, `${zero} sectors of zeroes`.replace(/^1 sectors/, '1 sector')],
    [discardReads.length > 1, `discards that read as ${discardReads.join(' or ')}`],
    [features.throttled, 'I/O limits'],
    [features.copyOnRead, 'copy on read'],
    [targets.length > 1 && targets[1] === 0, 'raw target'],
    [targets.length > 1 && targets[1] !== 0, `target of clusters of ${targets[1]}`],
    [existingTarget !== null, `existing target${existingTarget?.otherLength === true ? ' of any length' : ''}${(existingTarget?.data ?? 0) > 0 ? ` with data in ${existingTarget!.data}` : ''}`],
    [features.early, 'early requests'],
    [features.pause, 'a pause'],
    [features.speeds.length > 0, `a speed of ${features.speeds.join()}`],
    [features.faults, 'errors'],
    [features.policies, 'any policies'],
    [features.resume, 'resume'],
  ];
  return words.filter(([has]) => has).map(([, word]) => word);
}
