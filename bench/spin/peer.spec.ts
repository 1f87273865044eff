import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../model/families/notifier/rules.ts';
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { request } from '../../model/testing.ts';
import { Properties } from '../../properties/all.ts';
import { type ExhaustiveResult, searchExhaustively } from '../../src/search/exhaustive/exhaustive.ts';
import { NO_REDUCTION } from '../../src/search/exhaustive/reductions.ts';
import { MODES, neverStop } from '../../src/testing.ts';
import { oneIn, sized } from '../../tools/nightly/testing.ts';
import { workload } from '../exhaustive.ts';
import { spinHeader } from './scenario.ts';
import { INSTALL_SPIN, hasSpin, parsePan, searchWithSpin } from './search.ts';

const SPIN = await hasSpin();
if (!SPIN) process.stderr.write(`Our counts of states are not compared with Spin's, which is missing: ${INSTALL_SPIN}\n`);

const ONE = [request('g1', 'write', [0, 2])];
const TWO = [request('g1', 'write', [1, 1]), request('g2', 'write', [1, 2])];
const THREE = [...TWO, request('g3', 'write', [0, 1])];

interface Workload {
  readonly name: string;
  readonly sectors: number;
  readonly guest: readonly GuestOperation[];
  readonly zero?: readonly number[];
  /** In TOP. */
  readonly allocated?: readonly number[];
}

const WORKLOADS: readonly Workload[] = [
  { name: 'a write of the whole disk', sectors: 2, guest: ONE },
  { name: 'parts of clusters, one write across two', sectors: 4, guest: TWO },
  { name: 'one write after another', sectors: 4, guest: [TWO[0]!, request('g2', 'write', [0, 2], { after: ['g1'] })] },
  { name: 'three writes of a cluster', sectors: 4, guest: THREE, zero: [3], allocated: [0, 1] },
  { name: 'a last cluster that is short', sectors: 3, guest: THREE, zero: [0, 1], allocated: [1] },
  { name: 'nothing allocated', sectors: 4, guest: THREE, allocated: [] },
  {
    name: 'long writes, some after others',
    sectors: 6,
    guest: [request('g1', 'write', [0, 6]), request('g2', 'write', [3, 2]), request('g3', 'write', [0, 3], { after: ['g2'] })],
  },
];
/** Enough for a copy to wait for another. */
const WAITS = WORKLOADS[3]!;

function scenarioOf(mode: Scenario['mode'], { sectors, guest, zero = [], allocated = [0] }: Workload): Scenario {
  const overlay = mode === 'top' ? { overlay: { clusterSectors: 2, allocated, zeroClusters: [], baseSectors: sectors } } : {};
  return {
    mode,
    disk: { sectors, clusterSectors: 2, zero, discardReads: 'zero', ...overlay },
    targetClusterSectors: mode === 'full' ? 0 : 2,
    guest,
    cancel: mode === 'none',
  };
}

/** Spin's search as it comes, but compiled soon. */
const REDUCED = { reduction: true, optimized: false } as const;

function search(scenario: Scenario, without: readonly RuleName[] = []): ExhaustiveResult {
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without, requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  return searchExhaustively(machine, properties, { bytesMax: 2 ** 30, shouldStop: neverStop }, NO_REDUCTION);
}

