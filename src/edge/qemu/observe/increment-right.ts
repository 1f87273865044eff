/** next-increment on a real QEMU, which has run the increment after the job. */
import { type Content, ZERO } from '../../../../model/block/content.ts';
import { judgeIncrement } from '../../../../properties/next-increment.ts';
import type { Violation } from '../../../../properties/property.ts';
import { baseOf } from './backup-view.ts';
import { type CaseView, type Observer, printContent } from './oracle.ts';

export class IncrementRight implements Observer {
  readonly #view: CaseView;

  constructor(view: CaseView) {
    this.#view = view;
  }

  end(): Violation | null {
    const { disks, scenario, hasBitmap } = this.#view;
    if (!hasBitmap) return null;
    const base = baseOf(this.#view);
    const shown = (image: typeof disks.source, sector: number, below: Content): Content => {
      const content = disks.inImage(image, sector);
      return content === 'below' ? below : content;
    };
    return judgeIncrement(
      { contentName: (content) => printContent(this.#view, content) },
      scenario.disk.sectors,
      (s) => shown(disks.source, s, base?.contentAt(s) ?? ZERO),
      (s) => shown(disks.target, s, ZERO),
    );
  }
}
