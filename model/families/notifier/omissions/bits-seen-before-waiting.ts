/** Without the rule checkBitAfterWaiting. */
import type { CopiedBitmap, CopiedBits } from '../../../job/bitmap.ts';
import type { Requester } from '../../../block/requester.ts';

/** The bits as they were before the wait. */
export class BitsSeenBeforeWaiting implements CopiedBits {
  readonly #me: Requester;

  constructor(bitmap: CopiedBitmap, me: Requester) {
    this.#me = me;
    for (let c = me.cowFirst; c < me.cowEnd; c++) me.world.write(me.bitSeenCell(c), bitmap.has(c) ? 1 : 0);
  }

  has(cluster: number): boolean {
    return this.#me.world.read(this.#me.bitSeenCell(cluster)) === 1;
  }
}
