/**
 * What shows of a case's images from outside. A raw image holds what it holds. Of a file of a format nobody but QEMU can say
 * what a sector shows, until QEMU has closed it: until then only the data tells that is sent there.
 */
import { type Content, ZERO } from '../../../../model/block/content.ts';
import { syncOf } from '../../../../model/sync.ts';
import { type BackupView, type DiskView, type ImageView, type TargetView, UNKNOWN } from '../../../../properties/view.ts';
import type { Disks } from '../disks/disks.ts';
import { type CaseView, printContent } from './oracle.ts';
import { mayShow } from './timeline.ts';

/** The guest's disk. */
export const diskViewOf = (run: CaseView, source: ImageView): DiskView => ({
  shape: { sectors: run.scenario.disk.sectors, requests: run.runs.length },
  scenario: run.scenario,
  source,
  contentName: (content) => printContent(run, content),
});

/** The disk and its backup, as of the moment at which the job ends. */
export const backupViewOf = (run: CaseView, target: TargetView): BackupView => {
  const disk = diskViewOf(run, new SourceOfBackup(run));
  return {
    ...disk,
    shape: { ...disk.shape, targetIsBare: true },
    promisedSync: syncOf(run.scenario.mode),
    base: baseOf(run),
    previous: null, // an increment is another job, and judged by what it leads to
    target,
  };
};

/** What lies beneath the source; null: nothing. */
export const baseOf = (run: CaseView): ImageView | null => (run.disks.base === null ? null : new BaseSeen(run));

/** The disk at T0. What of it an overlay has itself shows nowhere. */
export const diskAtT0 = (t0: Int32Array): ImageView => ({
  sectors: t0.length,
  contentAt: (sector) => t0[sector]!,
  isAllocatedAt: () => true,
});

/** The source now: an overlay, once QEMU has closed it. */
export class SourceSeen implements ImageView {
  readonly sectors: number;
  readonly #disks: Disks;
  readonly #base: ImageView | null;
  #isClosed = false;

  constructor(run: CaseView) {
    this.#disks = run.disks;
    this.#base = baseOf(run);
    this.sectors = run.scenario.disk.sectors;
  }

  closed(): void {
    this.#isClosed = true;
  }

  contentAt(sector: number): Content {
    const { source } = this.#disks;
    if (source.format === 'qcow2' && !this.#isClosed) return UNKNOWN;
    const own = this.#disks.inImage(source, sector);
    return own === 'below' ? (this.#base?.contentAt(sector) ?? ZERO) : own;
  }

  isAllocatedAt(): boolean {
    return true;
  }
}

/** What a backup over the source shows of it: it as it is, and once the job has ended, as it was at that moment. */
class SourceOfBackup implements ImageView {
  readonly sectors: number;
  readonly #run: CaseView;
  readonly #now: SourceSeen;

  constructor(run: CaseView) {
    this.#run = run;
    this.#now = new SourceSeen(run);
    this.sectors = this.#now.sectors;
  }

  contentAt(sector: number): Content {
    const { sourceAtEnd, end } = this.#run;
    if (end === null) return this.#now.contentAt(sector);
    return sourceAtEnd?.[sector] ?? this.#overlayAtEnd(sector);
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
