/** What a custom job, or a property of it, declares to remember, and how it does. */

/** How many cells or queues there are of a name: one, or one for each cluster of the backup. */
export type Extent = 'one' | 'clusters';

/** Whole numbers that are remembered. The cluster is left out where there is one cell. */
export interface Cells {
  get(cluster?: number): number;
  set(value: number): void;
  set(cluster: number, value: number): void;
  add(value: number): void;
  add(cluster: number, value: number): void;
}
