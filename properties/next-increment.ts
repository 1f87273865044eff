/**
 * next-increment: however a job with a bitmap has ended, the increment after it brings its target to the disk as it is. So no
 * cluster is missing in the bitmap whose content backup and disk have differently, in any bitmap-mode (MO-3 to MO-7 of
 * docs/qemu-today.md). A bit too many costs a copy, and nothing else.
 *
 * In the model that increment is not run, but told from the bitmap (`increment-in-model.ts`); a real QEMU runs it, and its target
 * is read.
 */
import type { Content } from '../model/block/content.ts';
import type { Violation } from './property.ts';
import { type DiskView, wrongContent } from './view.ts';

export const NEXT_INCREMENT = 'next-increment';

/** In words; it is the same of a real QEMU. */
export const NEXT_INCREMENT_IS_RIGHT = 'However a job with a bitmap ends, the next increment makes its target equal to the disk.';

/**
 * @param sectors of the disk
 * @param disk what it shows in a sector
 * @param backup what is there after the next increment
 */
export function judgeIncrement(
  view: Pick<DiskView, 'contentName'>,
  sectors: number,
  disk: (sector: number) => Content,
  backup: (sector: number) => Content,
): Violation | null {
  for (let s = 0; s < sectors; s++) {
    const [expected, got] = [disk(s), backup(s)];
    if (got !== expected) return wrongContent(view, NEXT_INCREMENT, s, expected, got, ' after the next increment', ' of the target');
  }
  return null;
}
