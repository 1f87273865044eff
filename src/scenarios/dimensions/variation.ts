/** How one optional part of a scenario is drawn, enumerated and shrunk. */
import type fc from 'fast-check';
import type { JobOption } from '../../../model/machine/job-options.ts';
import type { SyncMode } from '../../../model/sync.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { Notation } from './notation.ts';

/** The largest scenarios to draw. */
export interface DrawScope {
  readonly clusters: number;
  readonly clusterSectors: number;
  /** Of the scenarios; absent: not known yet. */
  readonly mode?: SyncMode;
  /** Reads and writes fail now and then. */
  readonly faults?: boolean;
  /** What the job knows of what not every job knows. */
  readonly jobOptions?: readonly JobOption[];
  /** The guest may never stop. Only the author of a custom job could wait for that, so the seeds of built-in jobs stay as they are. */
  readonly endlessGuest?: boolean;
  /** Exactly these sizes, with writes only and a raw source: what `bench` measures. */
  readonly exactly?: boolean;
}

/** The scenarios that an enumeration goes through: of one disk, with some features or fewer. */
export interface EnumerationScope {
  readonly mode: SyncMode;
  readonly clusterSectors: number;
  /** At most so many, of the guest and others: what a part of the scenario costs in `requests`. */
  readonly requests: number;
  readonly has: (feature: string) => boolean;
}

/** Sectors that are cut out of the disk; those behind them move to the front. */
export interface Cut {
  readonly first: number;
  readonly end: number;
}

/** Something that a scenario may have beyond the plainest ones. */
export interface ScenarioFeature<T> {
  /** What a proof varies. */
  readonly words: string;
  /** A feature that this one can't be had without. */
  readonly takes?: string;
  /** Absent: each value has it that is not plain. */
  isIn?(this: void, value: T, scenario: Scenario): boolean;
}

/** @template T what a scenario may say of it */
export interface Variation<T = unknown> {
  readonly notation: Notation<T>;
  /** The swarm feature without which a drawn value becomes plain. Absent: it does not depend on one. */
  readonly swarm?: string;
  /** Never asked of an exact scope, where all is plain. Must shrink without context. */
  draw(this: void, arbitraries: typeof fc, scope: DrawScope): fc.Arbitrary<T>;
  /** What a drawn value means in the scenario, whose disk and guest are known. Absent: itself. */
  settle?(this: void, value: T, scenario: Scenario): T;
  /** Whether a drawn scenario can have it, with all else that it has. Absent: any can. */
  makesSense?(this: void, scenario: Scenario, scope: DrawScope): boolean;
  readonly features: Readonly<Record<string, ScenarioFeature<T>>>;
  /** All values for an exhaustive enumeration, the plain one first. @param scenario what is enumerated before is in it */
  enumerate(scope: EnumerationScope, scenario: Scenario): Iterable<T>;
  /** Whether a value costs as much as requests of the guest do, or only makes a scenario less plain; and how much. Absent: 1. */
  readonly counts: 'requests' | 'frills';
  cost?(this: void, value: T, scenario: Scenario): number;
  /** Smaller values, down to the plain one, when a failure is shrunk. Absent: it is dropped, or stays. */
  plainer?(this: void, value: T): Iterable<T>;
  /** The value once requests have other names, or are gone: then `nameOf` says null. Absent: the same, for it names none. */
  withRequests?(this: void, value: T, nameOf: (id: string) => string | null): T;
  /** The value once these sectors are cut out of the disk. Absent: the same. @param scenario the one before the cut */
  withoutSectors?(this: void, value: T, cut: Cut, scenario: Scenario): T;
}

/** Off and on, or only off. */
export const either = (mayBe: boolean): boolean[] => (mayBe ? [false, true] : [false]);

/** True once in so many draws. */
export const oneIn = (arbitraries: typeof fc, often: number): fc.Arbitrary<boolean> =>
  arbitraries.constantFrom(...Array.from({ length: often - 1 }, () => false), true);

/** What is left of a list of places; those behind the cut move to the front. */
export const placesWithout = (list: readonly number[], { first, end }: Cut): number[] =>
  list.filter((n) => n < first || n >= end).map((n) => (n < first ? n : n - (end - first)));

/** The same cut, counted in clusters. */
export const cutInClusters = ({ first, end }: Cut, clusterSectors: number): Cut => ({
  first: first / clusterSectors,
  end: end / clusterSectors,
});
