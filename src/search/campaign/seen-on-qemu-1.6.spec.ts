/**
 * What a build of fc5d3f84 was seen to do (docs/qemu-1.6.md, "Seen on a build"), each in a scenario of its own: `--job qemu-1.6` ends in
 * the same way, and names that defect.
 */
import { describe, expect, it } from 'vitest';
import { printError } from '../../../model/block/errors.ts';
import { defectsOf } from '../../../model/families/history.ts';
import { rulesBrokenIn } from '../../../model/families/notifier/eras.ts';
import { ruleNamed } from '../../../model/machine/jobs.ts';
import { JobState } from '../../../model/job/job-status.ts';
import type { OverlayLayout, Scenario } from '../../../model/scenario/scenario.ts';
import { NOBODY, request, smallScenario, staged } from '../../../model/testing.ts';
import { Properties } from '../../../properties/all.ts';
import type { Violation } from '../../../properties/property.ts';
import { neverStop, optionsFor, settingWithout } from '../../testing.ts';
import { Benches, runUnit } from './campaign.ts';

const WITHOUT = rulesBrokenIn('1.6');
const RUNS = 128;

/** What breaks in some schedule of a scenario on 1.6; null: nothing does in `RUNS` of them. */
function broken(scenario: Scenario): { property: string; detail: string; defects: readonly string[] } | null {
  const source = { draw: () => scenario, schedulesPerScenario: RUNS, scenariosPerUnit: 1 };
  const options = optionsFor(settingWithout(WITHOUT, { job: 'qemu-1.6' }));
  const [found] = runUnit(options, source, { mode: scenario.mode, number: 0, schedules: RUNS }, new Benches(), neverStop).found;
  if (found === undefined) return null;
  const { property, detail } = found.violation;
  return { property, detail, defects: found.cause.flatMap((rule) => defectsOf(ruleNamed(rule, 'qemu-1.6'))) };
}

/** The same, to be played by hand. */
const watched = (scenario: Scenario) => staged<Violation, Properties>(scenario, (machine) => new Properties(machine), { without: WITHOUT });

/** The same, played until it ends or has gone so many steps, with nobody who judges. */
function played(scenario: Scenario, stepsMax = 5_000) {
  const { machine } = staged(scenario, () => NOBODY, { without: WITHOUT });
  machine.begin();
  const ready = new Int32Array(machine.coroutines.all.length + 1);
  let steps = 0;
  while (steps < stepsMax && machine.ready(ready) > 0) {
    machine.step(ready[0]!);
    steps++;
  }
  return { machine, status: machine.job.status, hasEnded: steps < stepsMax };
}

const overlay = (sectors: number, allocated: readonly number[], clusterSectors = 2): OverlayLayout => ({
  clusterSectors,
  allocated,
  zeroClusters: [],
  baseSectors: sectors,
});
function top(sectors: number, allocated: readonly number[], more: Partial<Scenario> = {}): Scenario {
  const scenario = smallScenario('top', [], { sectors });
  return { ...scenario, ...more, disk: { ...scenario.disk, overlay: overlay(sectors, allocated) } };
}
const existing = (sectors: number, data: readonly number[] = []) => ({ existingTarget: { sectors, backed: false, data } });

describe('TOP of a disk that ends within a cluster', () => {
  it('hangs if nothing of the last cluster is allocated (S-02)', () => {
    expect(broken(top(3, [0]))).toMatchObject({
      property: 'always-finishes',
      detail: 'job runs forever without yielding: nothing else can run',
      defects: ['S-02', 'B-20'],
    });
  });

  it('is right if the last cluster is allocated, if the disk is empty, and in the other modes', () => {
    expect(broken(top(3, [0, 1]))).toBeNull();
    expect(broken(top(0, []))).toBeNull();
    for (const mode of ['full', 'none'] as const) expect(broken(smallScenario(mode, [], { sectors: 3 }))).toBeNull();
  });

  it('does not hang if a guest writes to the last cluster before the job comes there', () => {
    const write = top(3, [0], { guest: [request('g1', 'write', [2, 1])] });
    const { player, machine } = staged(write, () => NOBODY, { without: WITHOUT });
    player.play('job: start', 'g1: ...');
    player.finish();
    expect(machine.job.status.stateSeen).toBe(JobState.completed);
  });
});

