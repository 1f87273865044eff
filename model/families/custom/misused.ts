/** Something that a custom job may not do. Where it was done is added where it comes by (verbs.ts). */
export class Misused extends Error {}

/** @throws Misused if the disk has no such cluster */
export function knownCluster(cluster: number, clusters: number): number {
  if (!Number.isInteger(cluster) || cluster < 0 || cluster >= clusters)
    throw new Misused(`there is no cluster ${String(cluster)}: ${hasClusters(clusters)}`);
  return cluster;
}

/** How many clusters the disk has, for a message about one that it lacks. */
export const hasClusters = (clusters: number): string =>
  clusters > 0 ? `the disk has ${clusters}` : 'a scenario may have an empty disk, where backup.clusters is 0';
