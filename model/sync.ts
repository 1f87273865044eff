/**
 * The sync modes of `drive-backup` (commit fc5d3f84, QEMU 1.6). What depends on the mode asks its row here; only a
 * family of jobs, data and text name one (tools/house/modes.ts checks it).
 */
export const SYNC_MODES = ['full', 'top', 'none'] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

/** What a backup of a mode is. A guest's write has its cluster copied in any mode. */
export interface Sync {
  readonly name: SyncMode;
  /** What the job itself copies: every cluster, those of which something is allocated in the source, or none. */
  readonly selects: 'all' | 'allocated' | 'none';
  /**
   * What the target lies over, and shows where it has nothing of its own: the source's backing file, or the live source.
   * Nothing only if the job copies all: then the target stands alone, and need not tell which clusters it has.
   */
  readonly beneath: 'nothing' | 'backing' | 'source';
  /** Whether the job completes; else it ends by a cancel alone, and its backup is good until then. */
  readonly endsByItself: boolean;
  /** Whether a reader of the target sees the point in time while the job runs, from the first moment on. */
  readonly readableWhileRunning: boolean;
  /** The mode that it is in effect if the source has no backing file; null: itself. */
  readonly withoutBacking: SyncMode | null;
}

const SYNCS: OfEachMode<Sync> = {
  full: {
    name: 'full',
    selects: 'all',
    beneath: 'nothing',
    endsByItself: true,
    readableWhileRunning: false,
    withoutBacking: null,
  },
  top: {
    name: 'top',
    selects: 'allocated',
    beneath: 'backing',
    endsByItself: true,
    readableWhileRunning: false,
    withoutBacking: 'full',
  },
  none: {
    name: 'none',
    selects: 'none',
    beneath: 'source',
    endsByItself: false,
    readableWhileRunning: true,
    withoutBacking: null,
  },
};

export const syncOf = (mode: SyncMode): Sync => SYNCS[mode];

/** Something by mode. */
export type OfEachMode<T> = Readonly<Record<SyncMode, T>>;

export const ofEachMode = <T>(make: (mode: SyncMode) => T): OfEachMode<T> =>
  Object.fromEntries(SYNC_MODES.map((mode) => [mode, make(mode)])) as OfEachMode<T>;

/** The modes of which this holds, in their order. */
export const modesWhere = (holds: (sync: Sync) => boolean): SyncMode[] => SYNC_MODES.filter((mode) => holds(SYNCS[mode]));

/** `FULL, TOP` */
export const modesInWords = (modes: readonly SyncMode[]): string => modes.map((mode) => mode.toUpperCase()).join(', ');
