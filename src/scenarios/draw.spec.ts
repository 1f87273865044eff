import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sized } from '../../tools/nightly/testing.ts';
import { ERROR_POLICIES } from '../../model/job/error-policy.ts';
import { ERRNOS, SIDES } from '../../model/block/errors.ts';
import { FAULT_OPS } from '../../model/block/faults.ts';
import { hasRange } from '../../model/block/guest.ts';
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import { type Scenario, policiesOf, whatIsWrong } from '../../model/scenario/scenario.ts';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import { MODES, SCOPE, settingWithout } from '../testing.ts';
import { type Scope, drawScenario, scenarios } from './draw.ts';

/** So many that a share of them says something. */
const MANY_DRAWN = sized(2_000, 4_000);
const FAULTY: Scope = { ...SCOPE, faults: true };
/** Small, odd and large ones, with and without errors, in each mode. */
const SCOPES: readonly Scope[] = [
  SCOPE,
  { clusters: 1, clusterSectors: 1, writes: 1 },
  { clusters: 3, clusterSectors: 3, writes: 5 },
  { clusters: 16, clusterSectors: 8, writes: 12 },
  FAULTY,
  { clusters: 3, clusterSectors: 3, writes: 5, faults: true },
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

/** The same with its keys in one order, so that it can be compared as text. */
const inOrder = (scenario: Scenario): object => {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, inner]) => [key, sorted(inner)]),
          )
        : value;
  return sorted(scenario) as object;
};

const without = (scenario: Scenario, ...keys: (keyof Scenario)[]): Scenario =>
  Object.fromEntries(Object.entries(scenario).filter(([key]) => !keys.includes(key as keyof Scenario))) as unknown as Scenario;

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
    for (const scenario of drawn(mode, scope, sized(150, 400))) {
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
    for (const { disk } of drawn(mode, scope, sized(150, 400))) {
      expect(disk.zero).toEqual([...new Set(disk.zero)].toSorted((a, b) => a - b));
      if (disk.sectors < 2) continue;
      expect(disk.zero.length).toBeGreaterThan(0);
      expect(disk.zero.length).toBeLessThan(disk.sectors);
    }
  });

  it.each(MODES)('has exactly the sizes that were asked for, and only writes, if told so: %s', (mode) => {
    const scope = { clusters: 5, clusterSectors: 3, writes: 4, exactly: true };
    for (const scenario of drawn(mode, scope, sized(100, 200))) {
      expect(scenario.disk).toMatchObject({ sectors: 15, clusterSectors: 3 });
      expect(scenario.disk.overlay).toBeUndefined();
      expect(scenario.targetClusterSectors).toBe(0);
      expect(scenario.guest).toHaveLength(4);
      for (const { kind, after, early } of scenario.guest)
        expect({ kind, after, early }).toEqual({ kind: 'write', after: [], early: false });
      expect(scenario.cancel).toBe(mode === 'none');
    }
  });
});

