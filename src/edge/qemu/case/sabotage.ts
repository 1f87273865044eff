/**
 * The oracle's score: somebody does behind QEMU's back what a broken backup would do, and the oracle must see it
 * whenever it changes what the backup shows. Whether it does is told without the oracle: the same case is run with
 * and without the sabotage and nobody judging, and what the two backups show is compared.
 */
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import type { CaseView } from '../observe/oracle.ts';
import { BITMAP } from './job.ts';
import type { Drawn } from './start.ts';

export interface Saboteur {
  /** Whether it has done what it is for. */
  readonly hasStruck: boolean;
  /** A step has been taken. */
  afterStep?(view: CaseView): void;
  issued?(run: GuestRun, view: CaseView): void;
  /** Whether the effect of a request is lost. */
  drops?(held: Held, view: CaseView): boolean;
  /** The job is over, and the increment after it begins. @param node the source, which has the bitmap */
  beforeNextIncrement?(daemon: Daemon, node: string): Promise<void>;
}

/** By name; and why it may come to nothing, if it strikes and the job ends well. */
export const SABOTAGES = {
  flipSource: 'the sector had been copied before, or was written over before anybody read it',
  dropTargetWrite: 'the target had the same there already, or got it later',
  writeBeforeCopy: 'the sectors had been copied before, or were written before T0',
  forgetBits: 'the increment had nothing to copy, or the target had the same there already',
} as const;
export type SabotageName = keyof typeof SABOTAGES;

/** Null: this cannot be done to such a scenario, whose source is a file of a format. */
export function saboteur(name: SabotageName, { scenario: { disk, guest }, start }: Drawn, random: RandomNumbers): (() => Saboteur) | null {
  const isRaw = disk.overlay === undefined;
  const writes = guest.filter(({ kind }) => kind === 'write').map(({ id }) => id);
  const data = Array.from({ length: disk.sectors }, (_, s) => s).filter((s) => !disk.zero.includes(s));
  const [step, count] = [random.below(12), random.below(3)];
  if (name === 'forgetBits') return start.bitmapMode === null ? null : () => new ForgetBits();
  if (name === 'dropTargetWrite') return () => new DropTargetWrite(count);
  if (name === 'writeBeforeCopy') {
    const id = writes[random.below(Math.max(1, writes.length))];
    return isRaw && id !== undefined ? () => new WriteBeforeCopy(id) : null;
  }
  const sector = data[random.below(Math.max(1, data.length))];
  return isRaw && sector !== undefined ? () => new FlipSource(step, sector) : null;
}

const NOISE = 0xa5;

/** Makes noise of a sector of the source, so many steps after T0. */
class FlipSource implements Saboteur {
  hasStruck = false;
  readonly #step: number;
  readonly #sector: number;

  constructor(step: number, sector: number) {
    this.#step = step;
    this.#sector = sector;
  }

  afterStep({ disks, now, t0, t0At, end }: CaseView): void {
    if (this.hasStruck || t0 === null || end !== null || now < t0At + this.#step) return;
    this.hasStruck = true;
    disks.source.image.fill(NOISE, this.#sector * disks.sectorBytes, (this.#sector + 1) * disks.sectorBytes);
  }
}

/** Loses one of the writes to the target, after so many that it lets pass. */
class DropTargetWrite implements Saboteur {
  hasStruck = false;
  #toPass: number;

  constructor(toPass: number) {
    this.#toPass = toPass;
  }

  drops({ disk, isData, request: { kind } }: Held): boolean {
    if (this.hasStruck || disk.name !== 'target' || !isData || kind === 'read' || this.#toPass-- > 0) return false;
    this.hasStruck = true;
    return true;
  }
}

/** A guest's write reaches the source when it is issued, whatever QEMU still has to copy for it. */
class WriteBeforeCopy implements Saboteur {
  hasStruck = false;
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  issued(run: GuestRun, { disks, t0, end }: CaseView): void {
    if (run.operation.id !== this.#id || t0 === null || end !== null) return;
    this.hasStruck = true;
    run.dataOf(disks.contents, disks.sectorBytes).copy(disks.source.image, run.operation.first * disks.sectorBytes);
  }
}

/** Clears the bitmap once its job is over: what was written since, and what a job that failed has not copied, is forgotten. */
class ForgetBits implements Saboteur {
  hasStruck = false;

  async beforeNextIncrement(daemon: Daemon, node: string): Promise<void> {
    await daemon.answered(daemon.qmp.call('block-dirty-bitmap-clear', { node, name: BITMAP }));
    this.hasStruck = true;
  }
}
