import { describe, expect, it } from 'vitest';
import '../../src/families/block-copy.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Properties } from '../../properties/all.ts';
import { type ExhaustiveResult, searchExhaustively } from '../../src/search/exhaustive/exhaustive.ts';
import { NO_REDUCTION } from '../../src/search/exhaustive/reductions.ts';
import { neverStop } from '../../src/testing.ts';
import { oneIn, sized } from '../../tools/nightly/testing.ts';
import { blockCopySpinHeader } from './block-copy-scenario.ts';
import { hasSpin, searchWithSpin } from './search.ts';

const SPIN = await hasSpin();

const ONE = [request('g1', 'write', [0, 4])];
const TWO = [request('g1', 'write', [1, 1]), request('g2', 'write', [1, 2])];

/** Chunks of one cluster make several tasks, which wait for a worker; chunks of two are shared by what overlaps a part of them. */
const SCENARIOS: readonly {
  name: string;
  sectors: number;
  guest: readonly GuestOperation[];
  workers: number;
  chunk: number;
  zero?: number[];
}[] = [
  { name: 'a write of the whole disk, one task at a time', sectors: 4, guest: ONE, workers: 1, chunk: 1 },
  { name: 'two tasks at a time, of three', sectors: 6, guest: [request('g1', 'write', [0, 6])], workers: 2, chunk: 1 },
  { name: 'a task of two clusters', sectors: 6, guest: [request('g1', 'write', [1, 5])], workers: 2, chunk: 2, zero: [3] },
  { name: 'two writes that meet', sectors: 4, guest: TWO, workers: 1, chunk: 1 },
  { name: 'two writes that meet, in tasks of two clusters', sectors: 4, guest: TWO, workers: 2, chunk: 2 },
  {
    name: 'a last cluster that is short, one write after another',
    sectors: 3,
    guest: [TWO[0]!, { ...TWO[1]!, after: ['g1'] }],
    workers: 2,
    chunk: 2,
  },
];

function scenarioOf({ sectors, guest, workers, chunk, zero = [] }: (typeof SCENARIOS)[number]): Scenario {
  return { ...smallScenario('full', guest, { sectors, zero }), perf: { job: { workers, chunk }, guest: { workers, chunk } } };
}

function search(scenario: Scenario, without: readonly RuleName[] = []): ExhaustiveResult {
  const machine = new Machine(shapeOf(scenario, { job: 'block-copy', effects: 'cluster', wake: 'any', without, requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  return searchExhaustively(machine, properties, { bytesMax: 2 ** 30, shouldStop: neverStop }, NO_REDUCTION);
}

describe('of block-copy, without any reduction, Spin and we', () => {
  it('can be compared here', () => {
    if (process.env['CI'] === 'true') expect(SPIN).toBe(true);
  });

  it.skipIf(!SPIN).each(oneIn(3, SCENARIOS))('count the same states and transitions: $name', async (one) => {
    const ours = search(scenarioOf(one));
    const theirs = await searchWithSpin(scenarioOf(one), { family: 'block-copy', reduction: false });
    expect(ours).toMatchObject({ broken: null, complete: true });
    // Spin counts the way to its first state as a transition.
    expect(theirs).toMatchObject({ error: null, complete: true, states: ours.states, transitions: ours.transitions + 1 });
  });

  // By day the first; a call that does not wait overwrites what a task is about to read.
  const WITHOUT = [
    ['copyBeforeWrite', 0],
    ['waitForTasksInRange', 3],
  ] as const;
  it.skipIf(!SPIN).each(WITHOUT.slice(0, sized(1, 2)))('both break without %s', async (rule, at) => {
    const scenario = scenarioOf(SCENARIOS[at]!);
    expect(search(scenario, [rule]).broken).not.toBeNull();
    const { error, complete } = await searchWithSpin(scenario, { family: 'block-copy', reduction: false, without: [rule] });
    expect({ error, complete }).toEqual({ error: expect.stringContaining('assertion violated'), complete: false });
  });
});

describe('the header of the model of block-copy', () => {
  it('has the sizes, the calls, and what comes after what', () => {
    const header = blockCopySpinHeader(scenarioOf(SCENARIOS.at(-1)!), ['waitForTasksInRange']);
    expect(header).toContain('#define CLUSTERS 2\n');
    expect(header).toContain('#define FIRST_CLUSTERS { 0, 0, 0 }\n#define END_CLUSTERS { 2, 1, 2 }\n');
    expect(header).toContain('#define MAY_START(guest) (guest != 0 || (true)) && (guest != 1 || (ended[0]))\n');
    expect(header).toContain('#define COPY_BEFORE_WRITE true\n#define WAIT_FOR_TASKS_IN_RANGE false\n');
  });

  it('refuses what the model for Spin does not know', () => {
    const full = scenarioOf(SCENARIOS[0]!);
    const refused: [says: string, scenario: Scenario][] = [
      ['mode none', { ...full, mode: 'none' }],
      ['request g1', { ...full, guest: [request('g1', 'zero', [0, 2])] }],
      ['0 writes', { ...full, guest: [] }],
      ['different limits', { ...full, perf: { job: { workers: 1, chunk: 1 }, guest: { workers: 2, chunk: 1 } } }],
      ['a cancel', { ...full, cancel: true }],
      ['such a target', { ...full, targetClusterSectors: 2 }],
      ['such a source', { ...full, disk: { ...full.disk, blockStatus: 'short' } }],
      ['beside them', { ...full, faults: [{ side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 1 }] }],
    ];
    for (const [says, scenario] of refused) expect(() => blockCopySpinHeader(scenario, [])).toThrow(says);
  });
});
