/** For specs only: a case without a QEMU, in which a hand does to the disks what QEMU would. */
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import type { DiskName } from '../disks/disks.ts';
import type { GuestRun } from '../disks/guest.ts';
import { Held } from '../disks/held.ts';
import { fillSector } from '../disks/pattern.ts';
import type { RequestKind } from '../nbd/server.ts';
import { type CaseView, type JobEnd, viewOfCase } from './oracle.ts';

export const guestAsks = (id: string, kind: GuestOperation['kind'], [first, count]: readonly [number, number]): GuestOperation => ({
  id,
  kind,
  first,
  count,
  after: [],
  early: false,
});

/** Sectors of 32 KiB. Without more: FULL, raw images of 4 sectors, the last of which is zero. */
export const scenarioOf = (more: Partial<Scenario> = {}): Scenario => ({
  mode: 'full',
  disk: { sectors: 4, clusterSectors: 2, zero: [3], discardReads: 'zero' },
  targetClusterSectors: 0,
  guest: [],
  cancel: false,
  ...more,
});

export class HandMade {
  readonly view: CaseView;

  /** @param how what else is so than that there is a plain job, without a bitmap */
  constructor(scenario: Scenario, how: Partial<Parameters<typeof viewOfCase>[1]> = {}) {
    this.view = viewOfCase(scenario, { givesUp: false, hasBitmap: false, readsThroughFilter: false, ...how });
  }

  run(id: string): GuestRun {
    return this.view.runs.find(({ operation }) => operation.id === id)!;
  }

  /** T0 is now, and nothing has been written yet. */
  pointInTime(): void {
    const { view } = this;
    view.t0 = Int32Array.from({ length: view.scenario.disk.sectors }, (_, s) => view.disks.shownAtBegin(s));
    view.t0At = view.now;
  }

  ends(end: JobEnd): void {
    const { view } = this;
    const { source } = view.disks;
    view.end = end;
    view.endedAt = view.now;
    if (source.format === 'raw') view.sourceAtEnd = Array.from(view.t0!, (_, s) => view.disks.inImage(source, s) as number);
  }

  /** A guest's request is issued in a step of its own. */
  issues(id: string): GuestRun {
    const run = this.run(id);
    run.state = 'under way';
    run.issuedAt = this.view.now++;
    return run;
  }

  /** It is answered in a step of its own. */
  answers(id: string, error = 0, contents: readonly number[] = []): GuestRun {
    const run = this.run(id);
    run.state = 'ended';
    run.endedAt = ++this.view.now;
    run.answer = { error, data: this.#sectors(contents) };
    return run;
  }

  /** A request of QEMU that has had its effect on a disk, from a sector on: in a format's file from that many sectors on. */
  lands(disk: DiskName, kind: RequestKind, first: number, contents: readonly number[]): Held {
    const { disks, scenario } = this.view;
    const data = this.#sectors(contents);
    const request = {
      exportName: disk,
      kind,
      offset: first * disks.sectorBytes,
      length: data.length,
      data: kind === 'write' ? data : null,
      reply: () => {},
      fail: () => {},
    };
    const held = new Held(
      disks.all.find(({ name }) => name === disk)!,
      request,
    );
    held.step(scenario.disk.discardReads);
    return held;
  }

  #sectors(contents: readonly number[]): Buffer {
    const { sectorBytes } = this.view.disks;
    return Buffer.concat(
      contents.map((content) => {
        const sector = Buffer.alloc(sectorBytes);
        fillSector(sector, content);
        return sector;
      }),
    );
  }
}
