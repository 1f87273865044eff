import { describe, expect, it } from 'vitest';
import type { Machine } from '../../machine/machine.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { NOBODY, readyNow, request, smallScenario, staged } from '../../testing.ts';
import type { RuleName } from './rules.ts';

/** Somebody reads clusters 0 and 1 as they were; g1 writes; and there may be more. */
const reader = request('r', 'readT0', [0, 4]);
const scenarioWith = (...more: Scenario['guest']): Scenario =>
  smallScenario('none', [reader, request('g1', 'write', [0, 2]), ...more], { cancel: true });

function on(scenario: Scenario, setting: { without?: RuleName[]; effects?: 'sector' } = {}) {
  const { machine, player } = staged<never, typeof NOBODY>(scenario, () => NOBODY, setting);
  const of = (who: string) => machine.coroutines.all.find((c) => machine.coroutineName(c) === who)!;
  return {
    machine,
    play: (...lines: string[]) => void player.play(...lines),
    at: (who: string) => machine.stepName(of(who).pending),
    canRun: (who: string) => readyNow(machine).includes(of(who).id),
    /** What the reader has so far of these sectors. */
    read: (...sectors: number[]) => sectors.map((s) => machine.contentName(machine.guests[0]!.bufferContent(s))).join(' '),
  };
}

const copiesInFlight = ({ job, guests }: Machine): string[] =>
  [job, ...guests].filter((c) => job.inFlight.isHeldSeen(c)).map((c) => c.name);