describe('without any reduction, Spin and we', () => {
  it('can be compared here', () => {
    // In CI, a comparison that does not take place is a failure.
    if (process.env['CI'] === 'true') expect(SPIN).toBe(true);
  });

  // One in twenty is one of FULL and one of NONE.
  const COUNTED = MODES.flatMap((mode) => WORKLOADS.map((of) => ({ mode, name: of.name, scenario: scenarioOf(mode, of) })));
  it.skipIf(!SPIN).each(oneIn(20, COUNTED))('count the same states and transitions: $mode, $name', async ({ scenario }) => {
    const ours = search(scenario);
    const theirs = await searchWithSpin(scenario, { reduction: false });
    expect(ours).toMatchObject({ broken: null, complete: true });
    // Spin counts the way to its first state as a transition.
    expect(theirs).toMatchObject({ error: null, complete: true, states: ours.states, transitions: ours.transitions + 1 });
  });

  // By day the one below.
  it.skipIf(!SPIN || sized(true, false)).each(MODES)('both break where copies do not wait for each other: %s', async (mode) => {
    const scenario = scenarioOf(mode, WAITS);
    const without = ['waitForOverlappingCopies'] as const;
    expect(search(scenario, without).broken).not.toBeNull();
    const { error, complete } = await searchWithSpin(scenario, { reduction: false, without });
    expect({ error, complete }).toEqual({ error: expect.stringContaining('assertion violated'), complete: false });
  });

  it.skipIf(!SPIN)('do not count the same where two calls of ours are in another order, though nothing breaks', async () => {
    const scenario = scenarioOf('none', WAITS);
    const ours = search(scenario, ['drainBeforeUnhook']);
    expect(ours).toMatchObject({ broken: null, complete: true });
    const { states } = await searchWithSpin(scenario, { reduction: false });
    expect(ours.states).not.toBe(states);
  });

  // Where there is no copy before a write, the claim about the point in time is the one to break.
  it.skipIf(!SPIN).each(oneIn(3, MODES.toReversed()))(
    'both break the snapshot where nothing is copied before a write: %s',
    async (mode) => {
      const scenario = scenarioOf(mode, WAITS);
      const without = ['copyBeforeWrite'] as const;
      expect(search(scenario, without).broken!.violation.property).toBe('snapshot-kept');
      const { error } = await searchWithSpin(scenario, { ...REDUCED, without });
      expect(error).toContain('atT0');
    },
  );
});

describe('searchWithSpin', () => {
  it.skipIf(!SPIN || sized(true, false))('sees fewer states with the reduction that Spin comes with', async () => {
    const scenario = workload('full', 4, 3);
    const { states } = search(scenario);
    const reduced = await searchWithSpin(scenario, REDUCED);
    expect(reduced).toMatchObject({ error: null, complete: true });
    expect(reduced.states).toBeLessThan(states);
    expect(reduced.states).toBeGreaterThan(states / 4);
  });

  it.skipIf(!SPIN)('says that it is not complete when its memory is full', async () => {
    expect(await searchWithSpin(workload('full', 4, 4), { ...REDUCED, megabytesMax: 131 })).toMatchObject({
      error: null,
      complete: false,
    });
  });
});

describe('parsePan', () => {
  it('throws at what is no output of a search', () => {
    expect(() => parsePan('Segmentation fault')).toThrow('Segmentation fault');
  });
});

describe('spinHeader', () => {
  it('writes a scenario as macros', () => {
    const header = spinHeader(scenarioOf('top', WORKLOADS[2]!), []);
    expect(header).toContain('#define MODE TOP\n');
    expect(header).toContain('#define FIRST_SECTORS { 1, 0 }\n#define END_SECTORS { 2, 2 }\n');
    expect(header).toContain('#define ALLOCATED_AT_T0 { 1, 0 }\n');
    expect(header).toContain('#define MAY_START(guest) (guest != 0 || (true)) && (guest != 1 || (ended[0]))\n');
  });

  it('refuses what the model for Spin does not know', () => {
    const full = scenarioOf('full', WORKLOADS[0]!);
    const top = scenarioOf('top', WORKLOADS[0]!);
    const refused: [says: string, scenario: Scenario][] = [
      ['request g1', { ...full, guest: [request('g1', 'zero', [0, 2])] }],
      ['request g1', { ...full, guest: [request('g1', 'write', [0, 2], { early: true })] }],
      ['0 writes', { ...full, guest: [] }],
      ['a cancel', { ...full, cancel: true }],
      ['nobody cancels', { ...scenarioOf('none', WORKLOADS[0]!), cancel: false }],
      ['such a target', { ...full, targetClusterSectors: 2 }],
      ['such a source', { ...full, disk: { ...full.disk, overlay: top.disk.overlay! } }],
      ['such a source', { ...top, disk: { ...top.disk, overlay: { ...top.disk.overlay!, clusterSectors: 1 } } }],
      ['a healthy disk', { ...full, faults: [{ side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 1 }] }],
    ];
    for (const [says, scenario] of refused) expect(() => spinHeader(scenario, [])).toThrow(says);
  });
});
