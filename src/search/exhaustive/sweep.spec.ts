import { describe, expect, it } from 'vitest';
import '../../families/block-copy.ts';
import type { RuleName } from '../../../model/machine/job-names.ts';
import { optionsOf } from '../../../model/machine/job-options.ts';
import { ALL_SYNC_MODES } from '../../../model/sync.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { MODES, neverStop } from '../../testing.ts';
import { type Scope, type VariantName, VARIANT_NAMES, countScenarios, isApplicable, scenariosOf } from '../../scenarios/scope/scope.ts';
import { type Sweep, type SweepResult, Sweeper, countUnits } from './sweep.ts';
import { SweepTally } from './sweep-tally.ts';

const BYTES = 2 ** 28;

function sweepOf(
  variant: VariantName,
  sizes: { clusters: number; clusterSectors?: number; requests: number },
  without: readonly RuleName[] = [],
  keepGoing = false,
): Sweep {
  const scopes = MODES.map((mode): Scope => ({ mode, clusterSectors: 2, ...sizes, variant })).filter(isApplicable);
  return { scopes, setting: { effects: 'cluster', wake: 'any', without, requestsMin: sizes.requests }, keepGoing };
}

/** @param enough once this is so, the rest is left */
function runAll(sweep: Sweep, enough: (tally: SweepTally) => boolean = () => false): SweepTally {
  const sweeper = new Sweeper(sweep);
  const tally = new SweepTally(sweep.scopes.map(({ mode }) => mode));
  for (let unit = 0; unit < sweeper.units && !enough(tally); unit++) tally.add(sweeper.run(unit, BYTES, neverStop));
  return tally;
}

describe('a sweep', () => {
  it('searches every scenario of its scopes once', () => {
    const sweep = sweepOf('plain', { clusters: 1, requests: sized(1, 2) });
    const tally = runAll(sweep);
    expect(tally).toMatchObject({ found: [], cut: null, unitsDone: countUnits(sweep) });
    for (const scope of sweep.scopes) {
      const standsFor = [...scenariosOf(scope)].reduce((sum, scenario) => sum + scenario.standsFor, 0);
      expect(tally.byMode.get(scope.mode)).toMatchObject({
        canonicalScenarios: countScenarios(scope),
        scenarios: standsFor,
        broken: false,
      });
    }
    const { states, canonicalScenarios } = tally.all;
    expect(states).toBeGreaterThan(canonicalScenarios);
    expect(tally.collisionBound).toBeGreaterThan(canonicalScenarios / 2 ** 65);
    expect(tally.collisionBound).toBeLessThan(states ** 2 / 2 ** 65);
  });

  it("comes to the same, down to the steps, in whatever order its units run: what was learned of one coroutine is no other one's", () => {
    for (const scope of [{ mode: 'top', kinds: ['write'] }, { mode: 'none' }] as const) {
      const sweep = {
        ...sweepOf('plain', { clusters: 2, requests: 2 }),
        scopes: [{ ...scope, clusters: 2, clusterSectors: 1, requests: 2 }],
      };
      const [forwards, backwards] = [new Sweeper(sweep), new Sweeper(sweep)];
      const units = Array.from({ length: forwards.units }, (_, unit) => unit);
      const results = units.map((unit) => forwards.run(unit, BYTES, neverStop));
      expect(
        units
          .toReversed()
          .map((unit) => backwards.run(unit, BYTES, neverStop))
          .toReversed(),
      ).toEqual(results);
      expect(results.length).toBeGreaterThan(1);
    }
  });

  /** With two requests these are nine in ten of all states. */
  const LARGE: readonly VariantName[] = sized(['existing', 'early', 'copyOnRead', 'half'], []);

  /** What only block-copy has. */
  const OF_SOME: readonly VariantName[] = ['bitmap', 'snapshotAccess', 'breakSnapshot', 'transaction', 'restart'];

  // 'plain' is the first of all, above.
  it.each(VARIANT_NAMES.filter((variant) => variant !== 'plain' && !OF_SOME.includes(variant)))(
    'finds that the correct job holds in small scopes: %s',
    (variant) => {
      const sweep = sweepOf(variant, { clusters: 1, requests: variant === 'fault' || LARGE.includes(variant) ? 1 : 2 });
      const tally = runAll(sweep);
      expect(tally).toMatchObject({ found: [], cut: null });
      expect(tally.all.states).toBeGreaterThan(100);
    },
  );

  /** A job of block-copy, in every mode and with all that it knows. */
  function sweepOfBlockCopy(variant: VariantName, clusterSectors: number, without: readonly RuleName[]): Sweep {
    const sizes = {
      clusters: 1,
      clusterSectors,
      requests: variant === 'transaction' ? sized(0, 1) : variant === 'snapshotAccess' ? 2 : sized(1, 2),
      variant,
      jobOptions: optionsOf('block-copy'),
    };
    const scopes = ALL_SYNC_MODES.map((mode): Scope => ({ mode, ...sizes })).filter(isApplicable);
    return { scopes, setting: { job: 'block-copy', effects: 'cluster', wake: 'any', without, requestsMin: 2 }, keepGoing: false };
  }

  it.each<VariantName>(['plain', ...OF_SOME])('finds that a correct job of block-copy holds in small scopes: %s', (variant) => {
    const tally = runAll(sweepOfBlockCopy(variant, 1, []));
    expect(tally).toMatchObject({ found: [], cut: null });
    expect(tally.all.states).toBeGreaterThan(50);
  });

  it.each<[VariantName, RuleName]>([
    ['plain', 'neverKeepsBits'],
    ['plain', 'bitmapSkipsClean'],
    ['bitmap', 'failedJobKeepsBits'],
    ['bitmap', 'uncopiedStayDirty'],
    ['breakSnapshot', 'brokenSnapshotFailsJob'],
    ['transaction', 'failureAbortsGroup'],
    ['restart', 'bitmapStoredLast'],
    ['transaction', 'bitmapWaitsForGroup'],
  ])('finds what block-copy does wrong in small scopes: %s, without %s', (variant, rule) => {
    const { found } = runAll(sweepOfBlockCopy(variant, 1, [rule]), (tally) => tally.found.length > 0);
    expect(found[0]?.cause).toEqual([rule]);
  });

  it.each([
    ['plain', 'waitForOverlappingCopies'],
    ['dependencies', 'copyBeforeDiscard'],
    ['half', 'topAsksWholeCluster'],
    ['fault', 'resumeWakesPausedJob'],
    ['reader', 'readerSerialisedWithCopies'],
    // What 1.6 did wrong, each in the smallest scope that has it. The correct job holds in all of them, above.
    ['plain', 'copyBeforeDiscard'],
    ['plain', 'topStopsAtEndOfDisk'],
    ['plain', 'skippedAreCounted'],
    ['plain', 'drainBeforeUnhook'],
    ['fault', 'allocationErrorIsHandled'],
    ['early', 'drainGuestAtStart'],
    ['copyOnRead', 'copyReadIgnoresOwnRequest'],
    ['copyOnRead', 'jobReadIgnoresGuests'],
    ['existing', 'targetLengthIsSourceLength'],
    ['existing', 'existingTargetIsEmpty'],
    ['existing', 'targetIsNotSource'],
    ['existing', 'targetTellsHoles'],
    ['savevm', 'savevmPassesHookBy'],
  ] as const)('finds what is wrong: %s, without %s', (variant, rule) => {
    const requests = variant === 'fault' || variant === sized('existing', 'fault') ? 1 : 2;
    const sweep = sweepOf(variant, { clusters: 1, requests }, [rule]);
    const { found } = runAll(sweep, (tally) => sized(tally.found.length > 0, false));
    expect(found.length).toBeGreaterThan(0);
    for (const { scenario, schedule, violation } of found) {
      expect(schedule.length).toBeGreaterThan(0);
      expect(violation.detail).not.toBe('');
      expect(scenario.guest.length).toBeLessThanOrEqual(2);
    }
  });
});

