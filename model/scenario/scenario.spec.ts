import { describe, expect, it } from 'vitest';
import type { Fault } from '../block/faults.ts';
import { type GuestOperation, type OverlayLayout, type Scenario, policiesOf, whatIsWrong } from './scenario.ts';
import { machineFor, request, smallScenario } from '../testing.ts';

/** A TOP of 6 sectors in clusters of 2, with nothing wrong about it. */
const fine = smallScenario('top', [request('g1', 'write', [0, 2]), request('g2', 'read', [4, 2], { after: ['g1'] })]);

const withDisk = (more: Partial<Scenario['disk']>): Scenario => ({ ...fine, disk: { ...fine.disk, ...more } });
const withOverlay = (more: Partial<OverlayLayout>): Scenario => withDisk({ overlay: { ...fine.disk.overlay!, ...more } });
const withGuest = (...guest: GuestOperation[]): Scenario => ({ ...fine, guest });
const withTarget = (sectors: number, more: { backed?: boolean; data?: number[] } = {}): Scenario => ({
  ...fine,
  existingTarget: { sectors, backed: more.backed ?? true, data: more.data ?? [] },
});
const withBareTarget = (targetClusterSectors: number, clusterSectors: number): Scenario => ({
  ...withTarget(6, { backed: false }),
  targetClusterSectors,
  disk: { ...fine.disk, clusterSectors },
});
const withFaults = (...faults: Partial<Fault>[]): Scenario => ({
  ...fine,
  faults: faults.map((fault) => ({ side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 1, ...fault })),
});
const none = (...guest: GuestOperation[]): Scenario => smallScenario('none', guest);

describe('what is wrong with a scenario', () => {
  it('is told in a sentence; null means that it can be run', () => {
    expect(whatIsWrong(fine)).toBeNull();
    expect(whatIsWrong({ ...fine, cancel: true, cancelAfter: ['g1', 'g3'] })).toBe('the cancel comes after g3, which is no request');
  });

  const wrong: [why: string, Scenario][] = [
    ["mode top needs a target with clusters: a raw target can't lie over a backing file", { ...fine, targetClusterSectors: 0 }],
    ["mode none needs a target with clusters: a raw target can't lie over a backing file", { ...none(), targetClusterSectors: 0 }],
    ['a sector that shows zeroes lies past the end of the disk (6 sectors)', withDisk({ zero: [2, 6] })],
    ['the overlay names a cluster past its end (3 clusters)', withOverlay({ allocated: [3] })],
    ['the overlay names a cluster past its end (3 clusters)', withOverlay({ zeroClusters: [3] })],
    ['the overlay has a cluster both allocated and zero', withOverlay({ allocated: [0, 1], zeroClusters: [1] })],
    ['the backing file is longer than the disk', withOverlay({ baseSectors: 7 })],
    ['2 requests on a disk of 1000000000 sectors are too many: their contents could not be told apart', withDisk({ sectors: 1e9 })],
    ['2 requests on a disk of 6 sectors are too many: their contents could not be told apart', withTarget(1e9)],
    [
      '2 requests with buffers of 20000000 sectors, on a disk of 6, need more memory than a model should',
      withDisk({ clusterSectors: 2e7 }),
    ],
    ['2 requests with buffers of 2 sectors, on a disk of 10000000, need more memory than a model should', withDisk({ sectors: 1e7 })],
    [
      'a raw target lies over nothing, so it is not backed',
      { ...smallScenario('full', []), existingTarget: { sectors: 6, backed: true, data: [] } },
    ],
    ['a target that exists has at least 1 sector', withTarget(0)],
    ['mode bitmap needs a bitmap', { ...fine, mode: 'bitmap' }],
    ['bitmap-mode always makes no sense in mode none', { ...none(), bitmap: { mode: 'always', dirty: [] } }],
    ['bitmap-mode never makes no sense in mode top', { ...fine, bitmap: { mode: 'never', dirty: [] } }],
    ['a dirty cluster is past the end of the disk (3 clusters)', { ...fine, mode: 'bitmap', bitmap: { mode: 'never', dirty: [3] } }],
    [
      'a target of mode bitmap is a new one, over the backup before',
      { ...withTarget(6), mode: 'bitmap', bitmap: { mode: 'never', dirty: [] } },
    ],
    ['the target has data past its end (4 sectors)', withTarget(4, { data: [3, 4] })],
    [
      'a target over nothing with clusters of 2 sectors does not fit a backup with clusters of 3: one should ' +
        'divide the other, as powers of two do',
      withBareTarget(2, 3),
    ],
    [
      'a target over nothing with clusters of 3 sectors does not fit a backup with clusters of 2: one should ' +
        'divide the other, as powers of two do',
      withBareTarget(3, 2),
    ],
    ['the fault of read at cluster 3 of the source is past the end of the disk (3 clusters)', withFaults({ cluster: 3 })],
    [
      'the fault of write at cluster 2 of the target should strike 1 to 3 times',
      withFaults({ side: 'target', op: 'write', cluster: 2, times: 0 }),
    ],
    ['the fault of read at cluster 0 of the source should strike 1 to 3 times', withFaults({ times: 4 })],
    [
      'the fault of ask at cluster 1 of the target: only the source is asked what is allocated',
      withFaults({ side: 'target', op: 'ask', cluster: 1 }),
    ],
    ['the fault of read at cluster 0 of the source is there twice', withFaults({}, { errno: 'ENOSPC' })],
    ['speed should not be negative', { ...fine, speed: -1 }],
    ['two things are named g1', withGuest(request('g1', 'write', [0, 1]), request('g1', 'read', [0, 1]))],
    ['two things are named job', withGuest(request('job', 'write', [0, 1]))],
    ['two things are named user', withGuest(request('user', 'write', [0, 1]))],
    ['two things are named operator', withGuest(request('operator', 'write', [0, 1]))],
    [
      'g1 comes after g2, which is not an earlier request',
      withGuest(request('g1', 'write', [0, 1], { after: ['g2'] }), request('g2', 'write', [0, 1])),
    ],
    ['g1 comes after g1, which is not an earlier request', withGuest(request('g1', 'write', [0, 1], { after: ['g1'] }))],
    ['g1 asks for sectors 4 to 6 of a disk of 6 sectors', withGuest(request('g1', 'discard', [4, 3]))],
    ['g1 asks for sectors 2 to 1 of a disk of 6 sectors', withGuest(request('g1', 'write', [2, 0]))],
    ['g1 reads the point in time, which takes mode none and a target over the source', withGuest(request('g1', 'readT0', [0, 1]))],
    [
      'g1 reads the point in time, which takes mode none and a target over the source',
      { ...none(request('g1', 'readT0', [0, 1])), existingTarget: { sectors: 6, backed: false, data: [] } },
    ],
    [
      'the target is the source, which takes mode full and a raw disk',
      { ...none(), existingTarget: { sectors: 6, backed: false, data: [], isSource: true } },
    ],
    [
      'the target is the source, which takes mode full and a raw disk',
      { ...fine, targetClusterSectors: 0, existingTarget: { sectors: 5, backed: false, data: [], isSource: true } },
    ],
    ['g1 reads the point in time before there is one', none(request('g1', 'readT0', [0, 1], { early: true }))],
    ['the cancel comes after job, which is no request', { ...fine, cancelAfter: ['job'] }],
  ];

  it.each(wrong)('%s', (why, scenario) => {
    expect(whatIsWrong(scenario)).toBe(why);
  });
});

