import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Machine, shapeOf } from '../../model/machine.ts';
import { type Scenario, whatIsWrong } from '../../model/scenario.ts';
import { randomNumbers } from '../explore/random-numbers.ts';
import { MODES, SCOPE, settingWithout } from '../testing.ts';
import { type Scope, drawScenario, scenarios } from './scenarios.ts';

/** Small, odd and large ones, in each mode. */
const SCOPES: readonly Scope[] = [
  SCOPE,
  { clusters: 1, clusterSectors: 1, writes: 1 },
  { clusters: 3, clusterSectors: 3, writes: 5 },
  { clusters: 16, clusterSectors: 8, writes: 12 },
  { ...SCOPE, exactly: true },
];
const CASES = MODES.flatMap((mode) => SCOPES.map((scope) => ({ mode, scope, about: JSON.stringify(scope) })));
// TOP needs an overlay, and exact sizes have a raw source; NONE needs a target with clusters, and theirs is raw.
const RUNNABLE = CASES.filter(({ mode, scope }) => scope.exactly !== true || mode === 'full');

function drawn(mode: Scenario['mode'], scope: Scope, count: number, seed = 'drawn'): Scenario[] {
  const arbitrary = scenarios(mode, scope);
  const random = randomNumbers(`${seed}/${mode}/${JSON.stringify(scope)}`);
  return Array.from({ length: count }, () => drawScenario(arbitrary, random));
}

/** How far a share of `n` may be from `p`: 5 standard deviations, beyond which chance goes once in 1.7 million. */
const within = (p: number, n: number): { least: number; most: number } => {
  const far = 5 * Math.sqrt((p * (1 - p)) / n);
  return { least: p - far, most: p + far };
};
function expectShare<T>(list: readonly T[], has: (t: T) => boolean, p: number): void {
  const share = list.filter(has).length / list.length;
  const { least, most } = within(p, list.length);
  expect(share).toBeGreaterThan(least);
  expect(share).toBeLessThan(most);
}

describe('a drawn scenario', () => {
  it('is plain data within the scope, the same for the same seed', () => {
    const [one, other] = [drawn('top', SCOPE, 3), drawn('top', SCOPE, 3)];
    expect(one).toEqual(other);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    expect(drawn('top', SCOPE, 3, 'another seed')).not.toEqual(one);
    for (const { mode, disk, guest } of one) {
      expect(mode).toBe('top');
      expect(disk.clusterSectors).toBe(2);
      expect(disk.sectors).toBeLessThanOrEqual(8);
      expect(guest.length).toBeLessThanOrEqual(3);
    }
  });

  it.each(RUNNABLE)('makes sense and can be loaded: $mode, $about', ({ mode, scope }) => {
    for (const scenario of drawn(mode, scope, 400)) {
      expect(whatIsWrong(scenario)).toBeNull();
      expect(scenario.disk.sectors).toBeLessThanOrEqual(scope.clusters * scope.clusterSectors);
      expect(scenario.guest.length).toBeLessThanOrEqual(scope.writes);
      expect(scenario.guest.map((g) => g.id)).toEqual(scenario.guest.map((_, i) => `g${i + 1}`));
      if (mode === 'none') expect(scenario.cancel).toBe(true);
    }
    for (const scenario of drawn(mode, scope, 10)) {
      const machine = new Machine(shapeOf(scenario, settingWithout([])));
      machine.load(scenario);
      machine.begin();
      expect(machine.ready(new Int32Array(machine.coroutines.all.length))).toBeGreaterThan(0);
    }
  });

  it.each(CASES)('has zeroes and data on every disk of two sectors or more: $mode, $about', ({ mode, scope }) => {
    for (const { disk } of drawn(mode, scope, 400)) {
      expect(disk.zero).toEqual([...new Set(disk.zero)].toSorted((a, b) => a - b));
      if (disk.sectors < 2) continue;
      expect(disk.zero.length).toBeGreaterThan(0);
      expect(disk.zero.length).toBeLessThan(disk.sectors);
    }
  });

  it.each(MODES)('has exactly the sizes that were asked for, and only writes, if told so: %s', (mode) => {
    const scope = { clusters: 5, clusterSectors: 3, writes: 4, exactly: true };
    for (const scenario of drawn(mode, scope, 200)) {
      expect(scenario.disk).toMatchObject({ sectors: 15, clusterSectors: 3 });
      expect(scenario.disk.overlay).toBeUndefined();
      expect(scenario.targetClusterSectors).toBe(0);
      expect(scenario.guest).toHaveLength(4);
      for (const { kind, after, early } of scenario.guest) expect({ kind, after, early }).toEqual({ kind: 'write', after: [], early: false });
      expect(scenario.cancel).toBe(mode === 'none');
    }
  });
});

