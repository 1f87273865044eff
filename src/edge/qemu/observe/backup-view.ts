/**
 * What shows of a case's images from outside. A raw image holds what it holds. Of a file of a format nobody but QEMU can say
 * what a sector shows, until QEMU has closed it: until then only the data tells that is sent there.
 */
import { type Content, ZERO } from '../../../../model/block/content.ts';
import { syncOf } from '../../../../model/sync.ts';
import { type BackupView, type ImageView, type TargetView, UNKNOWN } from '../../../../properties/view.ts';
import { type CaseView, printContent } from './oracle.ts';
import { mayShow } from './timeline.ts';

export const viewOf = (run: CaseView, target: TargetView): BackupView => ({
  shape: { sectors: run.scenario.disk.sectors, targetIsBare: true },
  scenario: run.scenario,
  promisedSync: syncOf(run.scenario.mode),
  source: new SourceSeen(run),
  base: run.disks.base === null ? null : new BaseSeen(run),
  target,
  contentName: (content) => printContent(run, content),
});

/** The disk at T0. What of it an overlay has itself shows nowhere. */
export const diskAtT0 = (t0: Int32Array): ImageView => ({
  sectors: t0.length,
  contentAt: (sector) => t0[sector]!,
  isAllocatedAt: () => true,
});

/** The source; and once the job has ended, the source of that moment. */
class SourceSeen implements ImageView {
  readonly sectors: number;
  readonly #run: CaseView;

  constructor(run: CaseView) {
    this.#run = run;
    this.sectors = run.scenario.disk.sectors;
  }

  contentAt(sector: number): Content {
    const { disks, sourceAtEnd, end } = this.#run;
    if (disks.source.format === 'raw') return sourceAtEnd?.[sector] ?? (disks.inImage(disks.source, sector) as Content);
    return end === null ? UNKNOWN : this.#overlayAtEnd(sector);
  }

  isAllocatedAt(): boolean {
    return true;
  }

  /** What an overlay showed then is known where a write has been answered since T0. */
  #overlayAtEnd(sector: number): Content {
    const { runs, t0At, endedAt } = this.#run;
    const isWritten = runs.some(
      (run) => run.operation.kind === 'write' && !run.hasFailed && run.issuedAt > t0At && run.endedAt <= endedAt && run.covers(sector),
    );
    return isWritten ? mayShow(this.#run, sector, endedAt, endedAt)[0]! : UNKNOWN;
  }
}

/** The source's backing file. */
class BaseSeen implements ImageView {
  readonly sectors: number;
  readonly #run: CaseView;

  constructor(run: CaseView) {
    this.#run = run;
    this.sectors = run.scenario.disk.overlay!.baseSectors!;
  }

  contentAt(sector: number): Content {
    const { disks } = this.#run;
    return sector >= this.sectors ? ZERO : (disks.inImage(disks.base!, sector) as Content);
  }

  isAllocatedAt(): boolean {
    return true;
  }
}

/** The target, which has no backing file of its own: what was sent to it, and once QEMU has closed it, what it holds. */
export class TargetSeen implements TargetView {
  readonly sectors: number;
  readonly backing = null;
  readonly #run: CaseView;
  /** What has been sent last, by sector. */
  readonly #sent: Int32Array;
  #isClosed = false;

  constructor(run: CaseView) {
    this.#run = run;
    this.sectors = run.scenario.disk.sectors;
    this.#sent = new Int32Array(this.sectors).fill(UNKNOWN);
  }

  /** The target has got this. */
  sent(sector: number, content: Content): void {
    this.#sent[sector] = content;
  }

  closed(): void {
    this.#isClosed = true;
  }

  contentAt(sector: number): Content {
    if (!this.#isClosed) return this.#sent[sector]!;
    const own = this.#held(sector);
    return own === 'below' ? ZERO : own;
  }

  isAllocatedAt(sector: number): boolean {
    return this.#isClosed ? this.#held(sector) !== 'below' : this.isWrittenAt(sector);
  }

  /** Zeroes may have come to a file of a format as metadata; and in one that is closed, none can be told from what was never sent. */
  isWrittenAt(sector: number): boolean {
    const { disks, t0 } = this.#run;
    return this.#isClosed || this.#sent[sector] !== UNKNOWN || (disks.target.format === 'qcow2' && t0?.[sector] === ZERO);
  }

  #held(sector: number): Content | 'below' {
    const { disks } = this.#run;
    return disks.inImage(disks.target, sector);
  }
}
