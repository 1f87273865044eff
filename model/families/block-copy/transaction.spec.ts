/** Two disks in one transaction: every order of small scenarios, with all rules on, and with each that is about a transaction off. */
import { describe, expect, it } from 'vitest';
import '../../../src/families/block-copy.ts';
import { ALL_REDUCTIONS } from '../../../src/search/exhaustive/reductions.ts';
import { type Searched, search } from '../../../src/search/exhaustive/testing.ts';
import { scenariosOf } from '../../../src/scenarios/scope/scope.ts';
import { oneIn, sized } from '../../../tools/nightly/testing.ts';
import { request, runToEnd, seeded, smallScenario } from '../../testing.ts';
import { JobState } from '../../job/job-status.ts';
import { Machine } from '../../machine/machine.ts';
import { shapeOf } from '../../machine/shape.ts';
import type { Coroutine } from '../../kernel/coroutine.ts';
import type { Scenario, Start } from '../../scenario/scenario.ts';
import { ALL_SYNC_MODES, type SyncMode } from '../../sync.ts';
import { Properties } from '../../../properties/all.ts';
import type { Violation } from '../../../properties/property.ts';
import type { RuleName } from './rules.ts';

/** One sector a disk. */
function scopeOf(mode: SyncMode, requests: number): Scenario[] {
  const scenarios = scenariosOf({
    mode,
    clusters: 1,
    clusterSectors: 1,
    requests,
    kinds: ['write'],
    variant: 'transaction',
    jobOptions: ['transaction', 'bitmap'],
  });
  return [...scenarios].map(({ scenario }) => scenario);
}

const lookAt = (scenario: Scenario, reductions: object, without: readonly RuleName[] = []): Searched =>
  search(scenario, reductions, { job: 'block-copy', without, statesMax: 30_000 });

describe.each(ALL_SYNC_MODES)('two disks in a transaction (mode %s)', (mode) => {
  it('hold in every order, and reductions see what plain search sees', () => {
    let [compared, states, plainStates] = [0, 0, 0];
    for (const scenario of oneIn(sized(12, 2), scopeOf(mode, sized(1, 2)))) {
      const plain = lookAt(scenario, {});
      const reduced = lookAt(scenario, ALL_REDUCTIONS);
      expect(reduced.broken, JSON.stringify(scenario)).toBeNull();
      if (!plain.complete) continue;
      expect(plain.broken).toBeNull();
      expect(reduced.disks).toEqual(plain.disks);
      compared++;
      states += reduced.states;
      plainStates += plain.states;
    }
    expect(compared).toBeGreaterThan(2);
    expect(states).toBeLessThanOrEqual(plainStates);
  });
});

it('QEMU does not quit while the command that starts the second job drains its disk, whatever is in flight there', () => {
  const scenario: Scenario = {
    ...smallScenario('bitmap', [request('g1', 'write', [0, 1], { early: true })], { sectors: 1 }),
    bitmap: { mode: 'on-success', dirty: [] },
    transaction: { start: 'apart', second: ['g1'] },
    restart: true,
  };
  for (const reductions of [{}, ALL_REDUCTIONS]) {
    const { broken, complete } = lookAt(scenario, reductions);
    expect({ broken, complete }).toEqual({ broken: null, complete: true });
  }
});

/** A disk of one cluster; g1 goes to the first disk, and g2, which comes after it, to the second. */
const logThenData = (start: Start): Scenario => ({
  ...smallScenario('full', [request('g1', 'write', [0, 2]), request('g2', 'write', [0, 2], { after: ['g1'] })], { sectors: 2 }),
  transaction: { start, second: ['g2'] },
});

const withBitmap = (scenario: Scenario): Scenario => ({ ...scenario, cancel: true, bitmap: { mode: 'on-success', dirty: [0] } });

/** By rule: what breaks without it, and where. */
const BREAKS: readonly [rule: RuleName, property: string, scenario: Scenario][] = [
  [
    'failureAbortsGroup',
    'group-all-or-nothing',
    { ...logThenData('grouped'), guest: [], transaction: { start: 'grouped', second: [] }, cancel: true },
  ],
  [
    'bitmapWaitsForGroup',
    'next-increment',
    withBitmap({ ...logThenData('grouped'), guest: [], transaction: { start: 'grouped', second: [] } }),
  ],
];