describe('nothing is wrong with', () => {
  const right: [what: string, Scenario][] = [
    ['a FULL to a raw target', smallScenario('full', [])],
    ['a TOP of an overlay over nothing', withOverlay({ baseSectors: null })],
    ['a backing file as long as the disk, or of nothing', withOverlay({ baseSectors: 0 })],
    ['a target that was there, of another length', withTarget(1, { data: [0] })],
    ['a bare one with clusters twice as large', withBareTarget(4, 2)],
    ['one with clusters half as large', withBareTarget(2, 4)],
    ['a bare one that is raw', { ...smallScenario('full', []), existingTarget: { sectors: 7, backed: false, data: [6] } }],
    [
      'a disk without sectors, and a target without',
      { ...smallScenario('full', [], { sectors: 0 }), existingTarget: { sectors: 0, backed: false, data: [] } },
    ],
    [
      'faults of each op at the last cluster',
      withFaults({ cluster: 2, times: 3 }, { op: 'ask', cluster: 2 }, { op: 'write', cluster: 2 }, { side: 'target', cluster: 2 }),
    ],
    ['a savevm, which has no range', withGuest(request('g1', 'savevm', [0, 0]))],
    ['a flush, which has no range', withGuest(request('g1', 'flush', [0, 0]))],
    [
      'a reader of the point in time after an early request',
      none(request('g1', 'write', [0, 1], { early: true }), request('g2', 'readT0', [5, 1], { after: ['g1'] })),
    ],
    ['a speed of 0, no limit', { ...fine, speed: 0 }],
    ['a cancel after requests', { ...fine, cancel: true, cancelAfter: ['g2', 'g1'] }],
  ];

  it.each(right)('%s', (_, scenario) => {
    expect(whatIsWrong(scenario)).toBeNull();
    expect(() => machineFor(scenario).load(scenario)).not.toThrow();
  });
});

describe('the error policies', () => {
  it('are both to report, unless the scenario says otherwise', () => {
    expect(policiesOf(fine)).toEqual({ source: 'report', target: 'report' });
    expect(policiesOf({ ...fine, onError: { source: 'stop', target: 'enospc' } })).toEqual({ source: 'stop', target: 'enospc' });
  });
});
