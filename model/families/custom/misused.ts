/** Something that a custom job may not do. Where it was done is added where it comes by (verbs.ts). */
export class Misused extends Error {}

/** @throws Misused if the disk has no such cluster */
export function knownCluster(cluster: number, clusters: number): number {
  if (!Number.isInteger(cluster) || cluster < 0 || cluster >= clusters)
    throw new Misused(`there is no cluster ${String(cluster)}: the disk has ${clusters}`);
  return cluster;
}