describe('a unit', () => {
  const BROKEN: RuleName[] = ['copyBeforeWrite'];
  const first = (sweep: Sweep, bytes = BYTES, shouldStop = neverStop): SweepResult => new Sweeper(sweep).run(0, bytes, shouldStop);

  it('ends at its first failure, and then is not complete', () => {
    const sweep = sweepOf('plain', { clusters: 1, requests: 1 }, BROKEN);
    const result = first(sweep);
    expect(result).toMatchObject({ cut: 'failure', found: [{ bucket: expect.stringMatching(/^\w+ copyBeforeWrite$/) }] });
    expect(runAll(sweep).unitsDone).toBeLessThan(countUnits(sweep));
  });

  it('that keeps going searches all, and tells of each cause once', () => {
    const sweep = sweepOf('plain', { clusters: 1, requests: sized(1, 2) }, [...BROKEN, 'cancelWakesParkedJob'], true);
    const tally = runAll(sweep);
    const buckets = tally.found.map(({ bucket }) => bucket);
    expect(new Set(buckets).size).toBe(buckets.length);
    for (const bucket of ['full copyBeforeWrite', 'none cancelWakesParkedJob', 'none copyBeforeWrite', 'top copyBeforeWrite'])
      expect(buckets).toContain(bucket);
    expect(tally.all.canonicalScenarios).toBe(sweep.scopes.reduce((sum, scope) => sum + countScenarios(scope), 0));
    expect(tally.unitsDone).toBe(countUnits(sweep));
  });

  it('says that memory ran out, with what it has done by then', () => {
    const result = first(sweepOf('plain', { clusters: 2, requests: 3 }), 2 ** 17);
    expect(result).toMatchObject({ cut: 'memory', found: [] });
    expect([...result.byMode.values()].some(({ states }) => states > 0)).toBe(true);
  });

  it('says that somebody stopped it, with what it has done by then', () => {
    const sweep = sweepOf('plain', { clusters: 2, requests: 2 });
    expect(first(sweep, BYTES, () => true)).toMatchObject({ cut: 'stopped', byMode: new Map() });
    let asked = 0;
    const result = first(sweep, BYTES, () => ++asked > 5);
    expect(result.cut).toBe('stopped');
    const done = [...result.byMode.values()].reduce((sum, counts) => sum + counts.canonicalScenarios, 0);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThanOrEqual(5);
  });

  it('is a sample of all: the first and the last take part in the same number of large scenarios', () => {
    const sweep = sweepOf('plain', { clusters: 2, requests: 2 });
    const sweeper = new Sweeper(sweep);
    const states = [0, Math.floor(sweeper.units / 2), sweeper.units - 1].map((unit) =>
      [...sweeper.run(unit, BYTES, neverStop).byMode.values()].reduce((sum, counts) => sum + counts.states, 0),
    );
    expect(Math.max(...states)).toBeLessThan(3 * Math.min(...states));
  });
});
