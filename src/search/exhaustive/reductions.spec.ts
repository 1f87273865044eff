/** Each reduction leaves out only what makes no difference: on small drawn scenarios with all features, against plain search. */
import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../../../model/sync.ts';
import { RULE_NAMES } from '../../../model/families/notifier/rules.ts';
import { type GuestOperation, type Scenario, whatIsWrong } from '../../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { oneIn, sized } from '../../../tools/nightly/testing.ts';
import { type Scope, drawScenario, scenarios } from '../../scenarios/draw.ts';
import { MODES, NEEDED, WAKES } from '../../testing.ts';
import { randomNumbers } from '../strategies/random-numbers.ts';
import { ALL_REDUCTIONS, NO_REDUCTION, type Reductions } from './reductions.ts';
import { search } from './testing.ts';

/** Small scenarios of every kind, whatever else they have. */
function drawn(mode: SyncMode, count: number, about: string, more: Partial<Scope> = {}): Scenario[] {
  const random = randomNumbers(`reductions ${about} ${mode}`);
  const arbitrary = scenarios(mode, { clusters: 2, clusterSectors: 2, writes: 2, faults: true, ...more });
  return Array.from({ length: count }, () => drawScenario(arbitrary, random));
}

/**
 * Chance hardly ever draws two requests that are alike, or all but: in two of three scenarios the last becomes like the
 * first, in one of these but for its length.
 */
function withOneLikeIt(scenario: Scenario, i: number): Scenario {
  const [first, last] = [scenario.guest[0], scenario.guest.at(-1)];
  if (i % 3 === 0 || first === undefined || first === last) return scenario;
  const count = i % 3 === 1 ? first.count : Math.max(1, first.count - 1);
  const like = { ...scenario, guest: [...scenario.guest.slice(0, -1), { ...first, id: last!.id, count }] };
  return whatIsWrong(like) === null ? like : scenario;
}

describe('sleep', () => {
  /** On the smallest disks the most requests meet. */
  const SIZES: readonly Partial<Scope>[] = [{ writes: 3 }, { clusters: 1, clusterSectors: 1, writes: 3 }, { clusters: 1, writes: 4 }];

  it.each(MODES)('sees exactly the states that plain search sees, and takes fewer steps to do so: %s', (mode) => {
    let [steps, plainSteps, count] = [0, 0, 0];
    for (const [i, scenario] of SIZES.flatMap((size) => drawn(mode, sized(8, 24), 'sleep', size)).entries()) {
      const wake = WAKES[i % 2]!;
      const plain = search(scenario, {}, { wake, statesMax: 8_000 });
      if (!plain.complete) continue;
      const sleeping = search(scenario, { sleep: true }, { wake });
      expect(sleeping).toMatchObject({ states: plain.states, broken: null, disks: plain.disks });
      steps += sleeping.transitions;
      plainSteps += plain.transitions;
      count++;
    }
    expect(count).toBeGreaterThan(sized(16, 48));
    expect(steps).toBeLessThan(0.8 * plainSteps);
  });
});

