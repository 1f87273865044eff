import { describe, expect, it } from 'vitest';
import { type Scenario, whatIsWrong } from '../../model/scenario/scenario.ts';
import { sized } from '../../tools/nightly/testing.ts';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import { drawScenario, scenarios } from '../scenarios/draw.ts';
import { MODES } from '../testing.ts';
import { scenarioCost } from './cost.ts';
import { scenariosOfSize } from './family.ts';
import { ALL_FEATURES, describeFeatures, featureSets, featuresOf } from './features.ts';

const never = (): boolean => false;
const TINY = { clusters: 1, clusterSectors: 2, writes: 1, faults: true };

/** What a drawn scenario is searched as: nobody waits for anybody, and names are by place. */
const plain = ({ guest, ...scenario }: Scenario): object => ({
  ...scenario,
  cancelAfter: [],
  guest: guest.map((g, i) => ({ ...g, id: `g${i + 1}`, after: [] })),
});

describe('scenariosOfSize', () => {
  it.each(MODES)('has every scenario of its size that has these features or fewer, with a cancel and without: %s', (mode) => {
    const random = randomNumbers(`family ${mode}`);
    let count = 0;
    for (let i = 0; i < sized(40, 150); i++) {
      const drawn = drawScenario(scenarios(mode, TINY), random);
      const cost = scenarioCost(drawn);
      const features = featuresOf(drawn);
      const { disk, existingTarget: target, onError, faults = [] } = drawn;
      // one is enough
      const hasMore = disk.zero.length > 1 || (disk.overlay?.zeroClusters.length ?? 0) > 1 || (target?.data.length ?? 0) > 1;
      if (
        hasMore ||
        cost.requests > 2 ||
        features.length > 3 ||
        (disk.discardReads !== 'zero' && !drawn.guest.some(({ kind }) => kind === 'discard')) ||
        (onError !== undefined && faults.length === 0)
      )
        continue;
      for (const scenario of [drawn, { ...drawn, cancel: !drawn.cancel }]) {
        const family = [...scenariosOfSize({ mode, clusterSectors: 2, features }, scenarioCost(scenario), never)].map(plain);
        expect(family.map((one) => JSON.stringify(sorted(one)))).toContain(JSON.stringify(sorted(plain(scenario))));
      }
      count++;
    }
    expect(count).toBeGreaterThan(sized(1, 5));
  });

  it('has each once, each of that size, with these features or fewer, and each can be run', () => {
    for (const mode of MODES) {
      for (const features of [[], ['existingTarget', 'oldData'], ['faults', 'policies'], ['overlay', 'noBase']] as const) {
        const family = [...scenariosOfSize({ mode, clusterSectors: 2, features }, { requests: 1, clusters: 1 }, never)];
        expect(family.length).toBeGreaterThan(1);
        expect(new Set(family.map((scenario) => JSON.stringify(sorted(scenario)))).size).toBe(family.length);
        for (const scenario of family) {
          expect(whatIsWrong(scenario)).toBeNull();
          expect(scenarioCost(scenario)).toMatchObject({ requests: 1, clusters: 1 });
          expect(featuresOf(scenario).filter((feature) => !(features as readonly string[]).includes(feature))).toEqual([]);
        }
        const order = family.map((scenario) => scenarioCost(scenario)).map(({ sectors, frills }) => sectors * 1_000 + frills);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
    }
  });
});

describe('a family', () => {
  it('has targets of each length, up to a cluster more than the disk has', () => {
    const family = scenariosOfSize(
      { mode: 'full', clusterSectors: 2, features: ['existingTarget', 'otherLength'] },
      { requests: 0, clusters: 1 },
      never,
    );
    const lengths = new Map<number, Set<number>>([
      [1, new Set()],
      [2, new Set()],
    ]);
    for (const { disk, existingTarget } of family) if (existingTarget !== undefined) lengths.get(disk.sectors)!.add(existingTarget.sectors);
    expect(lengths.get(1)).toEqual(new Set([1, 2, 3]));
    expect(lengths.get(2)).toEqual(new Set([1, 2, 3, 4]));
  });

  it('ends where somebody says stop', () => {
    const waiting: number[] = [];
    const few = [
      ...scenariosOfSize(
        { mode: 'full', clusterSectors: 8, features: ALL_FEATURES },
        { requests: 3, clusters: 4 },
        (count) => waiting.push(count) > 1_000,
      ),
    ];
    expect(few).toEqual([]);
    expect(Math.max(...waiting)).toBeLessThanOrEqual(1_000);
  });
});

describe('featureSets', () => {
  it('begins with none, then has each alone with what it takes, then those at hand together', () => {
    const sets = [...featureSets(['pause', 'faults', 'policies'])].map((set) => set.join('+'));
    expect(sets[0]).toBe('');
    for (const feature of ALL_FEATURES)
      expect(sets.some((set) => set === feature || set.endsWith(`+${feature}`) || set.startsWith('faults+') || set.includes(feature))).toBe(
        true,
      );
    expect(sets).toContain('faults+policies');
    expect(sets.at(-1)).toBe('pause+faults+policies');
    expect(new Set(sets).size).toBe(sets.length);
    expect(describeFeatures(['pause', 'faults'])).toEqual(['a pause', 'errors']);
  });
});

/** The same with its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
