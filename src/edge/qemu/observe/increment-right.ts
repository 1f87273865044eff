/**
 * next-increment on a real QEMU: however the job with the bitmap has ended, the increment after it brings its target to the disk
 * as it is. So no sector is missing in the bitmap whose content target and disk have differently, in any bitmap-mode
 * (docs/interop/bitmaps.rst).
 */
import { ZERO } from '../../../../model/block/content.ts';
import type { Violation } from '../../../../properties/property.ts';
import { wrongContent } from '../../../../properties/view.ts';
import { baseOf } from './backup-view.ts';
import { type CaseView, type Observer, printContent } from './oracle.ts';

export const NEXT_INCREMENT = 'next-increment';

export class IncrementRight implements Observer {
  readonly #view: CaseView;

  constructor(view: CaseView) {
    this.#view = view;
  }

  end(): Violation | null {
    const { disks, scenario, hasBitmap } = this.#view;
    if (!hasBitmap) return null;
    const base = baseOf(this.#view);
    const contentName = (content: number): string => printContent(this.#view, content);
    for (let s = 0; s < scenario.disk.sectors; s++) {
      const [disk, backup] = [disks.inImage(disks.source, s), disks.inImage(disks.target, s)];
      const expected = disk === 'below' ? (base?.contentAt(s) ?? ZERO) : disk;
      const got = backup === 'below' ? ZERO : backup;
      if (got !== expected)
        return wrongContent({ contentName }, NEXT_INCREMENT, s, expected, got, 'this is what the target has after the next increment');
    }
    return null;
  }
}
