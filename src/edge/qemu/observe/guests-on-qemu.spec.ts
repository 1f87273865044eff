import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Violation } from '../../../../properties/property.ts';
import { ERRNO_NUMBERS } from '../nbd/wire.ts';
import { TORN } from '../disks/pattern.ts';
import { GuestsOnQemu } from './guests-on-qemu.ts';
import { HandMade, guestAsks, scenarioOf } from './testing.ts';

const { EIO, ENOSPC } = ERRNO_NUMBERS;

/** A case of which nothing has happened yet. */
class Fresh extends HandMade {
  readonly feed = new GuestsOnQemu(this.view);

  constructor(more: Partial<Scenario> = {}, how: ConstructorParameters<typeof HandMade>[1] = {}) {
    super(scenarioOf(more), how);
  }

  asks(id: string): void {
    this.feed.issued(this.issues(id));
  }

  /** What is said of an effect. */
  after(...effect: Parameters<HandMade['lands']>): Violation | null {
    return this.feed.landed(this.lands(...effect));
  }

  /** What is said of an answer. */
  told(...answer: Parameters<HandMade['answers']>): Violation | null {
    return this.feed.answered(this.answers(...answer));
  }
}

const GUEST: Partial<Scenario> = {
  guest: [
    guestAsks('g1', 'write', [0, 2]),
    guestAsks('g2', 'zero', [0, 2]),
    guestAsks('g3', 'zero', [0, 2]),
    guestAsks('g4', 'discard', [1, 2]),
    guestAsks('r1', 'read', [0, 2]),
  ],
};
const OVERLAY: Partial<Scenario> = {
  ...GUEST,
  disk: { ...scenarioOf().disk, overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 4 } },
};

describe('a raw disk', () => {
  it('gets what guests write and zero, once each, between issue and answer', () => {
    const on = new Fresh(GUEST);
    const { contents } = on.view.disks;
    on.asks('g1');
    expect(on.after('source', 'write', 0, [contents.byGuest(0, 0), contents.byGuest(0, 1)])).toBeNull();
    expect(on.told('g1')).toBeNull();
    on.asks('g2');
    expect(on.after('source', 'zero', 0, [0, 0])).toBeNull();
    expect(on.told('g2')).toBeNull();
    expect(on.feed.end()).toBeNull();
  });

  it('must not get what nobody has asked for, not even what is there already', () => {
    const { contents } = new Fresh(GUEST).view.disks;
    for (const [got, name] of [
      [contents.byGuest(0, 1), 's1.g1'],
      [contents.atT0(1), 's1@0'],
    ] as const) {
      const on = new Fresh(GUEST);
      expect(on.after('source', 'write', 1, [got])).toEqual({
        property: 'guest-unharmed',
        sector: 1,
        expected: contents.atT0(1),
        got,
        detail: `sector 1 is ${name} instead of s1@0 for the guest: the source changed without a guest request`,
      });
    }
  });

  it('must not get a write a second time, nor after its answer', () => {
    const on = new Fresh(GUEST);
    const { contents } = on.view.disks;
    const data = [contents.byGuest(0, 0), contents.byGuest(0, 1)];
    on.asks('g1');
    expect(on.after('source', 'write', 0, data)).toBeNull();
    expect(on.after('source', 'write', 0, data)).toMatchObject({ property: 'guest-unharmed', sector: 0 });
    const late = new Fresh(GUEST);
    late.asks('g1');
    late.told('g1', EIO);
    expect(late.after('source', 'write', 0, data)).toMatchObject({ property: 'guest-unharmed', sector: 0 });
  });

  it('must get all of a write', () => {
    const on = new Fresh(GUEST);
    const { contents } = on.view.disks;
    on.asks('g1');
    expect(on.after('source', 'write', 0, [contents.byGuest(0, 0), contents.atT0(1)])).toMatchObject({
      sector: 1,
      detail: 'sector 1 is s1@0 instead of s1.g1 for the guest: g1 has just taken effect there',
    });
  });

  it('must have got a write or zeroes before the guest is told so', () => {
    for (const id of ['g1', 'g2']) {
      const on = new Fresh(GUEST);
      on.asks(id);
      expect(on.told(id)).toEqual({ property: 'guest-unharmed', detail: `${id} completed after 0 of 2 sectors took effect` });
    }
  });

  it('may be told of zeroes by either of two requests that ask for the same', () => {
    for (const [first, second] of [
      ['g2', 'g3'],
      ['g3', 'g2'],
    ] as const) {
      const on = new Fresh(GUEST);
      on.asks('g2');
      on.asks('g3');
      expect(on.after('source', 'zero', 0, [0, 0])).toBeNull();
      expect(on.told(first)).toBeNull();
      expect(on.told(second)).toMatchObject({ detail: `${second} completed after 0 of 2 sectors took effect` });
    }
  });

  it('takes the twin that fails for the one that had no effect', () => {
    const on = new Fresh(GUEST);
    on.view.struck.push({ side: 'source', errno: 'EIO', role: 'guest' });
    on.asks('g2');
    on.asks('g3');
    on.after('source', 'zero', 0, [0, 0]);
    expect(on.told('g2', EIO)).toBeNull();
    expect(on.told('g3')).toBeNull();
  });

  it('may get a part of a discard, and says itself what it shows then', () => {
    const on = new Fresh(GUEST);
    on.asks('g4');
    expect(on.after('source', 'trim', 2, [0])).toBeNull();
    expect(on.told('g4')).toBeNull();
    expect(on.feed.end()).toBeNull();
    expect(new Fresh(GUEST).after('source', 'trim', 2, [0])).toMatchObject({ property: 'guest-unharmed', sector: 2 });
    const noise = new Fresh({ ...GUEST, disk: { ...scenarioOf().disk, discardReads: 'old' } });
    noise.asks('g4');
    noise.view.disks.source.image.fill(0xa5, 2 * noise.view.disks.sectorBytes);
    expect(noise.after('source', 'trim', 2, [0])).toMatchObject({ property: 'guest-unharmed', sector: 2, got: TORN });
    const wide = new Fresh(GUEST);
    wide.asks('g4');
    expect(wide.after('source', 'trim', 0, [0, 0])).toMatchObject({ property: 'guest-unharmed', sector: 0 });
  });

  it('is looked at in the end, whatever came over the wire', () => {
    const on = new Fresh(GUEST);
    on.view.disks.source.image.fill(0xa5, 0, 10);
    expect(on.feed.end()).toMatchObject({
      property: 'guest-unharmed',
      sector: 0,
      got: TORN,
      detail: 'sector 0 is torn instead of s0@0 for the guest: the source changed without a guest request',
    });
  });
});

