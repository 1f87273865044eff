/** A backup by block-copy, searched with each reduction and without: the verdict is the same, and so is what comes of it. */
import { describe, expect, it } from 'vitest';
import '../../families/block-copy.ts';
import type { RuleName } from '../../../model/machine/job-names.ts';
import { ALL_SYNC_MODES, type SyncMode } from '../../../model/sync.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { drawScenario, scenarios } from '../../scenarios/draw.ts';
import { WAKES } from '../../testing.ts';
import { randomNumbers } from '../strategies/random-numbers.ts';
import { ALL_REDUCTIONS, type Reductions } from './reductions.ts';
import { type SearchSetting, type Searched, search } from './testing.ts';

/** By day each mode in one of the wake orders. */
const EVERY = ALL_SYNC_MODES.flatMap((mode, i) => WAKES.filter((_, w) => w === sized(i % WAKES.length, w)).map((wake) => ({ mode, wake })));
const STATES_MAX = sized(4_000, 12_000);

function* drawn(mode: SyncMode, count: number): Generator<Scenario> {
  const random = randomNumbers(`block-copy, every schedule ${mode}`);
  const sizes = [
    { clusters: 2, clusterSectors: 1, writes: 2 },
    { clusters: 3, clusterSectors: 1, writes: 1 },
    { clusters: 1, clusterSectors: 2, writes: 2 },
  ].map((scope) => scenarios(mode, { ...scope, jobOptions: ['snapshot-access'] }));
  for (let n = 0; n < count; n++) yield drawScenario(sizes[n % sizes.length]!, random);
}

/** Each for itself, and all together. */
const REDUCTIONS: readonly [name: string, Partial<Reductions>][] = [
  ...(Object.keys(ALL_REDUCTIONS) as (keyof Reductions)[]).map((name): [string, Partial<Reductions>] => [name, { [name]: true }]),
  ['all', ALL_REDUCTIONS],
];

const outcome = ({ broken, ends }: Searched): unknown => ({ property: broken?.violation.property ?? null, ends });

describe.each(EVERY)('block-copy (mode $mode, wake order $wake)', ({ mode, wake }) => {
  const setting: SearchSetting = { job: 'block-copy', wake, statesMax: STATES_MAX };

  it('holds, and ends alike, whatever is left out of the search', () => {
    let [searched, states, reduced] = [0, 0, 0];
    for (const scenario of drawn(mode, sized(4, 60))) {
      const plain = search(scenario, {}, setting);
      if (!plain.complete) continue;
      searched++;
      expect(plain.broken, JSON.stringify(scenario)).toBeNull();
      for (const [name, reductions] of REDUCTIONS) {
        const result = search(scenario, reductions, setting);
        expect([name, outcome(result)], JSON.stringify(scenario)).toEqual([name, outcome(plain)]);
        if (name === 'sleep') expect(result).toMatchObject({ states: plain.states, disks: plain.disks });
        if (name === 'all') reduced += result.states;
      }
      states += plain.states;
    }
    expect(searched).toBeGreaterThan(sized(1, 30));
    expect(reduced).toBeLessThan(states);
  });

  it.each<RuleName>(sized(['claimIsOneStep'], ['claimIsOneStep', 'waitForTasksInRange']))(
    'is found to break without %s, whatever is left out',
    (rule) => {
      const without = { ...setting, without: [rule] };
      let broken = 0;
      for (const scenario of drawn(mode, 9)) {
        const plain = search(scenario, {}, without);
        if (plain.broken === null || broken === sized(2, 9)) continue;
        broken++;
        for (const [name, reductions] of REDUCTIONS)
          expect([name, search(scenario, reductions, without).broken !== null], JSON.stringify(scenario)).toEqual([name, true]);
      }
      expect(broken).toBeGreaterThan(0);
    },
  );
});
