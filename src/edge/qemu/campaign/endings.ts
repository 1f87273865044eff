/** How jobs with a bitmap ended, in each sync mode with each bitmap-mode. */
import { BITMAP_MODES, type BitmapMode, INCREMENTAL, SYNC_MODES } from '../../../../model/sync.ts';
import type { CaseResult } from '../case/case.ts';
import type { Ending } from '../case/ending.ts';

export interface EndingsRow {
  /** As QEMU is told it: `incremental`, `bitmap`, `full`, `top`. */
  readonly sync: string;
  readonly bitmapMode: BitmapMode;
  runs: number;
  /** Of these runs how many ended so. */
  success: number;
  sourceError: number;
  targetError: number;
  cancelled: number;
  /** Of these runs how many had a guest's own copy fail, however the job ended. */
  guestCopyFailed: number;
}

/** How the job of one run ended. */
export interface OneEnding {
  /** As QEMU is told it. */
  readonly sync: string;
  /** Null: it has no bitmap. */
  readonly bitmapMode: BitmapMode | null;
  /** Null: it did not end. */
  readonly ending: Ending | null;
  readonly guestCopyFailed: boolean;
}

export const endingIn = ({ scenario, start, ending, struck }: CaseResult): OneEnding => ({
  sync: start.sync === 'mode' ? scenario.mode : start.sync,
  bitmapMode: start.bitmapMode,
  ending,
  guestCopyFailed: struck.some(({ role }) => role === 'guest copy'),
});

const FIELDS = { success: 'success', cancelled: 'cancelled', 'source error': 'sourceError', 'target error': 'targetError' } as const;
const SYNCS = [INCREMENTAL, 'bitmap', ...SYNC_MODES];

export class Endings {
  readonly #rows = new Map<string, EndingsRow>();

  add({ sync, bitmapMode, ending, guestCopyFailed }: OneEnding): void {
    if (bitmapMode === null) return;
    const row = this.#row(sync, bitmapMode);
    row.runs++;
    if (ending !== null) row[FIELDS[ending]]++;
    if (guestCopyFailed) row.guestCopyFailed++;
  }

  /** Those that some run had, in a fixed order. */
  rows(): EndingsRow[] {
    const place = ({ sync, bitmapMode }: EndingsRow): number =>
      SYNCS.indexOf(sync) * BITMAP_MODES.length + BITMAP_MODES.indexOf(bitmapMode);
    return [...this.#rows.values()].toSorted((a, b) => place(a) - place(b));
  }

  #row(sync: string, bitmapMode: BitmapMode): EndingsRow {
    const key = `${sync} ${bitmapMode}`;
    const row = this.#rows.get(key) ?? {
      sync,
      bitmapMode,
      runs: 0,
      success: 0,
      sourceError: 0,
      targetError: 0,
      cancelled: 0,
      guestCopyFailed: 0,
    };
    this.#rows.set(key, row);
    return row;
  }
}
