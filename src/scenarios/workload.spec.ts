import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { JobState } from '../../model/job/job-status.ts';
import { Misuse } from '../../model/kernel/misuse.ts';
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import { type Scenario, whatIsWrong } from '../../model/scenario/scenario.ts';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import type { GuestLog, LoggedRequest } from './guest-log.ts';
import { parseNbdkitLog } from './nbdkit-log.ts';
import { type Recording, recordingOf } from './recording.ts';
import { lastUsefulT0, workloadScenario } from './workload.ts';

const whole = (log: GuestLog): Recording => recordingOf(log, { from: 0, count: log.requests.length });
const REAL = whole(
  parseNbdkitLog(
    readFileSync(new URL('../../examples/workloads/ext4-sqlite.nbdkit.log', import.meta.url), 'utf8'),
    'ext4-sqlite.nbdkit.log',
  ),
);
const MODES = ['full', 'top', 'none'] as const;
const CLUSTER = 128;

/** A request on some sectors; unless told, each begins and ends before the next one. */
type Request = Pick<LoggedRequest, 'kind' | 'first' | 'count'> & Partial<LoggedRequest>;
const logOf = (sectors: number, ...requests: readonly Request[]): Recording =>
  whole({
    sectors,
    requests: requests.map((r, i) => ({ begin: 2 * i, end: 2 * i + 1, ...r })),
    unanswered: 0,
    cutLine: null,
  });

const write = (first: number, count: number): Request => ({ kind: 'write', first, count });
const zero = (first: number, count: number): Request => ({ kind: 'zero', first, count });
const trim = (first: number, count: number): Request => ({ kind: 'discard', first, count });
const LAST: Request = { kind: 'flush', first: 0, count: 0 };

/** The sectors that hold data at a T0 after all but the last request. */
function dataAtT0(log: Recording): number[] {
  const zeroes = new Set(workloadScenario(log, 'full', lastUsefulT0(log), 'zero').disk.zero);
  return Array.from({ length: log.sectors }, (_, s) => s).filter((s) => !zeroes.has(s));
}

describe('workloadScenario', () => {
  it('cuts a log at T0: what came before made the disk, what comes after runs against the backup', () => {
    const log = logOf(4, write(0, 2), zero(1, 1), write(3, 1), { kind: 'read', first: 0, count: 4 });
    expect(workloadScenario(log, 'full', 2, 'zero')).toEqual({
      mode: 'full',
      disk: { sectors: 4, clusterSectors: 128, zero: [1, 2, 3], discardReads: 'zero' },
      targetClusterSectors: 0,
      guest: [
        { id: 'g3', kind: 'write', first: 3, count: 1, after: [], early: false },
        { id: 'g4', kind: 'read', first: 0, count: 4, after: ['g3'], early: false },
      ],
      cancel: false,
    });
  });

  it('has the whole log after a T0 of 0, and its last request after the last useful T0', () => {
    const log = logOf(4, write(0, 1), write(1, 1), write(2, 1));
    expect(lastUsefulT0(log)).toBe(2);
    expect(workloadScenario(log, 'full', 0, 'zero').guest.map((g) => g.id)).toEqual(['g1', 'g2', 'g3']);
    expect(workloadScenario(log, 'full', 0, 'zero').disk.zero).toEqual([0, 1, 2, 3]);
    expect(workloadScenario(log, 'full', 2, 'zero').guest.map((g) => g.id)).toEqual(['g3']);
    for (const t0 of [-1, 0.5, 3]) expect(() => workloadScenario(log, 'full', t0, 'zero')).toThrow(RangeError);
  });

  it('finds data at T0 where the last thing before it was a write', () => {
    expect(dataAtT0(logOf(8, write(0, 8), zero(1, 2), trim(4, 2), write(5, 2), LAST))).toEqual([0, 3, 5, 6, 7]);
  });

  it('changes nothing for a read or a flush', () => {
    expect(dataAtT0(logOf(4, write(0, 1), { kind: 'read', first: 0, count: 4 }, LAST, LAST))).toEqual([0]);
  });

  it('applies requests in the order of their end, those in flight at T0 included', () => {
    const slowWrite = { ...write(0, 2), begin: 0, end: 9 };
    const quickZero = { ...zero(1, 2), begin: 1, end: 2 };
    expect(dataAtT0(logOf(4, slowWrite, quickZero, { ...LAST, begin: 3, end: 4 }))).toEqual([0, 1]);
    const slowZero = { ...zero(0, 2), begin: 0, end: 9 };
    const quickWrite = { ...write(1, 2), begin: 1, end: 2 };
    expect(dataAtT0(logOf(4, slowZero, quickWrite, { ...LAST, begin: 3, end: 4 }))).toEqual([2]);
  });

  it('makes a request wait for its immediate predecessors after T0, and for nobody before it', () => {
    const spans = [
      [0, 1],
      [2, 5],
      [3, 4],
      [6, 9],
      [7, 8],
      [10, 11],
    ] as const;
    const log = logOf(4, ...spans.map(([begin, end]) => ({ ...write(0, 1), begin, end })));
    const after = (t0: number): (readonly string[])[] => workloadScenario(log, 'full', t0, 'zero').guest.map((g) => g.after);
    expect(after(0)).toEqual([[], ['g1'], ['g1'], ['g2', 'g3'], ['g2', 'g3'], ['g4', 'g5']]);
    expect(after(2)).toEqual([[], ['g3'], ['g3'], ['g4', 'g5']]);
  });

  it('lays the source of TOP over a base of data, with the clusters of its own that the log wrote', () => {
    const log = logOf(4 * CLUSTER, write(CLUSTER - 1, 2), zero(3 * CLUSTER, 1), trim(0, 4 * CLUSTER), write(2, 1), LAST);
    const { disk } = workloadScenario(log, 'top', 4, 'backing');
    expect(disk.overlay).toEqual({ clusterSectors: CLUSTER, allocated: [0, 1, 3], zeroClusters: [], baseSectors: 4 * CLUSTER });
    const expected = Array.from({ length: 4 * CLUSTER }, (_, s) => s).filter((s) => s !== 2 && Math.floor(s / CLUSTER) !== 2);
    expect(disk.zero).toEqual(expected);
  });

  it('handles a disk that ends within a cluster', () => {
    const scenario = workloadScenario(logOf(CLUSTER + 2, write(CLUSTER, 1), LAST), 'top', 1, 'zero');
    expect(scenario.disk).toMatchObject({ zero: [CLUSTER + 1], overlay: { allocated: [1] } });
    expect(whatIsWrong(scenario)).toBeNull();
  });

  it('gives each mode its source, target and end', () => {
    const [full, top, none] = MODES.map((mode) => workloadScenario(logOf(CLUSTER, write(1, 1)), mode, 0, 'zero'));
    expect(full).toMatchObject({ mode: 'full', targetClusterSectors: 0, cancel: false });
    expect(top).toMatchObject({ mode: 'top', targetClusterSectors: CLUSTER, cancel: false });
    expect(none).toMatchObject({ mode: 'none', targetClusterSectors: CLUSTER, cancel: true });
    expect([full, top, none].map((scenario) => scenario?.disk.overlay !== undefined)).toEqual([false, true, false]);
  });

  it('takes time for the disk and the log, not for their product', () => {
    const clusters = 2 ** 14; // 1 GiB
    const all = [
      ...Array.from({ length: clusters }, (_, c) => write(c * CLUSTER, 1)),
      ...Array.from({ length: 20_000 }, () => trim(0, clusters * CLUSTER)),
    ];
    const started = performance.now();
    const { disk } = workloadScenario(logOf(clusters * CLUSTER, ...all, LAST), 'full', all.length, 'zero');
    expect(disk.zero).toHaveLength(clusters * CLUSTER);
    expect(performance.now() - started).toBeLessThan(20_000); // takes 0.2 s; sector by sector and trim by trim it would be minutes
  });
});

