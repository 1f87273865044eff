/**
 * A custom backup job, as its author sees it: two generators, one for the job and one for what
 * happens before a guest's write lands, written against the things below. Nothing is imported at run
 * time; the two are handed all that they work with.
 *
 * The replay contract: a coroutine may be stopped at every `yield*`, and where it goes on must follow from
 * the step that it stopped at, that step's cluster, the request's range, and the cells. So a variable that has
 * the value of a cell, or the result of a verb, must not be used after another `yield*` (one of a loop over
 * clusters may, for the step says which, and one that has the request's range), and no two places of the job, or
 * of the hook, may wait in the same step. A job that breaks the replay contract is refused, with the step.
 *
 * Units: disks and ranges count sectors from 0, ends are exclusive; clusters are those of the backup.
 */
import type { SyncMode } from '../../sync.ts';
import type { BlockError } from '../../block/errors.ts';
import type { Step } from '../../kernel/step.ts';
import type { Cells, Extent } from './memory.ts';
import type { BuiltInProperty, Property } from './property.ts';

/** What a generator of a job is: it yields steps, by `yield*` only, and may return something. */
export type Run<Result = void> = Generator<Step, Result>;

/** Something that takes time: `yield*` it. Others may run before it, between its parts and after it. */
export type Verb<Result = void> = Iterable<Step, Result>;

/** A job. `C`, `Q`, `L` and `S` are the names of its cells, queues, locals and steps. */
export interface Job<C extends string = string, Q extends string = string, L extends string = string, S extends string = string> {
  /** The sync modes that it can do. Of an image without a backing file, TOP is FULL. */
  readonly modes: readonly SyncMode[];
  /** What the job remembers, all 0 at first. */
  readonly cells?: Readonly<Record<C, Extent>>;
  /** Where coroutines wait for each other. */
  readonly queues?: Readonly<Record<Q, Extent>>;
  /** What each copier remembers of its own, 0 whenever the hook is called: locals that may live across a `yield*`. */
  readonly locals?: readonly L[];
  /** Names for steps of its own: see `Backup.step`. */
  readonly steps?: readonly S[];
  /** The job, from before the point in time to its end. */
  run(backup: Backup<C, Q, L, S>): Run;
  /**
   * What happens before a guest's write, write of zeroes or discard lands, while the hook is linked. An error fails the
   * guest's request.
   */
  beforeWrite(backup: Backup<C, Q, L, S>, me: Copier<L>): Run<BlockError>;
  /**
   * NONE: a reader reads the point in time, by `target.read`. What it read last of each sector is what it returns, and must be the
   * disk at T0 as long as the backup is good; it may look again and read once more. Without this there is no reader; nor is
   * there one once the job has called `free`, closed its target, or ended: the job must wait for a reader that is under way then.
   */
  readPointInTime?(backup: Backup<C, Q, L, S>, me: Copier<L>): Run<BlockError>;
  /** What else must hold of its runs. */
  readonly properties?: readonly Property[];
  /** Properties of every job that this one is not asked for. */
  readonly skip?: readonly BuiltInProperty[];
}

/** The backup that a job makes, with all that it works on. */
export interface Backup<C extends string = string, Q extends string = string, L extends string = string, S extends string = string> {
  /** The sync mode of this run. */
  readonly mode: SyncMode;
  /** Length of the disk, in sectors. */
  readonly sectors: number;
  /** Sectors of a cluster of the backup; the disk's last cluster may be shorter. */
  readonly clusterSectors: number;
  /** How many clusters the disk has, 0 for an empty one. */
  readonly clusters: number;
  /** The job itself, where a copier is asked for. */
  readonly job: Copier<L>;
  /** The disk that is backed up. */
  readonly source: Source;
  /** Where the backup goes. */
  readonly target: Target;
  /** How many copies are under way. */
  readonly copies: Copies;
  /** Which clusters the copies under way hold. */
  readonly inFlight: InFlightList;
  /** The cells of the job, by name. */
  readonly cells: Readonly<Record<C, Cells>>;
  /** The queues of the job, by name. */
  readonly queues: Readonly<Record<Q, Queue>>;

