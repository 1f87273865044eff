import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Violation } from '../../../../properties/property.ts';
import { TORN } from '../disks/pattern.ts';
import { SnapshotOnQemu } from './snapshot-on-qemu.ts';
import { HandMade, guestAsks, scenarioOf } from './testing.ts';

/** A case whose T0 has been. */
class Begun extends HandMade {
  readonly feed = new SnapshotOnQemu(this.view);
  readonly atT0: Violation | null;

  constructor(more: Partial<Scenario> = {}) {
    super(scenarioOf(more));
    this.pointInTime();
    this.atT0 = this.feed.pointInTime();
  }

  /** What is said of an effect. */
  after(...effect: Parameters<HandMade['lands']>): Violation | null {
    return this.feed.landed(this.lands(...effect));
  }
}

const { disk } = scenarioOf();
const NONE: Partial<Scenario> = {
  mode: 'none',
  targetClusterSectors: 2,
  cancel: true,
  guest: [guestAsks('g1', 'write', [0, 1]), guestAsks('r1', 'readT0', [0, 2])],
};
const OVERLAY: Scenario['disk'] = { ...disk, overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 4 } };
const TOP: Partial<Scenario> = { mode: 'top', disk: OVERLAY, targetClusterSectors: 2 };

describe('a raw target', () => {
  it('gets the disk at T0, after which the source may change', () => {
    const on = new Begun();
    const { contents } = on.view.disks;
    expect(on.atT0).toBeNull();
    expect(on.after('target', 'write', 0, [contents.atT0(0), contents.atT0(1)])).toBeNull();
    expect(on.after('source', 'write', 0, [contents.byGuest(0, 0)])).toBeNull();
    expect(on.after('target', 'write', 2, [contents.atT0(2), 0])).toBeNull();
    on.ends('completed');
    expect(on.feed.targetClosed()).toBeNull();
  });

  it('must get nothing else', () => {
    const on = new Begun();
    const { contents } = on.view.disks;
    expect(on.after('target', 'write', 0, [contents.atT0(0), contents.atT0(2)])).toEqual({
      property: 'snapshot-kept',
      sector: 1,
      expected: contents.atT0(1),
      got: contents.atT0(2),
      detail: 'sector 1 of the backup is s2@0 instead of s1@0 (read from the target)',
    });
  });

  it('must have a sector before the source loses it', () => {
    const on = new Begun({ guest: [guestAsks('g1', 'write', [1, 1])] });
    const { contents } = on.view.disks;
    expect(on.after('source', 'write', 1, [contents.byGuest(0, 1)])).toMatchObject({
      property: 'snapshot-kept',
      sector: 1,
      detail: 'sector 1 of the backup is s1.g1 instead of s1@0 (read from the source)',
    });
    expect(new Begun().after('source', 'write', 3, [contents.byGuest(0, 3)])).toMatchObject({ sector: 3, expected: 0 });
  });

  it('must have all of it at the end: nothing stands in for what is missing', () => {
    const on = new Begun();
    const { contents } = on.view.disks;
    expect(on.after('target', 'write', 0, [contents.atT0(0), contents.atT0(1)])).toBeNull();
    on.ends('completed');
    expect(on.feed.targetClosed()).toMatchObject({ property: 'snapshot-kept', sector: 2, got: contents.inOldTarget(2) });
  });

  it('is promised nothing by a job that has failed, or was cancelled', () => {
    for (const end of ['failed', 'cancelled'] as const) {
      const on = new Begun();
      on.ends(end);
      expect(on.after('source', 'write', 0, [on.view.disks.contents.byGuest(0, 0)])).toBeNull();
      expect(on.feed.targetClosed()).toBeNull();
    }
  });

  it("is nobody's concern before T0", () => {
    const hand = new HandMade(scenarioOf());
    const feed = new SnapshotOnQemu(hand.view);
    expect(feed.landed(hand.lands('source', 'write', 0, [hand.view.disks.contents.byGuest(0, 0)]))).toBeNull();
    expect(feed.targetClosed()).toBeNull();
  });
});

/** Behind the metadata of a format's file, counted in sectors of the disk. */
const SOMEWHERE = 20;

