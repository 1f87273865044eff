/**
 * snapshot-kept and stable-reader on a real QEMU. On a raw target every effect tells: the target must
 * get nothing but T0, and the source must not lose a sector of T0 before the target has it. A qcow2 target
 * says by its data what it gets; what it shows is read once QEMU has closed it. Where a target over the live source has
 * nothing, the source of the moment at which the job ended counts.
 */
import { type Content, ZERO } from '../../../../model/block/content.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import { type CaseView, type Observer, isPromised, wrongSector } from './oracle.ts';
import { BLOCK_BYTES, blockOf, contentOf } from '../disks/pattern.ts';
import { mayShow } from './timeline.ts';

export class SnapshotKept implements Observer {
  readonly #view: CaseView;
  /** Sectors of which the target has got data. */
  readonly #stored: Uint8Array;

  constructor(view: CaseView) {
    this.#view = view;
    this.#stored = new Uint8Array(view.scenario.disk.sectors);
  }

  landed(held: Held): Violation | null {
    const { t0, end } = this.#view;
    if (t0 === null || end !== null) return null;
    if (held.disk.name === 'target') return held.disk.format === 'raw' ? this.#rawTarget(held, t0) : this.#payload(held, t0);
    return held.disk.name === 'source' && held.disk.format === 'raw' ? this.#rawSource(held, t0) : null;
  }

  answered(run: GuestRun): Violation | null {
    const { t0, disks, end } = this.#view;
    if (run.operation.kind !== 'readT0' || run.hasFailed || t0 === null || end !== null) return null;
    const { first, count } = run.operation;
    for (let i = 0; i < count; i++) {
      const got = contentOf(run.answer!.data.subarray(i * disks.sectorBytes, (i + 1) * disks.sectorBytes));
      if (got !== t0[first + i])
        return wrongSector(this.#view, 'stable-reader', first + i, t0[first + i]!, got, `${run.operation.id} read it as of T0`);
    }
    return null;
  }

  end(): Violation | null {
    const { t0, disks } = this.#view;
    if (t0 === null || !isPromised(this.#view)) return null;
    for (let s = 0; s < t0.length; s++) {
      const own = disks.inImage(disks.target, s);
      const got = own === 'below' ? this.#below(s, t0) : own;
      if (got !== t0[s])
        return wrongSector(
          this.#view,
          'snapshot-kept',
          s,
          t0[s]!,
          got,
          own === 'below' ? 'the target has nothing there, and what lies below it is something else' : 'so the target has it at the end',
        );
    }
    return null;
  }

  /** What a reader of the target finds where the target has nothing. */
  #below(sector: number, t0: Int32Array): Content {
    const { scenario, disks, runs } = this.#view;
    const { beneath } = syncOf(scenario.mode);
    if (beneath === 'nothing') return ZERO;
    if (beneath === 'backing')
      return disks.base === null || sector >= scenario.disk.overlay!.baseSectors! ? ZERO : (disks.inImage(disks.base, sector) as Content);
    if (this.#view.sourceAtEnd !== null) return this.#view.sourceAtEnd[sector]!;
    // An overlay's data can't be told before QEMU has closed it: a write that had ended by then must have been copied for.
    const written = runs.find(
      (run) =>
        run.operation.kind === 'write' &&
        !run.hasFailed &&
        run.issuedAt > this.#view.t0At &&
        run.endedAt <= this.#view.endedAt &&
        run.covers(sector),
    );
    return written === undefined ? t0[sector]! : mayShow(this.#view, sector, this.#view.endedAt, this.#view.endedAt)[0]!;
  }

  #rawTarget({ request: { offset, length } }: Held, t0: Int32Array): Violation | null {
    const { disks, scenario } = this.#view;
    for (let s = Math.floor(offset / disks.sectorBytes); s < scenario.disk.sectors && s * disks.sectorBytes < offset + length; s++) {
      const got = disks.inImage(disks.target, s) as Content;
      if (got !== t0[s]) return wrongSector(this.#view, 'snapshot-kept', s, t0[s]!, got, 'so the target has got it');
      this.#stored[s] = 1;
    }
    return null;
  }

  /** What comes to a qcow2 target as data names the sector that it is of, wherever in the file it comes. */
  #payload({ request: { data } }: Held, t0: Int32Array): Violation | null {
    const { disks, scenario } = this.#view;
    for (let at = 0; at + BLOCK_BYTES <= (data?.length ?? 0); at += BLOCK_BYTES) {
      const block = blockOf(data!, at);
      if (block === null || block.content === ZERO) continue;
      const sector = (block.content - 1) % scenario.disk.sectors;
      // Half a cluster of the target is filled up with what lies below it, until the job comes to copy it.
      const isFill = syncOf(scenario.mode).beneath === 'backing' && block.content === disks.contents.inBase(sector);
      if (block.content !== t0[sector] && !isFill)
        return wrongSector(this.#view, 'snapshot-kept', sector, t0[sector]!, block.content, 'so the target has got it');
      this.#stored[sector] = 1;
    }
    return null;
  }

  /** Zeroes may have come to a qcow2 target as metadata, which is read at the end. */
  #rawSource({ request: { offset, length } }: Held, t0: Int32Array): Violation | null {
    const { disks, scenario } = this.#view;
    for (let s = Math.floor(offset / disks.sectorBytes); s < scenario.disk.sectors && s * disks.sectorBytes < offset + length; s++) {
      if (this.#stored[s] === 1 || (disks.target.format === 'qcow2' && t0[s] === ZERO)) continue;
      const got = disks.inImage(disks.source, s) as Content;
      if (got !== t0[s]) return wrongSector(this.#view, 'snapshot-kept', s, t0[s]!, got, 'the source lost it before the target had it');
    }
    return null;
  }
}
