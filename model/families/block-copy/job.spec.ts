import { describe, expect, it } from 'vitest';
import '../../../src/families/block-copy.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { Properties } from '../../../properties/all.ts';
import { drawScenario, scenarios } from '../../../src/scenarios/draw.ts';
import { randomNumbers } from '../../../src/search/strategies/random-numbers.ts';
import { type Step, nameOf } from '../../kernel/step.ts';
import { Machine } from '../../machine/machine.ts';
import { type Setting, shapeOf } from '../../machine/shape.ts';
import { optionsOf } from '../../machine/job-options.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { ALL_SYNC_MODES, type SyncMode } from '../../sync.ts';
import { WAKES, goOn, runToEnd, seeded, smallScenario } from '../../testing.ts';

const SETTING: Setting = { job: 'block-copy', wake: 'any', effects: 'sector', without: [], requestsMin: 3 };
const EVERY = ALL_SYNC_MODES.flatMap((mode) => WAKES.flatMap((wake) => [false, true].map((faults) => ({ mode, wake, faults }))));

function* drawn(mode: SyncMode, faults: boolean, count: number): Generator<Scenario> {
  const random = randomNumbers(`block-copy ${mode}`);
  const arbitrary = scenarios(mode, { clusters: 4, clusterSectors: 2, writes: 3, faults, jobOptions: optionsOf('block-copy') });
  for (let n = 0; n < count; n++) yield drawScenario(arbitrary, random);
}

/** Whether the twin, which runs the other way, comes to the same cells. Observers' cells lie behind the model's. */
class SameAsTwin {
  readonly #machine: Machine;
  readonly #twin: Machine;

  constructor(machine: Machine, twin: Machine) {
    this.#machine = machine;
    this.#twin = twin;
  }
  begin(): void {
    this.#twin.begin();
  }
  after({ id }: { readonly id: number }, step: Step): string | null {
    this.#twin.step(id);
    const { world } = this.#twin;
    const at = world.cells.findIndex((value, cell) => value !== this.#machine.world.cells[cell]);
    return at < 0 ? null : `${world.describe(at)} after ${nameOf(step).label}`;
  }
  end(): null {
    return null;
  }
}

describe.each(EVERY)('a backup by block-copy (mode $mode, wake order $wake, faults $faults)', ({ mode, wake, faults }) => {
  it('comes to the same cells on generators and on the learned table', () => {
    const pick = seeded(`cells ${mode} ${wake}`);
    const steps = [...drawn(mode, faults, sized(20, 600))].map((scenario) => {
      const [machine, twin] = [0, 1].map(() => new Machine(shapeOf(scenario, { ...SETTING, wake }))) as [Machine, Machine];
      for (const one of [machine, twin]) one.load(scenario);
      twin.useTable(true);
      let sum = 0;
      for (let run = 0; run < 6; run++) {
        const { broken, steps: ran } = runToEnd(machine, new SameAsTwin(machine, twin), pick);
        expect(broken).toBeNull();
        sum += ran;
      }
      return sum;
    });
    expect(steps.reduce((a, b) => a + b)).toBeGreaterThan(sized(2_500, 75_000));
  });

  it('holds in whatever order its steps come', () => {
    const pick = seeded(`holds ${mode} ${wake}`);
    for (const scenario of drawn(mode, faults, sized(60, 1_500))) {
      const machine = new Machine(shapeOf(scenario, { ...SETTING, wake }));
      const properties = new Properties(machine);
      machine.load(scenario);
      for (let run = 0; run < 4; run++) {
        machine.begin();
        properties.begin();
        const { broken } = goOn(machine, properties, pick);
        expect(broken, JSON.stringify(scenario)).toBeNull();
      }
    }
  });
});

describe('a reader of a backup by block-copy', () => {
  it('reads nothing where the job was refused: there is no point in time', () => {
    const reader = { id: 'g1', kind: 'readT0' as const, first: 0, count: 2, after: [], early: false };
    const scenario = { ...smallScenario('none', [reader], { sectors: 2 }), existingTarget: { sectors: 1, backed: true, data: [] } };
    const machine = new Machine(shapeOf(scenario, SETTING));
    const properties = new Properties(machine);
    machine.load(scenario);
    machine.begin();
    properties.begin();
    expect(goOn(machine, properties, seeded('refused')).broken).toBeNull();
    expect(machine.job.isRefused).toBe(true);
  });
});
