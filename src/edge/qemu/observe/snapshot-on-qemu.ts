/**
 * Tells snapshot-kept and stable-reader what a real QEMU does to the disks. On a raw target every effect tells: it must get
 * nothing but T0, and a raw source must not lose a sector of T0 before the target has it. A qcow2 target says by its data
 * what it gets; what it shows is read once QEMU has closed it.
 */
import { ZERO } from '../../../../model/block/content.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Violation } from '../../../../properties/property.ts';
import { SnapshotKept } from '../../../../properties/snapshot-kept.ts';
import { StableReader } from '../../../../properties/stable-reader.ts';
import type { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import { BLOCK_BYTES, blockOf, contentOf } from '../disks/pattern.ts';
import { TargetSeen, backupViewOf, diskAtT0 } from './backup-view.ts';
import { ArrayMemory } from './memory.ts';
import { type CaseView, type Observer, isPromiseOver, isPromised, mayBeGivenUp } from './oracle.ts';

export class SnapshotOnQemu implements Observer {
  readonly #run: CaseView;
  readonly #target: TargetSeen;
  readonly #kept: SnapshotKept;
  readonly #stable: StableReader;

  constructor(run: CaseView) {
    this.#run = run;
    this.#target = new TargetSeen(run);
    const view = backupViewOf(run, this.#target);
    this.#kept = new SnapshotKept(view, new ArrayMemory());
    this.#stable = new StableReader(view, this.#kept, run.readsThroughFilter ? 'snapshot-access' : 'the target');
  }

  pointInTime(): Violation | null {
    const { t0, hasBitmap, disks } = this.#run;
    if (hasBitmap) for (let s = 0; s < t0!.length; s++) if (disks.shownAtBegin(s) === t0![s]) this.#target.sent(s, t0![s]!);
    return this.#kept.pointInTime(diskAtT0(t0!));
  }

  landed(held: Held): Violation | null {
    if (!this.#isRunning || mayBeGivenUp(this.#run)) return null;
    const { name, format } = held.disk;
    if (name === 'target' && format === 'qcow2') return this.#payload(held);
    return name === 'target' || (name === 'source' && format === 'raw') ? this.#effect(held) : null;
  }

  answered(run: GuestRun): Violation | null {
    if (run.operation.kind !== 'readT0' || run.hasFailed || !this.#isRunning) return null;
    if (mayBeGivenUp(this.#run) && !this.#run.readsThroughFilter) return null;
    const { sectorBytes } = this.#run.disks;
    const { first, count } = run.operation;
    for (let i = 0; i < count; i++) {
      const got = contentOf(run.answer!.data.subarray(i * sectorBytes, (i + 1) * sectorBytes));
      const violation = this.#stable.fetched(run.index, first + i, got);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** A backup that ends by a cancel alone is good as of that moment: all that could not be seen until now is looked at. */
  targetClosed(): Violation | null {
    if (!isPromised(this.#run)) return null;
    this.#target.closed();
    return syncOf(this.#run.scenario.mode).endsByItself ? this.#kept.completed() : this.#kept.everySector(', at its end');
  }

  /** From T0 until nothing more is promised. */
  get #isRunning(): boolean {
    return this.#kept.isOpen && !isPromiseOver(this.#run);
  }

  #effect({ disk, request: { offset, length } }: Held): Violation | null {
    const { disks, scenario } = this.#run;
    const end = Math.min(scenario.disk.sectors, Math.ceil((offset + length) / disks.sectorBytes));
    for (let s = Math.floor(offset / disks.sectorBytes); s < end; s++) {
      if (disk.name === 'target') this.#target.sent(s, disks.inImage(disk, s) as number);
      const violation = this.#kept.changed(s);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** What comes to a qcow2 target as data names the sector that it is of, wherever in the file it comes. */
  #payload({ request: { data } }: Held): Violation | null {
    const { disks, scenario } = this.#run;
    for (let at = 0; at + BLOCK_BYTES <= (data?.length ?? 0); at += BLOCK_BYTES) {
      const block = blockOf(data!, at);
      if (block === null || block.content === ZERO) continue;
      const sector = (block.content - 1) % scenario.disk.sectors;
      // Half a cluster of the target is filled up with what lies below it, until the job comes to copy it.
      const isFill = syncOf(scenario.mode).beneath === 'backing' && block.content === disks.contents.inBase(sector);
      if (isFill) continue;
      this.#target.sent(sector, block.content);
      const violation = this.#kept.changed(sector);
      if (violation !== null) return violation;
    }
    return null;
  }
}