describe('twins', () => {
  const ALIKE = request('g1', 'write', [0, 2]);

  /** Two requests that differ in one thing. */
  const DIFFERENT: readonly [what: string, GuestOperation][] = [
    ['how long they are', { ...ALIKE, count: 1 }],
    ['where they begin', { ...ALIKE, first: 1 }],
    ['what they ask for', { ...ALIKE, kind: 'zero' }],
    ['whether they may begin before T0', { ...ALIKE, early: true }],
  ];

  it.each(DIFFERENT)('are no requests that differ in %s: every state is seen', (_, other) => {
    for (const mode of MODES) {
      for (const guest of [
        [ALIKE, { ...other, id: 'g2' }],
        [
          { ...other, id: 'g1' },
          { ...ALIKE, id: 'g2' },
        ],
      ]) {
        const scenario = smallScenario(mode, guest, { sectors: 3 });
        expect(search(scenario, { twins: true }).states).toBe(search(scenario, {}).states);
      }
    }
  });

  it('are no requests of which one comes after another, or has others come after it', () => {
    const [g2, g3] = [{ ...ALIKE, id: 'g2' }, request('g3', 'flush', [0, 0])];
    const flush = request('g1', 'flush', [0, 0]);
    const guests: GuestOperation[][] = [
      [ALIKE, { ...g2, after: ['g1'] }],
      [ALIKE, g2, { ...g3, after: ['g1'] }],
      [ALIKE, g2, { ...g3, after: ['g2'] }],
      [flush, { ...g2 }, { ...ALIKE, id: 'g3', after: ['g1'] }],
    ];
    for (const guest of guests)
      for (const mode of MODES) {
        const scenario = smallScenario(mode, guest, { sectors: 2 });
        expect(search(scenario, { twins: true }).states).toBe(search(scenario, {}).states);
      }
    const cancelled = { ...smallScenario('none', [ALIKE, g2], { sectors: 2 }), cancelAfter: ['g2'] };
    expect(search(cancelled, { twins: true }).states).toBe(search(cancelled, {}).states);
  });

  it('are requests that are alike: fewer states, and nothing else', () => {
    for (const mode of MODES) {
      for (const more of [{}, { early: true }, { kind: 'discard' as const }]) {
        const scenario = smallScenario(
          mode,
          [
            { ...ALIKE, ...more },
            { ...ALIKE, ...more, id: 'g2' },
          ],
          { sectors: 3 },
        );
        const [alike, plain] = [search(scenario, { twins: true }), search(scenario, {})];
        expect(alike).toMatchObject({ broken: null, disks: plain.disks });
        expect(alike.states).toBeLessThan(plain.states);
      }
    }
  });
});

describe('contents', () => {
  it.each(MODES)('forgets only which guest wrote: where one request writes at most, every state is seen: %s', (mode) => {
    for (const scenario of drawn(mode, sized(8, 24), 'contents', { writes: 1 }))
      expect(search(scenario, { contents: true }).states).toBe(search(scenario, {}).states);
  });
});

const EACH = (Object.keys(NO_REDUCTION) as (keyof Reductions)[]).map((name) => [name, { [name]: true }] as const);
const EACH_AND_ALL: readonly (readonly [name: string, Partial<Reductions>])[] = [...EACH, ['all', ALL_REDUCTIONS]];
/** In which order guests write past the hook is of no account to this one: model/families/notifier/ample-steps/ample-steps.ts. */
const keepsTheDisk = ({ ample = false }: Partial<Reductions>): boolean => !ample;

describe('each reduction alone, and all together', () => {
  it.each(MODES)('come to the verdict and the end states of plain search, on the correct job: %s', (mode) => {
    const states = new Map<string, number>();
    for (const [i, scenario] of drawn(mode, 18, 'each').map(withOneLikeIt).entries()) {
      const wake = WAKES[i % 2]!;
      const plain = search(scenario, {}, { wake });
      expect(plain).toMatchObject({ broken: null, complete: true });
      for (const [name, reductions] of EACH_AND_ALL) {
        const reduced = search(scenario, reductions, { wake });
        expect({ name, ...reduced }).toMatchObject({
          name,
          broken: null,
          complete: true,
          ends: plain.ends,
          ...(keepsTheDisk(reductions) ? { disks: plain.disks } : {}),
        });
        expect(reduced.states).toBeLessThanOrEqual(plain.states);
        states.set(name, (states.get(name) ?? 0) + plain.states - reduced.states);
      }
    }
    for (const [name] of EACH_AND_ALL) if (name !== 'sleep') expect(states.get(name), name).toBeGreaterThan(0);
  });

  // By day the golden counts notice a reduction that gets weaker or stronger, too.
  it.each(oneIn(2, RULE_NAMES))('come to the verdict of plain search without %s', (rule) => {
    for (const mode of Object.keys(NEEDED[rule]) as SyncMode[]) {
      for (const scenario of drawn(mode, sized(1, 3), rule).map(withOneLikeIt)) {
        const plain = search(scenario, {}, { without: [rule] }).broken !== null;
        for (const [name, reductions] of EACH_AND_ALL)
          expect({ name, broken: search(scenario, reductions, { without: [rule] }).broken !== null }).toEqual({ name, broken: plain });
      }
    }
  });
});
