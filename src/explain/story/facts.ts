/** What an explanation rests on: facts found by going back over a run, from what broke to where it came from. */

/**
 * In which way a backup fails. There are a few, whatever the bug:
 *
 *   too early                  a guest's change landed before the old data had been copied
 *   too late                   a copy took what a guest had written after T0
 *   marked but not there       the bit says copied, and the target has nothing
 *   stored something else      a copy stored zeroes, or a buffer that had not been filled
 *   never stored               the job ended, and nobody had copied it
 *   decided, slept, then read  a reader chose where to read, and read when that had changed
 *   never read                 a reader returned without an error, and had not read all that it was asked for
 *   read from the wrong place  a reader looked where a guest had written, although the target had the copy
 *   after the end              somebody went on using a job that was gone
 *   who waits for whom         somebody waits for ever, or never lets anybody else run
 *   error not told             an error was hidden, or another one told
 *   copied twice               two copies of a cluster, where between the two a guest may write
 *   copied for nothing         what the mode does not ask for
 *   wrong count                progress that does not add up
 *   wrong target               the target itself could not become the backup
 *   given up                   the job declared its point in time void, and somebody takes it for good all the same
 *   not one cut                the points in time of two disks are no cut through what the guest did
 *   not all of a group         a job of a group completed, and another did not
 *   wrong end                  reported too early, twice, or not as it was asked for; or a second point in time
 *   past the end               a sector that the disk has not got
 */
export const SHAPES = [
  'too early',
  'too late',
  'marked but not there',
  'stored something else',
  'never stored',
  'decided, slept, then read',
  'never read',
  'read from the wrong place',
  'after the end',
  'who waits for whom',
  'error not told',
  'copied twice',
  'copied for nothing',
  'wrong count',
  'wrong target',
  'given up',
  'missing in the bitmap',
  'not one cut',
  'not all of a group',
  'wrong end',
  'past the end',
] as const;
export type Shape = (typeof SHAPES)[number];

/** A step that had a part in it, and which. */
export interface GuiltyStep {
  readonly step: number;
  readonly note: string;
}

export interface OrderedEvent {
  /** Null: it never happened. */
  readonly step: number | null;
  readonly text: string;
}

/** The first should have come before the second, and did not. */
export interface MissingOrder {
  readonly first: OrderedEvent;
  readonly second: OrderedEvent;
}

export interface Facts {
  /** Null: no shape fits. */
  readonly shape: Shape | null;
  /** What went wrong, and what should have happened. */
  readonly sentence: string;
  readonly sector: number | null;
  /** Ascending, each step once. */
  readonly guilty: readonly GuiltyStep[];
  readonly order: MissingOrder | null;
}

/** Steps in their order; what is said of the same step is joined. */
export function inOrder(steps: readonly (GuiltyStep | null)[]): GuiltyStep[] {
  const notes = new Map<number, string[]>();
  for (const guilty of steps) {
    if (guilty === null) continue;
    const before = notes.get(guilty.step) ?? [];
    if (!before.includes(guilty.note)) notes.set(guilty.step, [...before, guilty.note]);
  }
  return [...notes].map(([step, texts]) => ({ step, note: texts.join('; ') })).toSorted((a, b) => a.step - b.step);
}