/** @param order who runs first, as long as it can */
function firstViolation(machine: Machine, properties: Properties, order: readonly string[]): Violation | null {
  const ready = new Int32Array(machine.coroutines.all.length);
  for (let count = machine.ready(ready); count > 0; count = machine.ready(ready)) {
    const able = Array.from(ready.subarray(0, count), (id) => machine.coroutines.byId(id));
    const placeOf = (coroutine: Coroutine): number => order.indexOf(machine.coroutineName(machine.coroutines.principalOf(coroutine)));
    const next = able.toSorted((a, b) => placeOf(a) - placeOf(b))[0]!;
    const step = next.pending;
    machine.step(next.id);
    const violation = properties.after(next, step);
    if (violation !== null) return violation;
  }
  return properties.end();
}

describe('a rule of transactions', () => {
  it.each(BREAKS)('is missed by every kind of search: %s (%s)', (rule, property, scenario) => {
    for (const reductions of [{}, ALL_REDUCTIONS]) {
      expect(lookAt(scenario, reductions).broken).toBeNull();
      expect(lookAt(scenario, reductions, [rule]).broken?.violation.property).toBe(property);
    }
  });

  it.each(['individual', 'grouped'] as const)('is that each disk stays drained: else their T0s are no cut (%s)', (start) => {
    const scenario = logThenData(start);
    const machine = new Machine(
      shapeOf(scenario, { job: 'block-copy', wake: 'any', effects: 'cluster', without: ['disksStayDrained'], requestsMin: 0 }),
    );
    const properties = new Properties(machine);
    machine.load(scenario);
    machine.begin();
    properties.begin();
    expect(firstViolation(machine, properties, ['g2', 'g1', 'job', 'job2'])).toEqual({
      property: 'one-cut',
      detail: 'g2 is in T0 of the disk of job2, and g1, which had ended before g2 began, is not in T0 of the disk of job',
    });
  });
});

describe('jobs of one transaction', () => {
  const machineOf = (scenario: Scenario): Machine => {
    const machine = new Machine(shapeOf(scenario, { job: 'block-copy', wake: 'any', effects: 'sector', without: [], requestsMin: 0 }));
    machine.load(scenario);
    return machine;
  };

  it('are both refused, if one is: nothing is started', () => {
    const machine = machineOf({ ...logThenData('grouped'), existingTarget: { sectors: 1, backed: false, data: [] } });
    machine.begin();
    runToEnd(machine, { begin: () => {}, after: () => null, end: () => null }, seeded('refused'));
    expect(machine.backups.map(({ job }) => job.status.stateSeen)).toEqual([JobState.refused, JobState.refused]);
  });

  it('are undone, if the last action fails: no filter stays, no request waits, and the bitmap has its bits', () => {
    const machine = machineOf({
      ...withBitmap(logThenData('grouped')),
      cancel: false,
      transaction: { start: 'grouped', second: ['g2'], fails: true },
    });
    machine.begin();
    runToEnd(machine, { begin: () => {}, after: () => null, end: () => null }, seeded('undone'));
    expect(machine.backups.map(({ job }) => job.status.stateSeen)).toEqual([JobState.refused, JobState.refused]);
    expect(machine.backups.map(({ sourceNode }) => machine.world.cells[sourceNode.hook.cell])).toEqual([0, 0]);
    expect(machine.coroutines.alive()).toEqual([]);
    expect(machine.backups.map(({ sourceNode }) => sourceNode.dirty!.isDirtySeen(0))).toEqual([true, true]);
  });

  it('have contents of their own', () => {
    const machine = machineOf(logThenData('individual'));
    machine.begin();
    expect([machine.source, machine.second!.source].map((image) => machine.contentName(image.contentAt(1)))).toEqual([
      's1@0',
      'disk2.s1@0',
    ]);
  });
});
