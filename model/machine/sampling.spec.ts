import { afterEach, describe, expect, it, vi } from 'vitest';
import { GuestRequest } from '../block/guest.ts';
import { ComparingBudget } from '../kernel/comparing-engine.ts';
import { type Engine, HiddenState } from '../kernel/engine.ts';
import { Machine } from './machine.ts';
import { type Shape, shapeOf } from './shape.ts';
import { Sampling } from './sampling.ts';
import { request, seeded } from '../testing.ts';
import type { Scenario } from '../scenario/scenario.ts';

const SCENARIO: Scenario = {
  mode: 'full',
  disk: { sectors: 6, clusterSectors: 2, zero: [], discardReads: 'zero' },
  targetClusterSectors: 0,
  guest: [request('g1', 'write', [0, 3]), request('g2', 'write', [2, 2])],
  cancel: false,
};
const SHAPE: Shape = shapeOf(SCENARIO, { effects: 'cluster', wake: 'any', without: [], requestsMin: 2 });

function run(machine: Machine, times: number): void {
  const pick = seeded('sampled');
  const ids = new Int32Array(machine.coroutines.all.length);
  for (let i = 0; i < times; i++) {
    machine.begin();
    for (let count = machine.ready(ids); count > 0; count = machine.ready(ids)) machine.step(ids[pick(count)]!);
  }
}

function loaded(): Machine {
  const machine = new Machine(SHAPE);
  machine.load(SCENARIO);
  return machine;
}

describe.each([true, false])('runs of the built-in job that are sampled (table: %s)', (table) => {
  afterEach(() => vi.restoreAllMocks());

  it('tell of a coroutine that keeps something in a field', () => {
    const body = Reflect.get(GuestRequest.prototype, 'body');
    const runs = new WeakMap<GuestRequest, number>();
    vi.spyOn(GuestRequest.prototype, 'body').mockImplementation(function* (this: GuestRequest, start) {
      runs.set(this, (runs.get(this) ?? 0) + 1);
      yield* body.call(this, start);
      if (runs.get(this)! % 2 === 1) this.world.write(this.blockersCell, 1);
    });
    const machine = loaded();
    machine.useTable(table);
    machine.compareRuns();
    expect(() => run(machine, 50_000)).toThrow(HiddenState);
    expect(() => run(machine, 50_000)).toThrow(/^g[12] in ".*" comes to other cells on the learned table than as a generator: it keeps/);
  });

  it('come to what they come to, and few of them are run twice', () => {
    const machine = loaded();
    machine.useTable(table);
    let twinSteps = 0;
    const sampling = new Sampling(
      machine,
      () => {
        const twin = new Machine(SHAPE);
        const step = twin.step.bind(twin);
        twin.step = (id) => {
          twinSteps++;
          step(id);
        };
        return twin;
      },
      new ComparingBudget({ first: 0, part: 1 / 50 }),
    );
    const ids = new Int32Array(machine.coroutines.all.length);
    const engine = sampling.of({ begin: () => machine.begin(), step: ({ id }) => machine.step(id) } satisfies Engine);
    const pick = seeded('sampled');
    let steps = 0;
    for (let i = 0; i < 5_000; i++) {
      engine.begin();
      for (let count = machine.ready(ids); count > 0; count = machine.ready(ids), steps++)
        engine.step(machine.coroutines.byId(ids[pick(count)]!));
    }
    expect(twinSteps).toBeGreaterThan(100);
    expect(twinSteps).toBeLessThan(steps / 50);
  });
});