describe('what is drawn', () => {
  const MANY = drawn('full', SCOPE, 4_000);

  // The whole scope with 12 of 20, an integer from 1 to 8 with 7 (of which one in 8 is the whole), 0 with 1.
  it('is a disk of the whole scope most of the time, and an empty one now and then', () => {
    expectShare(MANY, ({ disk }) => disk.sectors === 8, 12 / 20 + 7 / 20 / 8);
    expectShare(MANY, ({ disk }) => disk.sectors === 0, 1 / 20);
    expect(new Set(MANY.map(({ disk }) => disk.sectors))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  });

  // Of 10 kinds 5 are writes, 2 discards, one of each of the others. An empty disk has no requests.
  it('is a write half of the time, and every other kind', () => {
    const operations = MANY.flatMap(({ guest }) => guest);
    const shares = { write: 5, zero: 1, discard: 2, read: 1, flush: 1 };
    for (const [kind, tenths] of Object.entries(shares)) expectShare(operations, (g) => g.kind === kind, tenths / 10);
  });

  // `early` holds for all requests of a scenario or for none: a quarter, as the architecture says.
  it('has requests in flight at T0 in a quarter', () => {
    const withGuests = MANY.filter(({ guest }) => guest.length > 0);
    expectShare(withGuests, ({ guest }) => guest.some((g) => g.early), 1 / 4);
    expect(withGuests.filter(({ guest }) => guest.some((g) => g.early) && !guest.every((g) => g.early))).toEqual([]);
  });

  // Behind another: 2 of 7, and then one or two places; the first request has nobody before it, and
  // the second only one, so that its "two before" is none: (1/7) for the second, (2/7) for the third.
  it('makes some requests wait for an earlier one', () => {
    expectShare(MANY.filter(({ guest }) => guest.length >= 2), ({ guest }) => guest[1]!.after.length > 0, 1 / 7);
    expectShare(MANY.filter(({ guest }) => guest.length >= 3), ({ guest }) => guest[2]!.after.length > 0, 2 / 7);
  });

  it('is cancelled in a third, always in NONE, and lies over a backing file in a third, always in TOP', () => {
    expectShare(MANY, ({ cancel }) => cancel, 1 / 3);
    expectShare(MANY, ({ disk }) => disk.overlay !== undefined, 1 / 3);
    expect(drawn('none', SCOPE, 400).every(({ cancel }) => cancel)).toBe(true);
    expect(drawn('top', SCOPE, 400).every(({ disk }) => disk.overlay !== undefined)).toBe(true);
  });

  it.each(MODES)('has every way of discarding, and clusters of the source and of the target of half, the same and twice the size: %s', (mode) => {
    const many = drawn(mode, SCOPE, 400);
    expect(new Set(many.map(({ disk }) => disk.discardReads))).toEqual(new Set(['zero', 'backing', 'old', 'ignored']));
    expect(new Set(many.map(({ targetClusterSectors }) => targetClusterSectors))).toEqual(new Set([...(mode === 'full' ? [0] : []), 1, 2, 4]));
    expect(new Set(many.flatMap(({ disk }) => disk.overlay?.clusterSectors ?? []))).toEqual(new Set([1, 2, 4]));
  });

  // Half of the scenarios have one to three hot clusters, in which every request begins. Of those
  // with 12 requests or more on 64 clusters, about 3,000 x 12/20 x 13/24 = 975, one without hot clusters begins in three or
  // fewer with a chance of about C(64,3) (3/64)^12 = 5e-12. So the share of "three or fewer" is a
  // half, with a deviation of sqrt(0.25/975) = 0.016.
  it('has at most three hot clusters in half of the scenarios, and none in the others', () => {
    const scope = { clusters: 64, clusterSectors: 4, writes: 24 };
    const begin = ({ guest }: Scenario): number[] => guest.filter((g) => g.kind !== 'flush').map((g) => Math.floor(g.first / 4));
    const busy = drawn('full', scope, 3_000).filter((scenario) => scenario.disk.sectors === 256 && begin(scenario).length >= 12);
    expect(busy.length).toBeGreaterThan(600);
    const clusters = busy.map((scenario) => new Set(begin(scenario)).size);
    expectShare(clusters, (count) => count <= 3, 1 / 2);
    expect(new Set(clusters.filter((count) => count <= 3))).toEqual(new Set([1, 2, 3]));
    expect(Math.min(...clusters.filter((count) => count > 3))).toBeGreaterThan(5); // nothing in between
    // In a hot cluster a request is short: at most two clusters.
    expect(Math.max(...busy.filter((_, i) => clusters[i]! <= 3).flatMap(({ guest }) => guest.map((g) => g.count)))).toBe(8);
    expect(Math.max(...busy.filter((_, i) => clusters[i]! > 3).flatMap(({ guest }) => guest.map((g) => g.count)))).toBeGreaterThan(100);
  });
});

describe('shrinking a scenario that was found elsewhere', () => {
  /** The smallest scenario that fast-check comes to from this one, and the property keeps failing on. */
  function shrunk(scenario: Scenario, fails: (scenario: Scenario) => boolean): Scenario {
    const arbitrary = scenarios(scenario.mode, SCOPE);
    const { counterexample, numRuns } = fc.check(fc.property(arbitrary, (candidate) => !fails(candidate)), { examples: [[scenario]], numRuns: 1 });
    expect(numRuns).toBe(1);
    return counterexample![0]!;
  }

  const FOUND = MODES.flatMap((mode) => drawn(mode, SCOPE, 60, 'found'));

  it('needs no more than the scenario: every drawn one can be shrunk without context', () => {
    for (const { mode, scope } of RUNNABLE) {
      const arbitrary = scenarios(mode, scope);
      for (const scenario of drawn(mode, scope, 50).filter(({ guest }) => guest.length > 0)) expect(arbitrary.canShrinkWithoutContext(scenario)).toBe(true);
    }
  });

  it('needs no more of an empty disk either', () => {
    for (const mode of MODES) {
      const empty = drawn(mode, SCOPE, 200).filter(({ disk }) => disk.sectors === 0);
      expect(empty.length).toBeGreaterThan(0);
      for (const scenario of empty) expect(scenarios(mode, SCOPE).canShrinkWithoutContext(scenario)).toBe(true);
    }
  });

  it('is not possible for what would never be drawn', () => {
    const [scenario] = FOUND;
    expect(scenarios('full', SCOPE).canShrinkWithoutContext({ ...scenario, disk: { ...scenario!.disk, sectors: 1_000 } })).toBe(false);
  });

  it('makes it smaller, and what remains still makes sense', () => {
    for (const scenario of FOUND.filter(({ guest }) => guest.length >= 2)) {
      const { kind } = scenario.guest.at(-1)!;
      const least = shrunk(scenario, ({ guest }) => guest.some((g) => g.kind === kind));
      expect(whatIsWrong(least)).toBeNull();
      expect(least.guest.map((g) => g.kind)).toEqual([kind]);
      expect(least.guest[0]!.first).toBe(0);
      expect(least.guest[0]!.count).toBeLessThanOrEqual(1);
      expect(least.guest[0]!.early).toBe(false);
      expect(least.disk.sectors).toBeLessThanOrEqual(scenario.disk.sectors);
      expect(least.cancel).toBe(scenario.mode === 'none');
    }
  });

  it('keeps what the failure needs', () => {
    const cancelled = FOUND.filter(({ cancel, guest, mode }) => mode !== 'none' && cancel && guest.length > 0);
    expect(cancelled.length).toBeGreaterThan(20);
    for (const scenario of cancelled) {
      const least = shrunk(scenario, ({ cancel, guest }) => cancel && guest.length > 0);
      expect(least.cancel).toBe(true);
      expect(least.guest).toHaveLength(1);
    }
  });

  // A step of shrinking changes one thing. That it finds all others again in the scenario alone is
  // what makes the step mean something: the draft that it takes apart must be this scenario's.
  it('tries scenarios that differ in one thing', () => {
    for (const scenario of FOUND.filter(({ guest }) => guest.length >= 2)) {
      const candidates = [...scenarios(scenario.mode, SCOPE).shrink(scenario, undefined)].map(({ value }) => value);
      const { guest: _, cancelAfter: __, ...rest } = scenario;
      const fewer = candidates.filter(({ guest }) => guest.length < scenario.guest.length);
      expect(fewer.length).toBeGreaterThan(0);
      for (const { guest: ___, cancelAfter: ____, ...other } of fewer.filter(({ disk }) => disk.sectors === scenario.disk.sectors)) expect(other).toEqual(rest);
      for (const candidate of candidates) expect(whatIsWrong(candidate)).toBeNull();
    }
  });
});
