/**
 * A second model of block-copy, to hold the first against: one disk, all sync modes, written from the reference (B.1 to B.3, C.1,
 * D.1)
 * as plain data and plain functions. It shares no code with the model. Whatever is between two yields is one step; the read and
 * the store of a task are one each, since nobody else may touch its clusters meanwhile.
 */

/** What a sector holds: `s3@0` at T0, `s3.g1`, `zero`. */
export type Content = string;
/** Of a cluster of the disk: data of its own, data of the backing file, or known to be zeroes. */
export type Status = 'data' | 'backing' | 'zero';

export type Copies = 'all' | 'allocated' | 'none';

/** Ranges are `[first, end)`. */
export interface Range {
  first: number;
  end: number;
}

export interface Setup {
  /** What the job copies: the whole disk, what is allocated, or nothing. */
  readonly copies: Copies;
  readonly sectors: number;
  readonly clusterSectors: number;
  readonly content: readonly Content[];
  /** By cluster. Null: the disk is raw, and knows of no zeroes. */
  readonly status: readonly Status[] | null;
  readonly guests: readonly { readonly kind: 'write' | 'zero'; readonly first: number; readonly end: number }[];
  readonly cancel: boolean;
  /** Each strikes once. */
  readonly faults: readonly { readonly op: 'read' | 'store'; readonly cluster: number }[];
  /** Clusters of a task, and tasks of a call, at most. */
  readonly chunk: number;
  readonly workers: number;
}

/** A task in flight holds clusters; others wait for it. */
export interface Task extends Range {
  call: number;
  isZero: boolean;
  data: Content[];
  /** Where it stands, if it runs in a coroutine of its own. */
  at: 'made' | 'T1' | 'T3' | 'T4' | 'T5';
  error: boolean;
  waiters: number[];
}

export type CallAt = 'idle' | 'K3' | 'inline' | 'K8' | 'K11' | 'K12' | 'finished';

/** Call 0 is the job's, call n that of guest n. */
export interface Call extends Range {
  at: CallAt;
  isReady: boolean;
  offset: number;
  hasFound: boolean;
  hasPool: boolean;
  busy: number;
  waitsForTask: boolean;
  poolFailed: boolean;
  failed: boolean;
  isCancelled: boolean;
  /** The task that it has made and not yet handed on; index into the tasks. */
  task: number;
}

export interface Guest {
  at: 'start' | 'copying' | 'send' | 'land' | 'done' | 'ended';
  /** The first sector that has not landed. */
  next: number;
}

export interface State {
  source: Content[];
  status: Status[] | null;
  /** Null: nothing has been stored. */
  target: (Content | null)[];
  dirty: boolean[];
  /** In flight, in no order that matters; null: free. */
  tasks: (Task | null)[];
  calls: Call[];
  guests: Guest[];
  job: 'start' | 'J3' | 'J5' | 'J6' | 'E1' | 'E4' | 'close' | 'ended';
  /** The cluster that the scan asks about next, and whether copies skip what is not allocated. */
  scanned: number;
  skips: boolean;
  user: 'waits' | 'ready' | 'ended';
  isCancelled: boolean;
  hasFailed: boolean;
  hasFilter: boolean;
  isDrained: boolean;
  faultsLeft: boolean[];
  /** Sectors copied. */
  offset: number;
}

export function initial(setup: Setup): State {
  const clusters = Math.ceil(setup.sectors / setup.clusterSectors);
  const call = (): Call => ({
    first: 0,
    end: 0,
    at: 'idle',
    isReady: false,
    offset: 0,
    hasFound: false,
    hasPool: false,
    busy: 0,
    waitsForTask: false,
    poolFailed: false,
    failed: false,
    isCancelled: false,
    task: -1,
  });
  return {
    source: [...setup.content],
    status: setup.status === null ? null : [...setup.status],
    target: setup.content.map(() => null),
    dirty: Array.from({ length: clusters }, () => true),
    tasks: [],
    calls: Array.from({ length: 1 + setup.guests.length }, call),
    guests: setup.guests.map(({ first }) => ({ at: 'start', next: first })),
    job: 'start',
    scanned: 0,
    skips: false,
    user: setup.cancel ? 'waits' : 'ended',
    isCancelled: false,
    hasFailed: false,
    hasFilter: false,
    isDrained: false,
    faultsLeft: setup.faults.map(() => true),
    offset: 0,
  };
}
