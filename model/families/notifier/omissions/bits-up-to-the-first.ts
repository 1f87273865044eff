/** Without the rule everyBitIsLookedUp. */
import type { CopiedBitmap, CopiedBits } from '../../../job/bitmap.ts';
import type { Requester } from '../../../block/requester.ts';

/**
 * Once one cluster has to be copied, so has the rest of the request, unasked: so QEMU's offloaded copy handled a chunk from 3.0 to 4.0
 * (B-02).
 */
export class BitsUpToTheFirst implements CopiedBits {
  readonly #bitmap: CopiedBitmap;
  readonly #me: Requester;

  constructor(bitmap: CopiedBitmap, me: Requester) {
    this.#bitmap = bitmap;
    this.#me = me;
    me.world.write(me.bitSeenCell(0), 0);
  }

  has(cluster: number): boolean {
    const { world } = this.#me;
    const unasked = this.#me.bitSeenCell(0);
    if (!world.isZero(unasked)) return false;
    if (this.#bitmap.has(cluster)) return true;
    world.write(unasked, 1);
    return false;
  }
}
