/**
 * How a backup was started on a real QEMU: what a scenario does not say, because QEMU 1.6 had no such options. It is
 * written into a trace as the step `start ...`, with the options that are not QEMU's own defaults.
 */

export interface Start {
  /**
   * `filter`: there is no job but an explicit copy-before-write filter, which is what a job comes to that copies nothing itself, with
   * `discard=unmap`. A plain job's own filter is opened without it, so that QEMU drops the guest's discards before they come to it
   * (io.c, `bdrv_co_pdiscard`; block/copy-before-write.c, `bdrv_cbw_append`).
   */
  readonly by: 'job' | 'filter';
  /** `x-perf`: how many copies of the job's own at once. Null: QEMU's choice, which is 64. */
  readonly workers: number | null;
  /** `x-perf`: bytes, the most of one copy of the job's own. 0 or null: no limit. */
  readonly chunk: number | null;
  /** `x-perf`: bytes, the least that is copied at once. */
  readonly minCluster: number | null;
  /** Whether it is for the user to finalize a job that has done its work. */
  readonly finalize: 'auto' | 'manual';
  /** What becomes of the guest's write where the copy before it fails: it fails too, or the backup is given up. */
  readonly onCbwError: 'break-guest-write' | 'break-snapshot';
  /** What is copied, where it is not the scenario's mode that says so: what the bitmap has dirty. */
  readonly sync: 'mode' | 'incremental' | 'bitmap';
  /**
   * What becomes of the bitmap. Null: there is none. Else it records what the guest writes from the beginning on, the target is the
   * backup of that beginning, and after the job the next increment is made.
   */
  readonly bitmapMode: 'on-success' | 'never' | 'always' | null;
  /** Bytes for which the bitmap has a bit. */
  readonly granularity: number | null;
  /** Whether a target that lies over the source's backing file is opened without it, and put over it when all is over. */
  readonly backing: 'open' | 'later';
  /**
   * There are two disks of this layout, whose jobs one transaction starts: each ends by itself, or none completes unless all can.
   * Errors and the cancel are those of the first. Null: there is one disk.
   */
  readonly transaction: 'individual' | 'grouped' | null;
  /** The requests that go to the second disk; all others go to the first. */
  readonly second: readonly string[];
  /**
   * So many backups are made one after the other: full ones until one completes, then increments of it, each onto a target of its own.
   * Errors strike increments alone, and one of them is cancelled. Null: there is one backup.
   */
  readonly chain: number | null;
  /** Where the point in time is read: from the target over the source, or through a `snapshot-access` node on the filter. */
  readonly reads: 'target' | 'snapshot-access';
}

/** All that QEMU does if it is told nothing. */
export const PLAIN: Start = {
  by: 'job',
  workers: null,
  chunk: null,
  minCluster: null,
  sync: 'mode',
  bitmapMode: null,
  granularity: null,
  finalize: 'auto',
  onCbwError: 'break-guest-write',
  backing: 'open',
  transaction: null,
  second: [],
  chain: null,
  reads: 'target',
};

/** In the order in which they are written: an option's word in the step, and the field. */
const NUMBERS = { workers: 'workers', chunk: 'chunk', 'min-cluster': 'minCluster', granularity: 'granularity', chain: 'chain' } as const;
const CHOICES = {
  sync: { field: 'sync', choices: ['incremental', 'bitmap'] },
  'bitmap-mode': { field: 'bitmapMode', choices: ['on-success', 'never', 'always'] },
  finalize: { field: 'finalize', choices: ['manual'] },
  'on-cbw-error': { field: 'onCbwError', choices: ['break-snapshot'] },
  backing: { field: 'backing', choices: ['later'] },
  transaction: { field: 'transaction', choices: ['individual', 'grouped'] },
  reads: { field: 'reads', choices: ['snapshot-access'] },
} as const;

/** `start workers 1 chunk 65536`, `start filter reads snapshot-access`: the step's name in a trace. */
export function printStart(start: Start): string {
  const numbers = Object.entries(NUMBERS).flatMap(([word, field]) => (start[field] === null ? [] : [`${word} ${start[field]}`]));
  const choices = Object.entries(CHOICES).flatMap(([word, { field, choices: known }]) =>
    (known as readonly (string | null)[]).includes(start[field]) ? [`${word} ${start[field]}`] : [],
  );
  const second = start.second.length === 0 ? [] : [`second ${start.second.join('+')}`];
  return ['start', ...(start.by === 'filter' ? ['filter'] : []), ...numbers, ...choices, ...second].join(' ');
}

/** `g2+g5` */
const SECOND = /^[\w.-]{1,64}(?:\+[\w.-]{1,64}){0,63}$/;

/** The inverse. Null: it is not written so. */
export function parseStart(text: string): Start | null {
  const words = text.split(' ');
  if (words.shift() !== 'start') return null;
  const found: { -readonly [Field in keyof Start]?: unknown } = {};
  if (words[0] === 'filter') found.by = words.shift();
  for (let i = 0; i < words.length; i += 2) {
    const [word, value = ''] = [words[i]!, words[i + 1]];
    if (Object.hasOwn(NUMBERS, word) && /^\d{1,9}$/.test(value)) found[NUMBERS[word as keyof typeof NUMBERS]] = Number(value);
    else if (Object.hasOwn(CHOICES, word) && (CHOICES[word as keyof typeof CHOICES].choices as readonly string[]).includes(value))
      found[CHOICES[word as keyof typeof CHOICES].field] = value;
    else if (word === 'second' && found.transaction !== undefined && SECOND.test(value)) found.second = value.split('+');
    else return null;
  }
  return { ...PLAIN, ...(found as Partial<Start>) };
}