it('a disk with copy-on-read=on: a guest write to what has not been copied aborts QEMU, in any mode (S-04)', () => {
  const detail = 'g1 would wait for its own request: QEMU asserts against that and aborts';
  const copyingOnRead = (scenario: Scenario): Scenario => ({ ...scenario, disk: { ...scenario.disk, copyOnRead: true } });
  const guest = [request('g1', 'write', [0, 1])];
  for (const scenario of [smallScenario('full', guest), top(4, [0], { guest }), smallScenario('none', guest)]) {
    const { player } = watched(copyingOnRead(scenario));
    expect(player.play('job: start')).toBeNull();
    expect(player.play('g1: write.start')).toEqual({ property: 'always-finishes', detail });
  }
  expect(broken(copyingOnRead(smallScenario('none', guest)))).toEqual({ property: 'always-finishes', detail, defects: ['S-04', 'B-22'] });
});

it('TOP completes with an offset below its length (S-10)', () => {
  expect(broken(top(4, [0]))).toMatchObject({
    property: 'progress-adds-up',
    detail: 'the progress of the job ended at 2 sectors instead of 4',
    defects: ['S-10'],
  });
});

describe('a target that is shorter than the disk', () => {
  const short = { ...smallScenario('full', []), ...existing(4) };

  it('fails FULL with EIO where it ends (S-09)', () => {
    expect(broken(short)).toMatchObject({
      property: 'errors-are-told',
      detail: 'the job reported EIO from the target, and no disk had failed: the target ends at sector 4, the disk at 6',
      defects: ['S-09', 'B-40'],
    });
    const { status } = played(short);
    expect([status.stateSeen, status.eventsSeen, printError(status.errorSeen)]).toEqual([JobState.completed, 1, 'EIO from the target']);
  });

  it('is tried again and again under ignore', () => {
    const { status, hasEnded } = played({ ...short, onError: { source: 'ignore', target: 'ignore' } });
    expect(hasEnded).toBe(false);
    expect(status.stateSeen).toBe(JobState.active);
    expect(status.eventsSeen).toBeGreaterThan(900);
  });

  it('fails the write of a guest past its end, of NONE (S-09)', () => {
    const guest = [request('g1', 'write', [4, 1])];
    const none = { ...smallScenario('none', guest), ...existing(4) };
    expect(broken(none)).toMatchObject({ property: 'snapshot-kept', defects: ['S-09', 'B-40'] }); // already at T0: there is no room
    staged(none, () => NOBODY, { without: WITHOUT }).player.play('job: start', 'g1: ... write.EIO');
    const { player } = watched({ ...short, guest });
    expect(player.play('job: start', 'g1: ... copy.store c2', 'g1: write.EIO')).toEqual({
      property: 'guest-unharmed',
      detail: 'g1 was told EIO, though none of its I/O failed',
    });
  });
});

it('a target that is longer than the disk is accepted, and keeps its tail (S-09)', () => {
  const long = { ...smallScenario('full', []), ...existing(8, [7]) };
  expect(broken(long)).toMatchObject({
    property: 'snapshot-kept',
    detail: 'the job has completed, but the target has 8 sectors and the disk has 6',
    defects: ['S-09', 'B-40'],
  });
  const { machine, status } = played(long);
  expect([status.stateSeen, status.errorSeen]).toEqual([JobState.completed, 0]);
  expect(machine.contentName(machine.target.contentAt(7))).toBe('s7@old');
});

it('a target that is the file of the source is accepted if it is to exist (S-11)', () => {
  const itself = smallScenario('full', [request('g1', 'write', [0, 1])]);
  expect(broken({ ...itself, existingTarget: { sectors: 6, backed: false, data: [], isSource: true } })).toMatchObject({
    property: 'snapshot-kept',
    defects: ['S-11'],
  });
});

it('a raw target that exists is accepted of NONE and TOP, and what is not copied reads there as zeroes (S-24)', () => {
  const raw = (scenario: Scenario): Scenario => ({ ...scenario, targetClusterSectors: 0, ...existing(scenario.disk.sectors) });
  expect(broken(raw(smallScenario('none', [])))).toMatchObject({ property: 'snapshot-kept', defects: ['S-24'] });
  const { machine, status } = played(raw(top(4, [0])));
  expect(status.stateSeen).toBe(JobState.completed);
  expect([0, 1, 2, 3].map((s) => machine.contentName(machine.target.contentAt(s)))).toEqual(['s0@0', 's1@0', 'zero', 'zero']);
});

it('CANCELLED carries the error of a copy that had failed before (S-19)', () => {
  const cancelled: Scenario = {
    ...smallScenario('full', [], { cancel: true, sectors: 2 }),
    faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'EIO', times: 1 }],
    onError: { source: 'stop', target: 'stop' },
  };
  expect(broken(cancelled)).toMatchObject({
    property: 'errors-are-told',
    detail: 'CANCELLED with EIO from the target, which did not end the job',
    defects: ['S-19'],
  });
});