describe('a reader of the point in time', () => {
  it('looks up where a run of sectors lies, and then fetches it: from the target, else from the live source', () => {
    const stage = on(scenarioWith());
    stage.play('job: start', 'g1: ... write.done', 'r: readT0.start');
    expect(stage.at('r')).toBe('readT0.look c0');
    stage.play('r: readT0.look c0', 'r: readT0.took c0');
    expect([stage.at('r'), stage.read(0, 1)]).toEqual(['readT0.look c1', 's0@0 s1@0']); // saved by g1, whose own data the source holds
    stage.play('r: readT0.look c1', 'r: readT0.took c1');
    expect([stage.at('r'), stage.read(2, 3)]).toEqual(['readT0.done c0', 's2@0 s3@0']);
    stage.play('r: readT0.done c0');
    expect([stage.at('r'), copiesInFlight(stage.machine), stage.read(0, 1)]).toEqual(['ended', [], 'zero zero']);
  });

  it('lets a copy of the same clusters wait for its end', () => {
    const stage = on(scenarioWith(request('g2', 'write', [4, 1])));
    stage.play('job: start', 'r: readT0.start', 'g1: write.start', 'g2: write.start');
    expect([stage.at('g1'), stage.canRun('g1')]).toEqual(['wait c0', false]);
    expect(stage.at('g2')).toBe('copy.read c2'); // another cluster
    stage.play('r: ... readT0.took c1');
    expect([stage.canRun('g1'), stage.read(0, 1)]).toEqual([false, 's2@0 s3@0']); // the buffer has room for one cluster
    stage.play('r: readT0.done c0', 'g1: wait c0');
    expect(stage.at('g1')).toBe('copy.read c0');
  });

  it('waits for a copy that came first, and then finds its clusters in the target', () => {
    const stage = on(scenarioWith());
    stage.play('job: start', 'g1: ... copy.read c0', 'r: readT0.start');
    expect([stage.at('r'), stage.canRun('r')]).toEqual(['wait c0', false]);
    stage.play('g1: ... write.done', 'r: wait c0', 'r: readT0.look c0', 'r: readT0.took c0');
    expect(stage.read(0, 1)).toBe('s0@0 s1@0');
  });

  it('looks again when it has waited: another copy may have begun', () => {
    const stage = on(scenarioWith(request('g2', 'write', [2, 2])));
    stage.play('job: start', 'g1: ... copy.read c0', 'r: readT0.start', 'g1: ... copy.done c0', 'g2: ... copy.read c1', 'r: wait c0');
    expect([stage.at('r'), stage.canRun('r')]).toEqual(['wait c0', false]);
    stage.play('g2: ... copy.done c1', 'r: wait c0');
    expect(stage.at('r')).toBe('readT0.look c0');
  });

  it('takes turns with other readers, too', () => {
    const stage = on(scenarioWith(request('r2', 'readT0', [3, 2])));
    stage.play('job: start', 'r: readT0.start', 'r2: readT0.start');
    expect([stage.at('r2'), stage.canRun('r2')]).toEqual(['wait c1', false]);
    stage.play('r: ... readT0.done c0', 'r2: wait c1', 'r2: ... readT0.done s3');
    expect(stage.at('r2')).toBe('ended');
  });

  it('without readerSerialisedWithCopies fetches new data where it has looked before the write (B-03)', () => {
    const stage = on(scenarioWith(), { without: ['readerSerialisedWithCopies'] });
    stage.play('job: start', 'r: readT0.start', 'r: readT0.look c0', 'g1: ... write.done', 'r: readT0.took c0');
    expect(stage.read(0, 1)).toBe('s0.g1 s1.g1');
  });

  it('without it, where effects come sector by sector, reads half of each', () => {
    const stage = on(scenarioWith(), { without: ['readerSerialisedWithCopies'], effects: 'sector' });
    stage.play('job: start', 'r: readT0.start', 'r: readT0.look c0', 'r: readT0.took s0', 'g1: ... write.done', 'r: readT0.took s1');
    expect(stage.read(0, 1)).toBe('s0@0 s1.g1');
  });

  it('is told of an error of the target, and lets the next one have the clusters', () => {
    const stage = on({ ...scenarioWith(), faults: [{ side: 'target', op: 'read', cluster: 0, errno: 'ENOSPC', times: 1 }] });
    stage.play('job: start', 'r: readT0.start', 'g1: write.start', 'r: readT0.look c0');
    expect([stage.at('r'), stage.canRun('g1'), copiesInFlight(stage.machine)]).toEqual(['readT0.ENOSPC', true, []]);
    stage.play('r: readT0.ENOSPC', 'g1: ...');
    expect([stage.at('r'), stage.at('g1')]).toEqual(['ended', 'ended']);
  });

  it('strikes no fault of the source: it reads through the target', () => {
    const stage = on({ ...scenarioWith(), faults: [{ side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 1 }] });
    stage.play('job: start', 'r: ... readT0.done c0');
    expect(stage.at('r')).toBe('ended');
  });

  it('may go on when the job is gone, from the closed target, and nobody keeps T0 for it', () => {
    const stage = on(scenarioWith());
    stage.play('job: start', 'user: cancel', 'job: park', 'job: close', 'r: readT0.start');
    expect([stage.at('r'), copiesInFlight(stage.machine)]).toEqual(['readT0.look c0', []]);
    stage.play('r: readT0.look c0', 'g1: ... write.done', 'r: readT0.took c0');
    expect([stage.read(0, 1), stage.machine.world.cells[stage.machine.world.misuseCell]]).toEqual(['s0.g1 s1.g1', 0]);
  });

  it('that is still reading when the job unhooks gives back its turn all the same', () => {
    const stage = on(scenarioWith());
    stage.play('job: start', 'r: readT0.start', 'r: readT0.look c0', 'user: cancel', 'job: park', 'job: close', 'r: ... readT0.done c0');
    expect(copiesInFlight(stage.machine)).toEqual([]);
  });
});

describe('a NONE job', () => {
  it('copies nothing itself, and is parked until it is cancelled', () => {
    const stage = on(scenarioWith());
    stage.play('job: start');
    expect([stage.at('job'), stage.canRun('job')]).toEqual(['park', false]);
    stage.play('user: cancel', 'job: park');
    expect(stage.at('job')).toBe('close');
  });

  it('sleeps on without cancelWakesParkedJob, and parks again without cancelCheckedAfterSleep', () => {
    const asleep = on(scenarioWith(), { without: ['cancelWakesParkedJob'] });
    asleep.play('job: start', 'user: cancel');
    expect(asleep.canRun('job')).toBe(false);
    const again = on(scenarioWith(), { without: ['cancelCheckedAfterSleep'] });
    again.play('job: start', 'user: cancel', 'job: park');
    expect([again.at('job'), again.canRun('job')]).toEqual(['park', false]);
  });
});