  /** Waits until no request of the guest is in flight. Job only. */
  drainGuest(): Verb;
  /** The point in time, T0: the disk as it is now is what the backup must show. */
  begin(): void;
  /** From here on `beforeWrite` is called before each change of the source. */
  linkHook(): void;
  /** From here on changes of the source call no hook. */
  unlinkHook(): void;
  /**
   * Lets others run, and lasts as long as the job is paused. A cancel ends it at once. Job only. @param cluster
   * which comes next
   */
  sleep(cluster: number): Verb;
  /** Sleeps until a cancel or a resume. Job only. */
  park(): Verb;
  /** Whether the job was cancelled. */
  readonly isCancelled: boolean;
  /**
   * A place where others may run, in a step of the job's own. @param cluster what it is about; left out where it is about none. An
   * empty disk has none
   */
  step(me: Copier<L>, name: S, cluster?: number): Verb;
  /** The target has this cluster: the progress grows by its sectors. */
  count(cluster: number): void;
  /** TOP: the target will never need this cluster: the progress grows, unless it is copied after all. */
  skip(cluster: number): void;
  /**
   * The job met an error: reports it as its policy requires. @returns whether the job continues, by trying again or by passing over the
   * cluster. Under the policy `stop` it must `sleep` first: only there does it wait until the user resumes it. Job only.
   */
  goesOnAfter(error: BlockError): boolean;
  /** The job's memory is given back: cells, queues, copies and the list of those in flight, which must not be used afterwards. */
  free(): void;
  /** Drains the guest once more and closes the target, which must not be written to afterwards. Job only. */
  closeTarget(): Verb;
  /**
   * The event COMPLETED, or CANCELLED; COMPLETED tells of the error after which the job did not go on, or of this one, with which a job
   * ends that has given up. @param error `EIO`
   */
  end(error?: BlockError): void;
  /**
   * The backup does not show its point in time any more, be it that a copy failed which the guest must not notice, that it took too
   * long, or that there was no room (QEMU: `on-cbw-error=break-snapshot`, `cbw-timeout`). From here on a reader of the point in time
   * must get an error, and the job must not complete without one. It may be called by the hook, too.
   */
  giveUp(): void;
  /** Whether the job has given up. */
  readonly isGivenUp: boolean;
  /** An error to return to readers, and to end with, once the job has given up. */
  readonly EIO: BlockError;
}

/**
 * Who copies: the job, or a guest's request that is about to change the disk. It has a buffer of one cluster. Only the
 * one that runs can be named.
 */
export interface Copier<L extends string = string> {
  /** The first sector of the request; of the job 0. */
  readonly firstSector: number;
  /** The end of its range, exclusive; of the job 0. */
  readonly endSector: number;
  /** The first cluster that the range touches. */
  readonly firstCluster: number;
  /** The end of these clusters, exclusive. */
  readonly endCluster: number;
  /** What it remembers of its own, by name. */
  readonly locals: Readonly<Record<L, Local>>;
  /** Whether the cluster that was read last is all zeroes. */
  bufferIsZero(cluster: number): boolean;
}

/** The disk that is backed up. */
export interface Source {
  /** Reads a cluster into the copier's buffer. @returns an error, or 0 */
  read(me: Copier, cluster: number): Verb<BlockError>;
  /** TOP: whether anything of a cluster is allocated in the topmost image. @returns or an error, above 0. For the job only */
  allocation(cluster: number): Verb<'allocated' | 'unallocated' | BlockError>;
}

/** Where the backup goes. */
export interface Target {
  /** Writes the copier's buffer to a cluster, and empties the buffer. @returns an error, or 0 */
  write(me: Copier, cluster: number): Verb<BlockError>;
  /** The same for zeroes, whatever is in the buffer. */
  writeZeroes(me: Copier, cluster: number): Verb<BlockError>;
  /** NONE: reads the request's range through the target. For `readPointInTime` only. @returns an error, or 0 */
  read(me: Copier): Verb<BlockError>;
}

/** How many copies are under way, those of the job and of guests (QEMU: `flush_rwlock`). */
export interface Copies {
  /** A copy begins. */
  begin(): void;
  /** A copy has ended. */
  end(): void;
  /** Waits until there are none. Job only. */
  drain(): Verb;
}

/** The copies in flight with the clusters that each holds, newest first (QEMU: `inflight_reqs`). Jobs may do without. */
export interface InFlightList {
  /** Whether another copier holds one of the clusters. */
  overlaps(me: Copier, first: number, end: number): boolean;
  /** Sleeps until the newest copy that overlaps wakes the coroutines that wait for it; ask again whether others overlap. */
  wait(me: Copier, first: number, end: number): Verb;
  /** From here on the copier holds these clusters. */
  begin(me: Copier, first: number, end: number): void;
  /** The copier holds none any more. Coroutines that wait for it are not woken. */
  end(me: Copier): void;
  /** Wakes the coroutines that wait for this copier. */
  wake(me: Copier): void;
}

/** A whole number that a copier remembers. */
export interface Local {
  /** Its value. */
  get(): number;
  /** Changes it. */
  set(value: number): void;
}

/** Coroutines that wait, first come first served (QEMU: CoQueue). The cluster of a wake-up is left out where there is one queue. */
export interface Queue {
  /**
   * Sleeps until it is woken. Ask again for what it waited. @param cluster what the wait is about; and whose
   * queue, where each has one
   */
  wait(me: Copier, cluster: number): Verb;
  /** Wakes all that wait, in the order in which they came. */
  wakeAll(cluster?: number): void;
  /** Wakes the one that came first. */
  wakeFirst(cluster?: number): void;
}
