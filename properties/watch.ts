/** What each watched cell of a machine, and each step's part in an I/O, means to an observer. */
import type { Faults } from '../model/block/faults.ts';
import type { Image } from '../model/block/image.ts';
import { type Meaning, type StepIo, allMeanings } from '../model/meaning.ts';
import type { Machine } from '../model/machine/machine.ts';

/** Bits, so that a step's changes can be told at a glance; from `guestStart` on they are a step's, not a cell's. */
export const Watched = {
  nothing: 0,
  source: 1,
  target: 2,
  jobState: 4,
  hook: 8,
  misuse: 16,
  progress: 32,
  error: 64,
  fault: 128,
  guestStart: 256,
  guestSubmit: 512,
  guestEffect: 1024,
  /** It completed, or failed; or a reader of the point in time did. */
  guestEnd: 2048,
  copyStored: 4096,
  readerFetched: 8192,
  /** `block-job-cancel`. */
  cancel: 16384,
} as const;
export type Watched = (typeof Watched)[keyof typeof Watched];

/** One more than the largest sum of bits. */
export const WATCHED_END = 2 * Watched.cancel;

const GUEST: Record<StepIo['phase'], Watched> = {
  start: Watched.guestStart,
  submit: Watched.guestSubmit,
  effect: Watched.guestEffect,
  complete: Watched.guestEnd,
  fail: Watched.guestEnd,
};

const READER: Partial<typeof GUEST> = { effect: Watched.readerFetched, complete: Watched.guestEnd, fail: Watched.guestEnd };

function watchedOf({ io, role }: Pick<Meaning, 'io' | 'role'>): Watched {
  if (role === 'cancels') return Watched.cancel;
  if (io === null) return Watched.nothing;
  const { by, kind, phase } = io;
  if (by === 'guest') return GUEST[phase];
  if (by === 'reader') return READER[phase] ?? Watched.nothing;
  if (phase !== 'effect') return Watched.nothing;
  return kind === 'read' ? Watched.nothing : Watched.copyStored;
}

const endOf = ({ leftCell, length }: Faults): number => leftCell + length;

export class Watch {
  /** By cell: what it belongs to, and the sectors it speaks of. */
  readonly what: Uint16Array;
  readonly first: Int32Array;
  readonly end: Int32Array;
  /** By step name: in whose I/O it is. */
  readonly io: Uint16Array;

  constructor({ world, source, target, sourceNode, job, sourceFaults, targetFaults }: Machine) {
    const { status } = job;
    const faults = [sourceFaults, targetFaults].filter((those) => those !== null);
    const cells = Math.max(
      sourceNode.hookCell + 1,
      status.givenUpCell + 1,
      ...status.errorCells.map((cell) => cell + 1),
      ...faults.map(endOf),
    );
    this.what = new Uint16Array(cells);
    this.first = new Int32Array(cells);
    this.end = new Int32Array(cells);
    this.io = Uint16Array.from(allMeanings(), watchedOf);
    this.#image(source, Watched.source);
    this.#image(target, Watched.target);
    this.what[status.stateCell] = Watched.jobState;
    this.what[status.givenUpCell] = Watched.jobState;
    this.what[status.offsetCell] = Watched.progress;
    for (const cell of status.errorCells) this.what[cell] = Watched.error;
    this.what[sourceNode.hookCell] = Watched.hook;
    this.what[world.misuseCell] = Watched.misuse;
    for (const those of faults) this.what.fill(Watched.fault, those.leftCell, endOf(those));
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
    this.what[cell]! |= what; // the target may be the source
    this.first[cell] = first;
    this.end[cell] = end;
  }
}