describe('what is drawn', () => {
  const MANY = drawn('full', SCOPE, MANY_DRAWN);

  // Sizes vary in a half; there the whole scope with 4 of 20, an integer from 1 to 8 with 14 (of which one in 8 is the whole), 0 with 2.
  it('is a disk of the whole scope most of the time, and an empty one now and then', () => {
    expectShare(MANY, ({ disk }) => disk.sectors === 8, 12 / 20 + 7 / 20 / 8);
    expectShare(MANY, ({ disk }) => disk.sectors === 0, 1 / 20);
    expect(new Set(MANY.map(({ disk }) => disk.sectors))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  });

  // Of 9 kinds 3 are writes, and 3 more in NONE are reads of the point in time. Each kind but the write may be used in
  // a half of the scenarios, and is a write elsewhere. An empty disk has no requests. Requests of a scenario have their
  // kinds in common, so the first speaks for all.
  it('is a write most of the time, and every other kind', () => {
    const shares = {
      full: { write: 12 / 18, zero: 2 / 18, discard: 2 / 18, read: 1 / 18, flush: 1 / 18, readT0: 0 },
      none: { write: 15 / 24, zero: 2 / 24, discard: 2 / 24, read: 1 / 24, flush: 1 / 24, readT0: 3 / 24 },
    };
    for (const mode of ['full', 'none'] as const) {
      // Through a target that lies over nothing nobody reads the point in time.
      const operations = (mode === 'full' ? MANY : drawn(mode, SCOPE, MANY_DRAWN))
        .filter(({ existingTarget }) => existingTarget === undefined)
        .flatMap(({ guest }) => guest.slice(0, 1));
      for (const [kind, share] of Object.entries(shares[mode])) if (share > 0) expectShare(operations, (g) => g.kind === kind, share);
      expect(operations.some((g) => g.kind === 'readT0')).toBe(mode === 'none');
    }
  });

  // `early` holds for all requests of a scenario or for none: a quarter, as the architecture says.
  it('has requests in flight at T0 in a quarter', () => {
    const withGuests = MANY.filter(({ guest }) => guest.length > 0);
    expectShare(withGuests, ({ guest }) => guest.some((g) => g.early), 1 / 4);
    expect(withGuests.filter(({ guest }) => guest.some((g) => g.early) && !guest.every((g) => g.early))).toEqual([]);
  });

  // Behind another: in a half of the scenarios 2 of 4, and then one or two places; the first request has nobody before it, and
  // the second only one, so that its "two before" is none: (1/2)(1/4) for the second, (1/2)(1/2) for the third.
  it('makes some requests wait for an earlier one', () => {
    expectShare(
      MANY.filter(({ guest }) => guest.length >= 2),
      ({ guest }) => guest[1]!.after.length > 0,
      1 / 8,
    );
    expectShare(
      MANY.filter(({ guest }) => guest.length >= 3),
      ({ guest }) => guest[2]!.after.length > 0,
      1 / 4,
    );
  });

  it('is cancelled in a third, always in NONE, and lies over a backing file in a third, always in TOP', () => {
    expectShare(MANY, ({ cancel }) => cancel, 1 / 3);
    expectShare(MANY, ({ disk }) => disk.overlay !== undefined, 1 / 3);
    expect(drawn('none', SCOPE, 400).every(({ cancel }) => cancel)).toBe(true);
    expect(drawn('top', SCOPE, 400).every(({ disk }) => disk.overlay !== undefined)).toBe(true);
  });

  it.each(MODES)(
    'has every way of discarding, and clusters of the source and of the target of half, the same and twice the size: %s',
    (mode) => {
      const many = drawn(mode, SCOPE, 400);
      expect(new Set(many.map(({ disk }) => disk.discardReads))).toEqual(new Set(['zero', 'backing', 'old', 'ignored']));
      // 0: raw, if it was there before
      expect(new Set(many.map(({ targetClusterSectors }) => targetClusterSectors))).toEqual(new Set([0, 1, 2, 4]));
      expect(new Set(many.flatMap(({ disk }) => disk.overlay?.clusterSectors ?? []))).toEqual(new Set([1, 2, 4]));
    },
  );

  // Half of the scenarios have none to three hot clusters, in which every request begins: 3/8 have some. Of those
  // with 12 requests or more on 64 clusters, about 3,000 x 12/20 x 13/24 = 975, one without hot clusters begins in three or
  // fewer with a chance of about C(64,3) (3/64)^12 = 5e-12. So the share of "three or fewer" is
  // 3/8, with a deviation of sqrt(0.23/975) = 0.015.
  it('has at most three hot clusters in some of the scenarios, and none in the others', () => {
    const scope = { clusters: 64, clusterSectors: 4, writes: 24 };
    const begin = ({ guest }: Scenario): number[] => guest.filter((g) => hasRange(g.kind)).map((g) => Math.floor(g.first / 4));
    const busy = drawn('full', scope, 3_000).filter((scenario) => scenario.disk.sectors === 256 && begin(scenario).length >= 12);
    expect(busy.length).toBeGreaterThan(600);
    const clusters = busy.map((scenario) => new Set(begin(scenario)).size);
    expectShare(clusters, (count) => count <= 3, 3 / 8);
    expect(new Set(clusters.filter((count) => count <= 3))).toEqual(new Set([1, 2, 3]));
    expect(Math.min(...clusters.filter((count) => count > 3))).toBeGreaterThan(5); // nothing in between
    // In a hot cluster a request is short: at most two clusters.
    expect(Math.max(...busy.filter((_, i) => clusters[i]! <= 3).flatMap(({ guest }) => guest.map((g) => g.count)))).toBe(8);
    expect(Math.max(...busy.filter((_, i) => clusters[i]! > 3).flatMap(({ guest }) => guest.map((g) => g.count)))).toBeGreaterThan(100);
  });
});

// What a disk and a job can have besides: each of it in a half of the scenarios at most, so that some stay plain.
describe('what is drawn besides', () => {
  const MANY = drawn('full', SCOPE, MANY_DRAWN);
  const WITH_TARGET = MODES.flatMap((mode) => drawn(mode, SCOPE, MANY_DRAWN, 'targets')).filter(
    ({ existingTarget }) => existingTarget !== undefined,
  );
  const FAULTS = drawn('full', FAULTY, MANY_DRAWN).filter(({ disk }) => disk.sectors === 8);

  it('are I/O limits and a pause in one of six, a speed limit in one of eight', () => {
    for (const mode of MODES) {
      const many = mode === 'full' ? MANY : drawn(mode, SCOPE, MANY_DRAWN);
      expectShare(many, ({ disk }) => disk.throttled === true, 1 / 6);
      expectShare(many, ({ pause }) => pause === true, 1 / 6);
      expectShare(many, ({ speed }) => speed !== undefined, 1 / 8);
      expect(new Set(many.map(({ speed }) => speed))).toEqual(new Set([undefined, SCOPE.clusterSectors])); // a cluster a slice
    }
  });

  it('is copy on read in one of four, where there is something to copy up', () => {
    const hasBacking = ({ disk }: Scenario): boolean => disk.overlay !== undefined && disk.overlay.baseSectors !== null;
    expectShare(MANY.filter(hasBacking), ({ disk }) => disk.copyOnRead === true, 1 / 4);
    expect(MANY.filter((scenario) => !hasBacking(scenario)).filter(({ disk }) => disk.copyOnRead === true)).toEqual([]);
  });

  // In a half of the scenarios, of 12 overlays 4 have a base of the whole scope, cut to the disk, 6 one of any length, 2 none.
  it('is an overlay over nothing in one of twelve, and over a shorter base in some', () => {
    const many = drawn('top', SCOPE, MANY_DRAWN);
    expectShare(many, ({ disk }) => disk.overlay!.baseSectors === null, 1 / 12);
    // Any of 0 to 8: under a disk of 8 sectors, 8 of these 9 are shorter.
    expectShare(
      many.filter(({ disk }) => disk.sectors === 8),
      ({ disk }) => disk.overlay!.baseSectors !== null && disk.overlay!.baseSectors < 8,
      (1 / 2) * (6 / 12) * (8 / 9),
    );
  });

  it('is a target that was there before in one of four, unless the disk is empty', () => {
    for (const mode of MODES) {
      const many = drawn(mode, SCOPE, MANY_DRAWN, 'targets');
      expectShare(
        many.filter(({ disk }) => disk.sectors > 0),
        ({ existingTarget }) => existingTarget !== undefined,
        1 / 4,
      );
      expect(many.filter(({ disk, existingTarget }) => disk.sectors === 0 && existingTarget !== undefined)).toEqual([]);
    }
  });

  // In a half of the scenarios one of 4 is of any length, 1 to 10; of these, 8 stands for the length of the disk as well.
  it('is one of another length now and then, with data in some', () => {
    const onWholeDisk = WITH_TARGET.filter(({ disk }) => disk.sectors === 8).map(({ existingTarget }) => existingTarget!);
    expect(onWholeDisk.length).toBeGreaterThan(500);
    expectShare(onWholeDisk, ({ sectors }) => sectors !== 8, (1 / 2) * (1 / 4) * (9 / 10));
    expect(Math.min(...onWholeDisk.map(({ sectors }) => sectors))).toBeLessThan(8);
    expect(Math.max(...WITH_TARGET.map(({ existingTarget }) => existingTarget!.sectors))).toBe(10);
    // With data in a half of that half, of which one in three has no sector of it.
    expectShare(
      onWholeDisk.filter(({ sectors }) => sectors === 8),
      ({ data }) => data.length > 0,
      (1 / 4) * (2 / 3),
    );
    expect(new Set(onWholeDisk.map(({ data }) => data.length))).toEqual(new Set([0, 1, 2]));
  });

  it('lies over what a new one would in half, except in FULL, where there is nothing, and if it is raw', () => {
    expectShare(
      WITH_TARGET.filter(({ mode, targetClusterSectors }) => mode !== 'full' && targetClusterSectors > 0),
      ({ existingTarget }) => existingTarget!.backed,
      1 / 2,
    );
    expect(WITH_TARGET.filter(({ mode, existingTarget }) => mode === 'full' && existingTarget!.backed)).toEqual([]);
    expectShare(
      WITH_TARGET.filter(({ mode }) => mode !== 'full'),
      ({ targetClusterSectors }) => targetClusterSectors === 0,
      1 / 6,
    );
  });

  it('is the raw source itself in a sixth, in FULL', () => {
    expectShare(
      WITH_TARGET.filter(({ mode, disk }) => mode === 'full' && disk.overlay === undefined),
      ({ existingTarget }) => existingTarget!.isSource === true,
      1 / 6,
    );
    expect(WITH_TARGET.filter(({ mode, existingTarget }) => mode !== 'full' && existingTarget!.isSource === true)).toEqual([]);
  });

  it('are savings of the VM, of no range', () => {
    for (const mode of MODES) {
      const saved = drawn(mode, SCOPE, 1_000).flatMap(({ guest }) => guest.filter((g) => g.kind === 'savevm'));
      expect(saved.length).toBeGreaterThan(40);
      for (const { first, count } of saved) expect([first, count]).toEqual([0, 0]);
    }
  });

  it('are readers of the point in time in NONE, never early, and never of a target over nothing', () => {
    const readers = drawn('none', SCOPE, MANY_DRAWN).flatMap((scenario) =>
      scenario.guest.filter((g) => g.kind === 'readT0').map((g) => ({ ...g, scenario })),
    );
    expect(readers.length).toBeGreaterThan(300);
    for (const { early, scenario } of readers)
      expect({ early, overNothing: scenario.existingTarget?.backed === false }).toEqual({ early: false, overNothing: false });
    expect(new Set(readers.map(({ scenario }) => scenario.guest.some((g) => g.early)))).toEqual(new Set([true, false])); // others may be
    for (const mode of ['full', 'top'] as const)
      expect(drawn(mode, SCOPE, 1_000).some(({ guest }) => guest.some((g) => g.kind === 'readT0'))).toBe(false);
  });

  it('are errors only where they are asked for, and then none to three', () => {
    for (const mode of MODES) {
      for (const scenario of drawn(mode, SCOPE, 1_000)) expect(scenario).not.toMatchObject({ faults: expect.anything() });
      for (const key of ['faults', 'resume', 'onError'])
        expect(drawn(mode, SCOPE, 1_000).filter((scenario) => key in scenario)).toEqual([]);
    }
    expectShare(FAULTS, ({ faults }) => faults !== undefined, 3 / 4);
    expect(new Set(FAULTS.map(({ faults = [] }) => faults.length))).toEqual(new Set([0, 1, 2, 3]));
    expect(FAULTS.filter(({ faults }) => faults?.length === 0)).toEqual([]); // none at all, rather than an empty list
  });

  // A question what is allocated goes to the source, whatever side was drawn: 1/3 + (2/3)(1/2). Of two faults at
  // one place one is dropped; that takes away less than one in a hundred.
  it('are errors of every kind, at every cluster, of either disk', () => {
    const faults = FAULTS.flatMap((scenario) => scenario.faults ?? []);
    expectShare(faults, ({ side }) => side === 'source', 2 / 3);
    for (const op of FAULT_OPS) expectShare(faults, (f) => f.op === op, 1 / 3);
    for (const errno of ERRNOS) expectShare(faults, (f) => f.errno === errno, 1 / 2);
    for (const times of [1, 2, 3]) expectShare(faults, (f) => f.times === times, 1 / 3);
    for (const cluster of [0, 1, 2, 3]) expectShare(faults, (f) => f.cluster === cluster, 1 / 4);
    expect(faults.filter(({ side, op }) => side === 'target' && op === 'ask')).toEqual([]);
    for (const { faults: some = [] } of FAULTS)
      expect(new Set(some.map(({ side, op, cluster }) => `${side} ${op} ${cluster}`)).size).toBe(some.length);
  });

  it('are policies of every kind where there are errors, and somebody who resumes in two of three', () => {
    const withFaults = FAULTS.filter(({ faults }) => faults !== undefined);
    expectShare(withFaults, ({ resume }) => resume === true, 2 / 3);
    expectShare(withFaults, ({ onError }) => onError === undefined, 1 / 2 + 1 / 32); // both reported, which is as usual
    for (const policy of ERROR_POLICIES)
      for (const side of SIDES)
        expectShare(withFaults, (scenario) => policiesOf(scenario)[side] === policy, 1 / 8 + (policy === 'report' ? 1 / 2 : 0));
    expect(FAULTS.filter(({ faults, resume, onError }) => faults === undefined && (resume !== undefined || onError !== undefined))).toEqual(
      [],
    );
  });

  // Of 21 lists of requests one is empty, as is that of an empty disk.
  it('is a disk that nobody asks for anything now and then', () => {
    expectShare(MANY, ({ guest }) => guest.length === 0, 1 / 20 + (19 / 20) * (1 / 21));
  });

  // Where the least, 1, is the most as well, the list is never the empty one.
  it('is one even where at most one request is drawn', () => {
    expectShare(drawn('full', { ...SCOPE, writes: 1 }, MANY_DRAWN), ({ guest }) => guest.length === 0, 1 / 20 + (19 / 20) * (1 / 21));
  });

  // (5/6)(5/6)(7/8)(3/4) without limits, pause, speed limit and target, and 11 of 12 without copy on read: 0.42.
  it('leaves many scenarios without any of it', () => {
    const plain = ({ disk, pause, speed, existingTarget }: Scenario): boolean =>
      disk.throttled !== true && disk.copyOnRead !== true && pause !== true && speed === undefined && existingTarget === undefined;
    expect(MANY.filter(plain).length / MANY.length).toBeGreaterThan(0.38);
  });

  // Four kinds beside writes, each in a half of the scenarios: a long list is of writes alone in 1/16. Drawn one by one,
  // with the same shares, twelve of them would be in (2/3)^12 = 0.8 %.
  it('is a choice of features for a whole scenario: some are of writes alone, however long', () => {
    const long = drawn('full', { ...SCOPE, writes: 24 }, MANY_DRAWN).filter(({ guest }) => guest.length >= 12);
    expect(long.length).toBeGreaterThan(sized(750, 1_500));
    const onlyWrites = long.filter(({ guest }) => guest.every((g) => g.kind === 'write')).length / long.length;
    expect(onlyWrites).toBeGreaterThan(within(1 / 16, long.length).least);
    expect(onlyWrites).toBeLessThan(0.12);
  });

  it('is not there where exactly some sizes were asked for', () => {
    for (const scenario of drawn('full', { ...SCOPE, exactly: true }, 400)) {
      expect(Object.keys(scenario).toSorted()).toEqual(['cancel', 'cancelAfter', 'disk', 'guest', 'mode', 'targetClusterSectors']);
      expect(Object.keys(scenario.disk).toSorted()).toEqual(['clusterSectors', 'discardReads', 'sectors', 'zero']);
    }
  });
});

describe('shrinking a scenario that was found elsewhere', () => {
  /** The smallest scenario that fast-check comes to from this one, and the property keeps failing on. */
  function shrunk(scenario: Scenario, fails: (scenario: Scenario) => boolean, scope = SCOPE): Scenario {
    const arbitrary = scenarios(scenario.mode, scope);
    const { counterexample, numRuns } = fc.check(
      fc.property(arbitrary, (candidate) => !fails(candidate)),
      { examples: [[scenario]], numRuns: 1 },
    );
    expect(numRuns).toBe(1);
    return counterexample![0]!;
  }

  const FOUND = MODES.flatMap((mode) => drawn(mode, SCOPE, sized(30, 60), 'found'));
  const FOUND_FAULTY = MODES.flatMap((mode) => drawn(mode, FAULTY, sized(30, 60), 'found')).filter(({ faults }) => faults !== undefined);
  const candidatesOf = (scenario: Scenario, scope: Scope): Scenario[] =>
    [...scenarios(scenario.mode, scope).shrink(scenario, undefined)].map(({ value }) => value);

  it('needs no more than the scenario: every drawn one can be shrunk without context', () => {
    for (const { mode, scope } of RUNNABLE) {
      const arbitrary = scenarios(mode, scope);
      const many = drawn(mode, scope, sized(100, 200)).filter(({ guest }) => guest.length > 0 || scope.writes > 1);
      for (const scenario of many) expect(arbitrary.canShrinkWithoutContext(scenario), JSON.stringify(scenario)).toBe(true);
    }
  });

  // One step back changes how discards read, and nothing else: so all else has been found again in the scenario alone.
  it('finds all that was drawn again in the scenario', () => {
    for (const { mode, scope } of RUNNABLE.filter(({ scope: { exactly, clusters } }) => exactly !== true && clusters < 16)) {
      for (const { disk, ...scenario } of drawn(mode, scope, 100)) {
        const [from, to] = (['old', 'zero'] as const).map((discardReads): Scenario => ({ ...scenario, disk: { ...disk, discardReads } }));
        const found = scenarios(mode, scope)
          .shrink(from!, undefined)
          .map(({ value }) => JSON.stringify(inOrder(value)));
        expect(found.has((text) => text === JSON.stringify(inOrder(to!)))[0], JSON.stringify(from)).toBe(true);
      }
    }
  });

  // With at most one request the arbitrary takes one at least, and an empty disk has none.
  it('needs no more where at most one request is drawn', () => {
    const scope = { ...SCOPE, writes: 1 };
    for (const scenario of drawn('full', scope, 200)) expect(scenarios('full', scope).canShrinkWithoutContext(scenario)).toBe(true);
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
    const [faulty] = FOUND_FAULTY;
    expect(scenarios(faulty!.mode, FAULTY).canShrinkWithoutContext(faulty)).toBe(true);
    expect(scenarios(faulty!.mode, SCOPE).canShrinkWithoutContext(faulty)).toBe(false);
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
      for (const frill of ['pause', 'speed', 'resume', 'onError', 'faults']) expect(least).not.toHaveProperty(frill);
      for (const frill of ['throttled', 'copyOnRead']) expect(least.disk).not.toHaveProperty(frill);
    }
  });

  it('makes errors fewer, and plainer', () => {
    for (const scenario of FOUND_FAULTY) {
      const { op } = scenario.faults!.at(-1)!;
      const least = shrunk(scenario, ({ faults = [] }) => faults.some((f) => f.op === op), FAULTY);
      expect(whatIsWrong(least)).toBeNull();
      expect(least.faults).toEqual([{ side: expect.any(String), op, cluster: 0, errno: 'EIO', times: 1 }]);
      expect(least).not.toHaveProperty('onError');
      expect(least.guest.length).toBeLessThanOrEqual(1);
    }
  });

  // `resume` is drawn from (true, true, false), and fast-check takes the first for the plainest.
  it('does not end with somebody who resumes a job that nothing stops', () => {
    for (const scenario of FOUND_FAULTY)
      expect(shrunk(scenario, ({ faults }) => faults !== undefined, FAULTY)).not.toHaveProperty('resume');
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
      const candidates = candidatesOf(scenario, SCOPE);
      const { guest: _, cancelAfter: __, ...rest } = scenario;
      const fewer = candidates.filter(({ guest }) => guest.length < scenario.guest.length);
      expect(fewer.length).toBeGreaterThan(0);
      for (const { guest: ___, cancelAfter: ____, ...other } of fewer.filter(({ disk }) => disk.sectors === scenario.disk.sectors))
        expect(other).toEqual(rest);
      for (const candidate of candidates) expect(whatIsWrong(candidate)).toBeNull();
    }
  });

  it('tries each thing away that a job need not have', () => {
    const tried = new Map<string, number>();
    const expectTried = (what: string, scenario: Scenario, plainer: Scenario): void => {
      tried.set(what, (tried.get(what) ?? 0) + 1);
      expect(candidatesOf(scenario, FAULTY).map(inOrder), what).toContainEqual(inOrder(plainer));
    };
    for (const scenario of MODES.flatMap((mode) => drawn(mode, FAULTY, sized(20, 40), 'tried'))) {
      const { pause, speed, faults, disk } = scenario;
      const { throttled, copyOnRead, ...plain } = disk;
      if (pause !== undefined) expectTried('pause', scenario, without(scenario, 'pause'));
      if (speed !== undefined) expectTried('speed', scenario, without(scenario, 'speed'));
      if (throttled === true)
        expectTried('throttled', scenario, { ...scenario, disk: { ...plain, ...(copyOnRead === true ? { copyOnRead } : {}) } });
      if (copyOnRead === true)
        expectTried('copyOnRead', scenario, { ...scenario, disk: { ...plain, ...(throttled === true ? { throttled } : {}) } });
      // nobody needs these without
      if (faults !== undefined) expectTried('faults', scenario, without(scenario, 'faults', 'resume', 'onError'));
    }
    expect([...tried.keys()].toSorted()).toEqual(['copyOnRead', 'faults', 'pause', 'speed', 'throttled']);
  });
});
