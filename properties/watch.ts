/** What each watched cell of a machine, and each step's part in an I/O, means to an observer. */
import type { Image } from '../model/block/image.ts';
import { type Meaning, type StepIo, allMeanings } from '../model/meaning.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';

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
  /** `block-job-cancel`, or `quit`. */
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
  if (role === 'cancels' || role === 'quits') return Watched.cancel;
  if (io === null) return Watched.nothing;
  const { by, kind, phase } = io;
  if (by === 'guest') return GUEST[phase];
  if (by === 'reader') return READER[phase] ?? Watched.nothing;
  if (phase !== 'effect') return Watched.nothing;
  return kind === 'read' ? Watched.nothing : Watched.copyStored;
}

type Visit = (cell: number, what: Watched, first: number, end: number) => void;

function visitImage(image: Image, what: Watched, visit: Visit): void {
  for (let s = 0; s < image.sectors; s++) {
    visit(image.dataCell + s, what, s, s + 1);
    if (image.isTarget) visit(image.writtenCell + s, what, s, s + 1);
  }
  for (let c = 0; c < image.clusters; c++) {
    const first = c * image.clusterSectors;
    visit(image.placeCell + c, what, first, Math.min(first + image.clusterSectors, image.sectors));
  }
}

/** Each watched cell, with what it belongs to and the sectors that it speaks of, if it is an image's. */
function visitCells(
  { world, source, target, sourceNode, job: { status }, sourceFaults, targetFaults }: DiskOfMachine,
  isFirst: boolean,
  visit: Visit,
): void {
  const visitOne = (what: Watched, cell: number): void => visit(cell, what, 0, 0);
  visitImage(source, Watched.source, visit);
  visitImage(target, Watched.target, visit);
  visitOne(Watched.jobState, status.stateCell);
  visitOne(Watched.jobState, status.givenUpCell);
  visitOne(Watched.progress, status.offsetCell);
  for (const cell of status.errorCells) visitOne(Watched.error, cell);
  visitOne(Watched.hook, sourceNode.hook.cell);
  if (isFirst) visitOne(Watched.misuse, world.misuseCell);
  for (const faults of [sourceFaults, targetFaults])
    for (let i = 0; i < (faults?.length ?? 0); i++) visitOne(Watched.fault, faults!.leftCell + i);
}

export class Watch {
  /** By cell, up to the last that is watched: what it belongs to, and the sectors it speaks of. */
  readonly what: Uint16Array;
  readonly first: Int32Array;
  readonly end: Int32Array;
  /** By step name: in whose I/O it is. */
  readonly io: Uint16Array;

  /** @param isFirst whether it is the first disk of its machine, which also watches what is no disk's */
  constructor(machine: DiskOfMachine, isFirst = true) {
    let last = 0;
    visitCells(machine, isFirst, (cell) => (last = Math.max(last, cell)));
    this.what = new Uint16Array(last + 1);
    this.first = new Int32Array(last + 1);
    this.end = new Int32Array(last + 1);
    this.io = Uint16Array.from(allMeanings(), watchedOf);
    visitCells(machine, isFirst, (cell, what, first, end) => {
      this.what[cell]! |= what; // the target may be the source
      this.first[cell] = first;
      this.end[cell] = end;
    });
  }
}
