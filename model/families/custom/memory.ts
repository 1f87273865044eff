/** What a custom job, or a property of it, declares to remember, and how it does. */

/** How many cells or queues there are of a name: one, or one for each cluster of the backup. */
export type Extent = 'one' | 'clusters';

/** Whole numbers that are remembered. The cluster is left out where there is one cell. */
export interface Cells {
  /** Its value. */
  get(cluster?: number): number;
  /** Changes the one cell of this name. */
  set(value: number): void;
  /** Changes that of a cluster. */
  set(cluster: number, value: number): void;
  /** Adds to the one cell of this name. */
  add(value: number): void;
  /** Adds to that of a cluster. */
  add(cluster: number, value: number): void;
}
