/**
 * What properties see of a backup, and where they keep what they remember of it. The model shows all of its images; of a real
 * QEMU's some things cannot be seen from outside, and those are `UNKNOWN`: a property judges only what is known.
 */
import type { Content } from '../model/block/content.ts';
import type { Shape } from '../model/machine/shape.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import type { Sync } from '../model/sync.ts';
import type { Violation } from './property.ts';

/** Whatever may be there. */
export const UNKNOWN: Content = -2;

export interface ImageView {
  readonly sectors: number;
  /** What reading this sector would show now, or UNKNOWN. Past the end there are zeroes. */
  contentAt(sector: number): Content;
  /** Whether the image, rather than what it lies over, decides what the sector shows. */
  isAllocatedAt(sector: number): boolean;
}

export interface TargetView extends ImageView {
  /** Its own backing file, whatever it is. */
  readonly backing: object | null;
  /** Whether a request may have written this sector since the target was opened. If so, `contentAt` says what, or UNKNOWN. */
  isWrittenAt(sector: number): boolean;
}

/** The guest's disk. A `Machine` is one. */
export interface DiskView {
  readonly shape: Pick<Shape, 'sectors' | 'requests'>;
  readonly scenario: Pick<Scenario, 'guest'>;
  readonly source: ImageView;
  contentName(content: Content): string;
}

/** The disk and its backup. A `Machine` is one. */
export interface BackupView extends DiskView {
  /** Bare is a target that has no backing file of its own, and is read by putting it over what it belongs over. */
  readonly shape: Pick<Shape, 'sectors' | 'requests' | 'targetIsBare'>;
  /** The mode whose promise the user was given. */
  readonly promisedSync: Sync;
  /** What the source lies over; null: nothing. */
  readonly base: ImageView | null;
  /** The backup before this one, which the target lies over; null: it lies over something else. */
  readonly previous: ImageView | null;
  readonly target: TargetView;
}

/** A violation about a sector. @param seen where and when, with what joins it to the sentence @param of what the sector is one of */
export function wrongContent(
  view: Pick<DiskView, 'contentName'>,
  property: string,
  sector: number,
  expected: Content,
  got: Content,
  seen: string,
  of = '',
): Violation {
  const detail = `sector ${sector}${of} is ${view.contentName(got)} instead of ${view.contentName(expected)}${seen}`;
  return { property, sector, expected, got, detail };
}

/** Cells of an observer. In the model they are a `World`'s, so that undo and fingerprints hold for them. */
export interface OracleMemory {
  readonly cells: Int32Array;
  /** Reserves cells, all 0 when a run begins. @returns the first of them */
  alloc(name: string, length: number): number;
  /** These hold contents, which are moved and compared and otherwise never looked at. */
  markContents(first: number, length: number): void;
  store(cell: number, value: number): void;
}
