import { describe, expect, it } from 'vitest';
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import { whatIsWrong } from '../../../../model/scenario/scenario.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { CAPABILITIES } from '../daemon/capabilities.ts';
import { Draw } from './draw.ts';
import { withReadersAtWrites } from './snapshot-readers.ts';

const op = (id: string, kind: GuestOperation['kind'], first = 0, count = 1): GuestOperation => ({
  id,
  kind,
  first,
  count,
  after: [],
  early: false,
});
const scenario = (...guest: GuestOperation[]): Scenario => ({
  mode: 'none',
  disk: { sectors: 8, clusterSectors: 2, zero: [], discardReads: 'old' },
  targetClusterSectors: 2,
  guest,
  cancel: true,
});
const readersOf = ({ guest }: Scenario): GuestOperation[] => guest.filter(({ kind }) => kind === 'readT0');
const drawn = Array.from({ length: 50 }, (_, seed) => randomNumbers(`readers/${seed}`));

describe('withReadersAtWrites', () => {
  it('adds one or two, at a write or over the whole disk, each with an id of its own', () => {
    const ranges = new Set<string>();
    const counts = new Set<number>();
    for (const random of drawn) {
      const { guest, ...rest } = withReadersAtWrites(scenario(op('g1', 'write', 3, 2), op('g4', 'flush')), 6, random);
      expect(whatIsWrong({ guest, ...rest })).toBeNull();
      expect(guest.slice(0, 2)).toEqual([op('g1', 'write', 3, 2), op('g4', 'flush')]);
      const readers = readersOf({ guest, ...rest });
      counts.add(readers.length);
      for (const { first, count, after } of readers) ranges.add(`${first} ${count} ${after.length}`);
    }
    expect(counts).toEqual(new Set([1, 2]));
    expect(ranges).toEqual(new Set(['3 2 0', '0 8 0']));
  });

  it('makes readers of the last requests where no more may be, and leaves a write to read at', () => {
    for (const random of drawn) {
      const { guest } = withReadersAtWrites(scenario(op('g1', 'write'), op('g2', 'zero'), op('g3', 'write')), 3, random);
      expect(guest.map(({ id }) => id)).toEqual(['g1', 'g2', 'g3']);
      expect(guest[0]!.kind).toBe('write');
      expect(guest[2]!.kind).toBe('readT0');
    }
  });

  it('leaves a run alone in which nobody writes', () => {
    const still = scenario(op('g1', 'read'), op('g2', 'flush'));
    expect(withReadersAtWrites(still, 6, drawn[0]!)).toEqual(still);
  });
});

it('each run through a snapshot-access node in which a guest writes has a reader', () => {
  const draw = new Draw({ clusters: 4, writes: 6, faults: true, only: ['snapshot-access'] });
  for (let run = 0; run < 40; run++) {
    const one = draw.draw('none', randomNumbers(`snapshot/${run}`), new Set(CAPABILITIES)).scenario;
    const writes = one.guest.some(({ kind }) => kind === 'write' || kind === 'zero' || kind === 'discard');
    if (writes) expect(readersOf(one).length).toBeGreaterThan(0);
    expect(one.guest.length).toBeLessThanOrEqual(6);
  }
});
