/**
 * stable-reader: whoever reads the point in time of a NONE job through its target reads T0, every time:
 * each sector, when it is fetched, as long as the promise is open.
 */
import type { Content } from '../model/block/content.ts';
import { modesInWords, modesWhere } from '../model/sync.ts';
import type { Violation } from './property.ts';
import type { SnapshotKept } from './snapshot-kept.ts';
import { type BackupView, wrongContent } from './view.ts';

/** In words; it is the same of a real QEMU. */
export const STABLE_READER =
  `${modesInWords(modesWhere(({ readableWhileRunning }) => readableWhileRunning))}: ` +
  'whoever reads the point in time through the target reads the disk at T0, every time.';

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

  /** A request has fetched a sector of the point in time. @param request its place in the scenario */
  fetched(request: number, sector: number, got: Content): Violation | null {
    if (!this.#kept.isOpen) return null;
    const expected = this.#kept.d0(sector);
    if (got === expected) return null;
    const { id } = this.#view.scenario.guest[request]!;
    return wrongContent(this.#view, this.name, sector, expected, got, `${id} read it through ${this.#through}`);
  }
}
