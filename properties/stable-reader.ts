/**
 * stable-reader: every read of the point in time of a NONE job through its target returns T0:
 * each sector, when it is fetched, as long as the promise is open. What a custom job's own reader reads, it may
 * look at again and throw away: that is judged when it returns.
 */
import type { Content } from '../model/block/content.ts';
import type { SectorRange } from '../model/block/requester.ts';
import { modesInWords, modesWhere } from '../model/sync.ts';
import type { Violation } from './property.ts';
import type { SnapshotKept } from './snapshot-kept.ts';
import { type BackupView, wrongContent } from './view.ts';

/** In words; it is the same of a real QEMU. */
export const STABLE_READER =
  `${modesInWords(modesWhere(({ readableWhileRunning }) => readableWhileRunning))}: ` +
  'every read of the point in time through the target returns the disk at T0.';

export class StableReader {
  readonly name = 'stable-reader';
  readonly sentence = STABLE_READER;
  readonly #view: BackupView;
  readonly #kept: SnapshotKept;
  readonly #through: string;

  /**
   * @param kept who knows the disk at T0, and whether it is still promised
   * @param through what the point in time is read through
   */
  constructor(view: BackupView, kept: SnapshotKept, through = 'the target') {
    this.#view = view;
    this.#kept = kept;
    this.#through = through;
  }

  /** A request has fetched a sector of the point in time. @param request its place in the scenario @param how for the message */
  fetched(request: number, sector: number, got: Content, how = `read it through ${this.#through}`): Violation | null {
    if (!this.#kept.isOpen) return null;
    const expected = this.#kept.d0(sector);
    return got === expected ? null : wrongContent(this.#view, this.name, sector, expected, got, `: ${this.#name(request)} ${how}`);
  }

  /** A request has returned without an error, and without having fetched a sector. */
  missed(request: number, sector: number): Violation | null {
    if (!this.#kept.isOpen) return null;
    const detail = `${this.#name(request)} returned without an error, but never read sector ${sector}`;
    return { property: this.name, sector, expected: this.#kept.d0(sector), detail };
  }

  /** The first of these sectors that was not read as it was at T0; null: there is none. @param read what was read; null: nothing */
  firstOtherThanT0({ first, end }: SectorRange, read: (sector: number) => Content | null): Omit<Violation, 'property' | 'detail'> | null {
    for (let s = first; s < end; s++) {
      const [got, expected] = [read(s), this.#kept.d0(s)];
      if (got !== expected) return { sector: s, expected, ...(got === null ? {} : { got }) };
    }
    return null;
  }

  #name(request: number): string {
    return this.#view.scenario.guest[request]!.id;
  }
}
