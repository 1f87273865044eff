/**
 * What a read finds in the backing image is copied into the one above (QEMU: copy-on-read). Such a read and another request
 * must not overlap, so the disk keeps the ranges of its requests in flight; of other disks nobody asks for them.
 */
import type { Run } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import { Misuse } from '../kernel/misuse.ts';
import { type StepName, defineStep } from '../kernel/step.ts';
import type { World } from '../kernel/world.ts';
import { meaning } from '../meaning.ts';
import { type Image, Place } from './image.ts';
import { InFlight, MINE } from './in-flight.ts';
import type { Requester, SectorRange } from './requester.ts';

const LOOK = meaning(defineStep('cor.look', 'sector'), { role: 'looksToCopyUp', words: 'looks where {c} lies, to copy it up' });
const TAKE = meaning(defineStep('cor.took', 'sector'), { role: 'takesToCopyUp', words: 'takes {c} from the backing file' });
const PUT = meaning(defineStep('cor.put', 'sector'), { role: 'copiesUp', words: 'stores {c} in the disk, as copy-on-read does' });

export class CopyOnRead {
  readonly #world: World;
  readonly #image: Image;
  readonly #tracked: InFlight;
  /** How many reads that copy are in flight; while there are none, nobody waits. */
  readonly #readsCell: number;

  constructor(coroutines: Coroutines, image: Image) {
    this.#world = coroutines.world;
    this.#image = image;
    this.#tracked = new InFlight(coroutines, `${image.name}.tracked`, (requester) => requester.trackedCell);
    this.#readsCell = this.#world.alloc(`${image.name}.copyingReads`, 1);
  }

  /** The request is in flight from here on. */
  track(me: Requester, range: SectorRange): void {
    this.#tracked.begin(me, this.#inImageClusters(range));
  }

  /** It is no longer, if it was. */
  untrack(me: Requester): void {
    if (!this.#tracked.holds(me)) return;
    this.#tracked.end(me);
    this.#tracked.waitersOf(me).wakeAll();
  }

  beginRead(): void {
    this.#world.move(this.#readsCell, this.#readsCell, 1);
  }
  endRead(): void {
    this.#world.move(this.#readsCell, this.#readsCell, -1);
  }

  /** `wait_for_overlapping_requests`, which asserts that no coroutine waits for its own request. */
  *waitForOverlapping(me: Requester, range: SectorRange, step: StepName): Run {
    while (!this.#world.isZero(this.#readsCell)) {
      const other = this.#tracked.newestOverlapping(me, this.#inImageClusters(range));
      if (other === MINE) this.#world.misuse(Misuse.waitsForItself);
      if (other === null || other === MINE) return;
      yield* this.#tracked.waitersOf(other).wait(me, me.step(step, range.first));
    }
  }

  /** What lies in the backing image is read and written to this one, past the hook: what it shows stays the same. */
  *copy(me: Requester, range: SectorRange): Run {
    const image = this.#image;
    for (let s = range.first; s < range.end; s = image.clusterEnd(s, range.end)) {
      yield me.step(LOOK, s);
      if (image.placeOf(s) !== Place.backing) continue;
      yield me.step(TAKE, s);
      image.take(s, Place.backing, me.bufferCell(s));
      yield me.step(PUT, s);
      image.put(s, me.bufferCell(s)); // which fills the rest of the image's cluster from the backing image
      me.forgetBuffer({ first: s, end: s + 1 });
    }
  }

  #inImageClusters({ first, end }: SectorRange): SectorRange {
    const size = Math.max(1, this.#image.clusterSectors);
    return { first: Math.floor(first / size) * size, end: Math.ceil(end / size) * size };
  }
}