describe('an overlay', () => {
  it('shows what a guest was told to have written, once it is closed', () => {
    const on = new Fresh(OVERLAY);
    expect(on.feed.end()).toBeNull();
    on.asks('g1');
    expect(on.told('g1')).toBeNull();
    on.view.now++;
    expect(on.feed.end()).toMatchObject({ property: 'guest-unharmed', sector: 0, got: on.view.disks.contents.atT0(0) });
  });

  it('may show what a request under way, or one that failed, has written or has not', () => {
    for (const error of [null, EIO]) {
      const on = new Fresh(OVERLAY);
      on.view.struck.push({ side: 'source', errno: 'EIO', role: 'guest' });
      on.asks('g1');
      if (error !== null) expect(on.told('g1', error)).toBeNull();
      expect(on.feed.end()).toBeNull();
    }
  });
});

describe('a read', () => {
  const { contents } = new Fresh(GUEST).view.disks;
  const before = [contents.atT0(0), contents.atT0(1)];
  const after = [contents.byGuest(0, 0), contents.byGuest(0, 1)];

  it('shows what the disk may have shown meanwhile', () => {
    const read = (data: readonly number[], write: 'before' | 'meanwhile' | 'never'): Violation | null => {
      const on = new Fresh(GUEST);
      if (write === 'meanwhile') on.asks('r1');
      if (write !== 'never') {
        on.asks('g1');
        on.after('source', 'write', 0, after);
        on.told('g1');
        on.view.now++;
      }
      if (write !== 'meanwhile') on.asks('r1');
      return on.told('r1', 0, data);
    };
    expect(read(before, 'never')).toBeNull();
    expect(read(before, 'meanwhile')).toBeNull();
    expect(read(after, 'meanwhile')).toBeNull();
    expect(read(after, 'before')).toBeNull();
    expect(read(before, 'before')).toMatchObject({ property: 'guest-unharmed', sector: 0, expected: after[0], got: before[0] });
    expect(read([before[0]!, after[1]!], 'never')).toEqual({
      property: 'guest-unharmed',
      sector: 1,
      expected: before[1],
      got: after[1],
      detail: 'sector 1 is s1.g1 instead of s1@0 for the guest: r1 read it',
    });
  });
});

describe('an error', () => {
  const told = (error: number, ...struck: Fresh['view']['struck']): Violation | null => {
    const on = new Fresh(GUEST);
    on.view.struck.push(...struck);
    on.asks('g1');
    return on.told('g1', error);
  };

  it('is told only if one of its kind was injected', () => {
    expect(told(EIO, { side: 'source', errno: 'EIO', role: 'guest' })).toBeNull();
    expect(told(EIO)).toEqual({ property: 'guest-unharmed', detail: 'g1 was told EIO, though none of its I/O failed' });
    expect(told(ENOSPC, { side: 'target', errno: 'EIO', role: 'guest' }, { side: 'target', errno: 'EIO', role: 'guest' })).toMatchObject({
      detail: 'g1 was told ENOSPC, but its I/O failed with EIO from the target',
    });
    expect(told(22, { side: 'source', errno: 'EIO', role: 'guest' })).toMatchObject({
      detail: 'g1 was told error 22, but its I/O failed with EIO from the source',
    });
  });

  it('is what a read of a snapshot gets that has been given up, and no other read', () => {
    const refused = (kind: 'read' | 'readT0', how: ConstructorParameters<typeof HandMade>[1], isStruck = true): Violation | null => {
      const on = new Fresh({ guest: [guestAsks('r1', kind, [0, 1])] }, how);
      if (isStruck) on.view.struck.push({ side: 'target', errno: 'EIO', role: 'guest' });
      on.asks('r1');
      return on.told('r1', 22);
    };
    const broken = { givesUp: true, readsThroughFilter: true };
    expect(refused('readT0', broken)).toBeNull();
    expect(refused('readT0', broken, false)).not.toBeNull();
    expect(refused('readT0', { ...broken, givesUp: false })).not.toBeNull();
    expect(refused('readT0', { ...broken, readsThroughFilter: false })).not.toBeNull();
    expect(refused('read', broken)).not.toBeNull();
  });

  it('means that a write had no effect', () => {
    const on = new Fresh(GUEST);
    const { contents } = on.view.disks;
    on.view.struck.push({ side: 'source', errno: 'EIO', role: 'guest' });
    on.asks('g1');
    on.after('source', 'write', 0, [contents.byGuest(0, 0), contents.byGuest(0, 1)]);
    expect(on.told('g1', EIO)).toEqual({ property: 'guest-unharmed', detail: 'g1 failed after it took effect' });
  });
});
