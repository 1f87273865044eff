/**
 * A property that the author of a custom job adds to those of every job: what must hold of each of its runs. It is told of each step, and
 * sees disk and backup as anybody outside of the job sees them.
 *
 * A search goes back and forth between states, so a property keeps what it remembers in its `memory`, and nowhere else: what it says of a
 * step must follow from the step, the view and the memory. Requests are numbered anew when a trace is made small, so what it says must
 * not hang on a request's number either.
 */
import type { SyncMode } from '../../sync.ts';
import type { Errno } from '../../block/errors.ts';
import type { Cells, Extent } from './memory.ts';

/** A step that has run. Units: sectors and clusters of the backup, from 0. */
export interface Observation {
  /** As in traces: `job`, `user`, `operator`, or a request, such as `g1`. */
  readonly who: string;
  /** As in traces: `copy.read c0`. */
  readonly step: string;
  /** Whose I/O it is part of: a guest's on its disk, a copy to the target, or a read of the point in time; null: of none. */
  readonly by: 'guest' | 'copy' | 'reader' | null;
  /** What the I/O does. */
  readonly kind: 'read' | 'write' | 'zero' | 'discard' | 'any' | null;
  /** `start`: before the hook; `effect`: data moves. */
  readonly phase: 'start' | 'submit' | 'effect' | 'complete' | 'fail' | null;
  /** The sector that it is about, or the first of its cluster; null: it is about none. */
  readonly sector: number | null;
  /** Its cluster; null: it is about none. */
  readonly cluster: number | null;
}

/** Disk and backup once a step has run. Contents are named as in traces: `s0@0` is what sector 0 held at T0, `zero` is zeroes. */
export interface View<M extends string = string, K extends string = string> {
  /** The sync mode of the run. */
  readonly mode: SyncMode;
  /** Length of the disk, in sectors. */
  readonly sectors: number;
  /** Sectors of a cluster of the backup. */
  readonly clusterSectors: number;
  /** Clusters of the disk. */
  readonly clusters: number;
  /** Where the job stands: `active` from T0 on. */
  readonly state: 'created' | 'active' | 'completed' | 'cancelled' | 'refused';
  /** Whether the job was cancelled. */
  readonly isCancelled: boolean;
  /** The error that COMPLETED told of; null: none. */
  readonly error: Errno | null;
  /** Sectors that the job has counted. */
  readonly progress: number;
  /** What the guest's disk shows. */
  readonly source: (sector: number) => string;
  /** What the target holds; null: nothing has been written there. */
  readonly target: (sector: number) => string | null;
  /** What a reader of the backup would see; null before T0. */
  readonly backup: (sector: number) => string | null;
  /** What the disk showed at T0; null before T0. */
  readonly atT0: (sector: number) => string | null;
  /** What the property remembers, all 0 when a run begins. */
  readonly memory: Readonly<Record<M, Cells>>;
  /** Notes that this run has met one of the property's situations. */
  readonly meet: (mark: K) => void;
}

/** Nothing, if all is well; else what is wrong, in one line, and the sector that it is about, if it is about one. */
export type Finding = string | { readonly detail: string; readonly sector: number } | null | undefined | void;

/** A property that the author of a job adds. `M` and `K` are the names of its memory and of its marks. */
export interface Property<M extends string = string, K extends string = string> {
  /** In kebab case; traces have it. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly sentence: string;
  /** What it remembers, all 0 when a run begins. */
  readonly memory?: Readonly<Record<M, Extent>>;
  /** Situations that a good search meets, in words: a property that never saw any has shown nothing. */
  readonly marks?: readonly K[];
  /** Asked after each step. */
  after?(step: Observation, view: View<M, K>): Finding;
  /** Asked when nothing can run any more. */
  end?(view: View<M, K>): Finding;
}

/** The properties of every job. */
export const BUILT_IN_PROPERTIES = [
  'nothing-freed',
  'always-finishes',
  'ends-in-order',
  'snapshot-kept',
  'guest-unharmed',
  'stable-reader',
  'given-up',
  'cancel-is-clean',
  'errors-are-told',
  'copies-no-more',
  'progress-adds-up',
] as const;
/** A property of every job, by its name. */
export type BuiltInProperty = (typeof BUILT_IN_PROPERTIES)[number];

/** A run that never ends, or that spins, has no end to be judged. */
export const NEVER_SKIPPED: BuiltInProperty = 'always-finishes';

/** What is asked of a job besides what it declares itself. */
export interface MoreAsked {
  /** Properties to ask for besides. */
  readonly properties?: readonly Property[];
  /** Properties of every job that it is not asked for. */
  readonly skip?: readonly BuiltInProperty[];
}