describe('the log of a real guest', () => {
  it.each(MODES)('makes scenarios that can be run, at every T0: %s', (mode) => {
    for (let t0 = 0; t0 <= lastUsefulT0(REAL); t0 += 7) {
      const scenario = workloadScenario(REAL, mode, t0, 'zero');
      expect(whatIsWrong(scenario), `T0 ${t0}`).toBeNull();
      expect(scenario.guest).toHaveLength(REAL.requests.length - t0);
    }
  });

  it('has zeroes and data at T0, and in TOP something to share', () => {
    const full = workloadScenario(REAL, 'full', 207, 'zero');
    expect(full.guest[0]).toMatchObject({ id: 'g208', kind: REAL.requests[207]!.kind });
    expect(full.disk.zero.length).toBeGreaterThan(0);
    expect(full.disk.zero.length).toBeLessThan(full.disk.sectors);
    const { overlay } = workloadScenario(REAL, 'top', 207, 'zero').disk;
    expect(overlay?.allocated.length).toBeGreaterThan(0);
    expect(overlay?.allocated.length).toBeLessThan(full.disk.sectors / full.disk.clusterSectors);
  });

  it.each(MODES)('runs to its end in a random order: %s', (mode) => {
    const machine = runToItsEnd(workloadScenario(REAL, mode, 207, 'zero'), `${mode} 207`);
    expect(machine.coroutines.alive().map((c) => c.name)).toEqual([]);
    expect(machine.world.cells[machine.world.misuseCell]).toBe(Misuse.none);
    expect(machine.job.status.stateSeen).toBe(mode === 'none' ? JobState.cancelled : JobState.completed);
  });
});

function runToItsEnd(scenario: Scenario, seed: string): Machine {
  const stepsMax = 100_000; // a run takes less than 10,000
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 }));
  const random = randomNumbers(seed);
  const ready = new Int32Array(machine.coroutines.all.length);
  machine.load(scenario);
  machine.begin();
  for (let steps = 0; steps < stepsMax; steps++) {
    const count = machine.ready(ready);
    if (count === 0) return machine;
    machine.step(ready[random.below(count)]!);
  }
  throw new Error(`not at its end after ${stepsMax} steps`);
}