describe('a target in a file of a format', () => {
  it('says by its data what it gets', () => {
    const on = new Begun(NONE);
    const { contents } = on.view.disks;
    expect(on.after('target', 'write', SOMEWHERE, [contents.atT0(1)])).toBeNull();
    expect(on.after('source', 'write', 1, [contents.byGuest(0, 1)])).toBeNull();
    expect(on.after('target', 'write', SOMEWHERE, [contents.byGuest(0, 2)])).toMatchObject({
      property: 'snapshot-kept',
      sector: 2,
      got: contents.byGuest(0, 2),
    });
  });

  it('must have data before the source loses it, but zeroes may have come as metadata', () => {
    const { contents } = new Begun(NONE).view.disks;
    expect(new Begun(NONE).after('source', 'write', 0, [contents.byGuest(0, 0)])).toMatchObject({
      property: 'snapshot-kept',
      sector: 0,
      got: contents.byGuest(0, 0),
    });
    expect(new Begun(NONE).after('source', 'write', 3, [contents.byGuest(0, 3)])).toBeNull();
    expect(new Begun(NONE).after('target', 'write', SOMEWHERE, [contents.atT0(3)])).toMatchObject({ sector: 3, expected: 0 });
  });

  it('may be filled up with what lies below it, until the copy comes', () => {
    const on = new Begun(TOP);
    const { contents } = on.view.disks;
    expect(on.after('target', 'write', SOMEWHERE, [contents.atT0(0), contents.inBase(1)])).toBeNull();
    expect(on.after('target', 'write', SOMEWHERE, [contents.atT0(2), contents.inBase(3)])).toBeNull();
    expect(on.after('target', 'write', SOMEWHERE, [contents.inBase(3), contents.byGuest(0, 1)])).toMatchObject({ sector: 1 });
  });

  it('is read once it is closed: TOP over the backing file', () => {
    const on = new Begun(TOP);
    on.ends('completed');
    // It is empty, and the backing file hides nothing but cluster 0 of the disk.
    expect(on.feed.targetClosed()).toMatchObject({
      property: 'snapshot-kept',
      sector: 0,
      expected: on.view.disks.contents.atT0(0),
      got: on.view.disks.contents.inBase(0),
      detail: 'sector 0 of the target is s0@base instead of s0@0 after the job has completed',
    });
    const unallocated = new Begun({ ...TOP, disk: { ...OVERLAY, overlay: { ...OVERLAY.overlay!, allocated: [] } } });
    unallocated.ends('completed');
    expect(unallocated.feed.targetClosed()).toBeNull();
  });

  it('is read once it is closed: FULL over nothing, where zeroes need not be stored', () => {
    const on = new Begun({ targetClusterSectors: 2 });
    on.ends('completed');
    expect(on.feed.targetClosed()).toMatchObject({ property: 'snapshot-kept', sector: 0, got: 0 });
    const zeroes = new Begun({ targetClusterSectors: 2, disk: { ...disk, zero: [0, 1, 2, 3] } });
    zeroes.ends('completed');
    expect(zeroes.feed.targetClosed()).toBeNull();
  });

  it('is read once it is closed: FULL over nothing, even if the source lies over something', () => {
    const on = new Begun({ disk: { ...OVERLAY, overlay: { ...OVERLAY.overlay!, allocated: [] } }, targetClusterSectors: 2 });
    on.ends('completed');
    const { contents } = on.view.disks;
    expect(on.feed.targetClosed()).toMatchObject({ property: 'snapshot-kept', sector: 0, expected: contents.atT0(0), got: 0 });
  });
});

describe('NONE at its end', () => {
  it('lies over the source of that moment', () => {
    const on = new Begun(NONE);
    on.ends('cancelled');
    expect(on.after('source', 'write', 0, [on.view.disks.contents.byGuest(0, 0)])).toBeNull(); // nobody has promised that one
    expect(on.feed.targetClosed()).toBeNull();
  });

  it('is caught if the source had changed behind everybody by then', () => {
    const on = new Begun(NONE);
    on.view.disks.source.image.fill(1, 0, 10);
    on.ends('cancelled');
    expect(on.feed.targetClosed()).toMatchObject({ property: 'snapshot-kept', sector: 0, got: TORN });
  });

  it('of an overlay, whose data shows nowhere, must have what a guest was told to have written since T0', () => {
    const over = (...moves: ((on: Begun) => void)[]): Violation | null => {
      const on = new Begun({ ...NONE, disk: OVERLAY });
      on.view.now++;
      for (const move of moves) move(on);
      on.ends('cancelled');
      return on.feed.targetClosed();
    };
    expect(over()).toBeNull();
    expect(over((on) => on.issues('g1'))).toBeNull(); // it may not have landed
    expect(
      over(
        (on) => on.issues('g1'),
        (on) => on.answers('g1', 5),
      ),
    ).toBeNull();
    expect(
      over(
        (on) => on.issues('g1'),
        (on) => on.answers('g1'),
      ),
    ).toMatchObject({
      property: 'snapshot-kept',
      sector: 0,
      detail: 'sector 0 of the backup is s0.g1 instead of s0@0 (read from the source, at its end)',
    });
  });
});

describe('a reader of the point in time', () => {
  const read = (contents: (on: Begun) => readonly number[], end = false): Violation | null => {
    const on = new Begun(NONE);
    on.issues('r1');
    if (end) on.ends('cancelled');
    return on.feed.answered(on.answers('r1', 0, contents(on)));
  };

  it('gets the disk at T0', () => {
    expect(read(({ view: { disks } }) => [disks.contents.atT0(0), disks.contents.atT0(1)])).toBeNull();
  });

  it('is caught if he gets anything else, while the backup is there', () => {
    const wrong = ({ view: { disks } }: Begun): readonly number[] => [disks.contents.atT0(0), disks.contents.byGuest(0, 1)];
    expect(read(wrong)).toMatchObject({
      property: 'stable-reader',
      sector: 1,
      detail: 'sector 1 is s1.g1 instead of s1@0: r1 read it through the target',
    });
    expect(read(wrong, true)).toBeNull();
  });

  it('who is told of an error has read nothing', () => {
    const on = new Begun(NONE);
    on.issues('r1');
    expect(on.feed.answered(on.answers('r1', 5))).toBeNull();
  });
});
