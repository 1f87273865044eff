import { describe, expect, it } from 'vitest';
import { Machine } from '../../model/machine/machine.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { smallScenario } from '../../model/testing.ts';
import { MachinePool } from './pool.ts';

const SETTING: Setting = { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 };

describe('a pool of machines', () => {
  const counted = () => {
    const seen = { built: 0, loads: 0 };
    const pool = new MachinePool((shape) => {
      seen.built++;
      return { machine: new Machine(shape), onLoad: () => void seen.loads++ };
    });
    return { seen, pool };
  };

  it('has one for each shape, with the scenario loaded that was asked for', () => {
    const { seen, pool } = counted();
    const [one, other] = [smallScenario('full', []), smallScenario('full', [], { cancel: true })];
    const { machine } = pool.for(one, SETTING);
    expect(machine.scenario).toBe(one);
    expect(pool.for(other, SETTING).machine).toBe(machine);
    expect(machine.scenario).toBe(other);
    expect(pool.for(one, { ...SETTING, wake: 'qemu' }).machine).not.toBe(machine);
    expect(seen).toEqual({ built: 2, loads: 3 });
  });

  it('loads a scenario once as long as no other comes between', () => {
    const { seen, pool } = counted();
    const scenario = smallScenario('full', []);
    for (let i = 0; i < 3; i++) pool.for(scenario, SETTING);
    expect(seen).toEqual({ built: 1, loads: 1 });
  });

  it('lets those go that were not used for longest once all hold too many cells', () => {
    const { seen, pool } = counted();
    const sized = (sectors: number) => smallScenario('full', [], { sectors });
    const [small, ...large] = [4, 60_000, 90_000, 120_000].map(sized);
    for (const scenario of [small!, ...large, small!]) pool.for(scenario, SETTING); // 2.2 million cells with the last
    expect(seen.built).toBe(5);
    pool.for(large.at(-1)!, SETTING);
    expect(seen.built).toBe(5);
  });
});
