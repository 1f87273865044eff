/** What each watched cell of a machine means to an observer. */
import type { Image } from '../model/block/image.ts';
import type { Machine } from '../model/machine.ts';

/** Bits, so that a step's changes can be told at a glance; `guestIo` is a step's, not a cell's. */
export const Watched = { nothing: 0, source: 1, target: 2, jobState: 4, hook: 8, misuse: 16, guestIo: 32 } as const;
export type Watched = (typeof Watched)[keyof typeof Watched];

export class Watch {
  /** By cell: what it belongs to, and the sectors it speaks of. */
  readonly what: Uint8Array;
  readonly first: Int32Array;
  readonly end: Int32Array;

  constructor({ world, source, target, sourceNode, job }: Machine) {
    const cells = Math.max(sourceNode.hookCell, job.stateCell) + 1;
    this.what = new Uint8Array(cells);
    this.first = new Int32Array(cells);
    this.end = new Int32Array(cells);
    this.#image(source, Watched.source);
    this.#image(target, Watched.target);
    this.what[job.stateCell] = Watched.jobState;
    this.what[sourceNode.hookCell] = Watched.hook;
    this.what[world.misuseCell] = Watched.misuse;
  }

  #image(image: Image, what: Watched): void {
    for (let s = 0; s < image.sectors; s++) {
      this.#cell(image.dataCell + s, what, s, s + 1);
      if (image.isTarget) this.#cell(image.writtenCell + s, what, s, s + 1);
    }
    for (let c = 0; c < image.clusters; c++) {
      const first = c * image.clusterSectors;
      this.#cell(image.placeCell + c, what, first, Math.min(first + image.clusterSectors, image.sectors));
    }
  }

  #cell(cell: number, what: Watched, first: number, end: number): void {
    this.what[cell] = what;
    this.first[cell] = first;
    this.end[cell] = end;
  }
}
