/**
 * The sync modes of a backup. What depends on the mode asks its row here; only a family of jobs, data and text name one
 * (tools/house/modes.ts checks it).
 */

/**
 * When a job clears the bits of its bitmap that it has copied: if it completes, whatever comes of it, or never (QEMU:
 * BitmapSyncMode, qapi/block-core.json).
 */
export const BITMAP_MODES = ['on-success', 'always', 'never'] as const;
export type BitmapMode = (typeof BITMAP_MODES)[number];

/** Those of `drive-backup` (commit fc5d3f84, QEMU 1.6), which every family of jobs has. */
export const SYNC_MODES = ['full', 'top', 'none'] as const;
/** And what only block-copy has. */
export const ALL_SYNC_MODES = [...SYNC_MODES, 'bitmap'] as const;
/** `full`, `top`, `none`, or `bitmap`, which only block-copy has. */
export type SyncMode = (typeof ALL_SYNC_MODES)[number];

/** Another name of QEMU's for a mode, with bitmap-mode `on-success` (`backup_job_create`, block/backup.c). */
export const INCREMENTAL = 'incremental';
export const INCREMENTAL_MEANS: SyncMode = 'bitmap';

/** What a backup of a mode is. A guest's write has its cluster copied in any mode. */
export interface Sync {
  readonly name: SyncMode;
  /**
   * What the job itself copies: every cluster, those of which something is allocated in the source, those that are dirty in its
   * bitmap, or none. Of clean clusters guests copy nothing either.
   */
  readonly selects: 'all' | 'allocated' | 'dirty' | 'none';
  /**
   * What the target lies over, and shows where it has nothing of its own: the source's backing file, the live source, or the
   * backup before this one. Nothing only if the job copies all: then the target stands alone, and need not tell which clusters
   * it has.
   */
  readonly beneath: 'nothing' | 'backing' | 'source' | 'previous';
  /** What may become of a bitmap that the job is given (`backup_job_create`, block/backup.c). Empty: it is given none. */
  readonly bitmapModes: readonly BitmapMode[];
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
    bitmapModes: ['on-success', 'always'],
    endsByItself: true,
    readableWhileRunning: false,
    withoutBacking: null,
  },
  top: {
    name: 'top',
    selects: 'allocated',
    beneath: 'backing',
    bitmapModes: ['on-success', 'always'],
    endsByItself: true,
    readableWhileRunning: false,
    withoutBacking: 'full',
  },
  none: {
    name: 'none',
    selects: 'none',
    beneath: 'source',
    bitmapModes: [],
    endsByItself: false,
    readableWhileRunning: true,
    withoutBacking: null,
  },
  bitmap: {
    name: 'bitmap',
    selects: 'dirty',
    beneath: 'previous',
    bitmapModes: BITMAP_MODES,
    endsByItself: true,
    readableWhileRunning: false,
    withoutBacking: null,
  },
};

export const syncOf = (mode: SyncMode): Sync => SYNCS[mode];

/** Something by mode. */
export type OfEachMode<T, M extends SyncMode = SyncMode> = Readonly<Record<M, T>>;

export const ofEachMode = <T, M extends SyncMode>(modes: readonly M[], make: (mode: M) => T): OfEachMode<T, M> =>
  Object.fromEntries(modes.map((mode) => [mode, make(mode)])) as OfEachMode<T, M>;

/** The modes of which this holds, in their order. @param of absent: of those that every family has */
export const modesWhere = (holds: (sync: Sync) => boolean, of: readonly SyncMode[] = SYNC_MODES): SyncMode[] =>
  of.filter((mode) => holds(SYNCS[mode]));

/** `FULL, TOP` */
export const modesInWords = (modes: readonly SyncMode[]): string => modes.map((mode) => mode.toUpperCase()).join(', ');
