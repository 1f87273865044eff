import { describe, expect, it } from 'vitest';
import { Misuse } from '../../kernel/misuse.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { NOBODY, readyNow, request, smallScenario, staged } from '../../testing.ts';
import type { RuleName } from './rules.ts';

function on(scenario: Scenario, ...without: RuleName[]) {
  const { machine, player } = staged<never, typeof NOBODY>(scenario, () => NOBODY, { without });
  const named = (who: string) => machine.coroutines.all.find((c) => machine.coroutineName(c) === who)!;
  return {
    machine,
    play: (...lines: string[]) => void player.play(...lines),
    at: (...who: string[]) => who.map((each) => machine.stepName(named(each).pending)),
    ready: () => readyNow(machine).map((id) => machine.coroutineName(machine.coroutines.byId(id))),
    misuse: () => machine.world.cells[machine.world.misuseCell],
  };
}

describe('copy before write', () => {
  it('reads what the guest is about to overwrite, stores it, marks it, and lets the write go', () => {
    const stage = on(smallScenario('full', [request('g1', 'write', [1, 2])]));
    const { job, target } = stage.machine;
    stage.play('job: start', 'g1: write.start', 'g1: ... copy.land c0');
    expect([stage.at('g1'), target.isWrittenAt(1), job.copied.hasNow(0)]).toEqual([['copy.done c0'], true, false]);
    stage.play('g1: copy.done c0');
    expect([stage.at('g1'), job.copied.hasNow(0), job.inFlight.isHeldSeen(stage.machine.guests[0]!)]).toEqual([
      ['copy.read c1'],
      true,
      true,
    ]);
    stage.play('g1: ... copy.done c1');
    expect([stage.at('g1'), job.inFlight.isHeldSeen(stage.machine.guests[0]!)]).toEqual([['write.send s1'], false]);
  });

  it('ends at the first error: what was copied before stays marked, and the clusters are free for others', () => {
    const guest = [request('g1', 'write', [0, 6]), request('g2', 'write', [2, 2])];
    const stage = on({ ...smallScenario('full', guest), faults: [{ side: 'target', op: 'write', cluster: 1, errno: 'EIO', times: 1 }] });
    stage.play('job: start', 'g1: write.start', 'g2: write.start', 'g1: ... copy.store c1');
    expect([stage.at('g1', 'g2'), stage.ready()]).toEqual([
      ['write.EIO', 'wait c1'],
      ['job', 'g1', 'g2'],
    ]);
    expect([0, 1, 2].map((c) => stage.machine.job.copied.hasNow(c))).toEqual([true, false, false]);
    const { machine } = stage;
    expect([0, 1].map((s) => machine.guests[0]!.bufferContent(s))).toEqual([0, 0]);
    stage.play('g2: ... copy.done c1');
    expect(machine.contentName(machine.target.contentAt(2))).toBe('s2@0');
  });

  it('keeps the job from ending while it waits for another copy, but not without lockBeforeWaiting', () => {
    const scenario = smallScenario('none', [request('g1', 'write', [0, 2]), request('g2', 'write', [0, 2])], { cancel: true });
    const whenTheFirstHasEnded = (...without: RuleName[]): string[] => {
      const stage = on(scenario, ...without);
      stage.play('job: start', 'g1: write.start', 'g2: write.start', 'user: cancel', 'job: park', 'g1: ... copy.done c0');
      expect(stage.at('job', 'g2')).toEqual(['drain.copies', 'wait c0']);
      return stage.ready();
    };
    expect(whenTheFirstHasEnded()).toEqual(['g1', 'g2']);
    expect(whenTheFirstHasEnded('lockBeforeWaiting')).toEqual(['job', 'g1', 'g2']);
  });

  it.each(['read', 'store'])('leaves nothing in the buffer if the %s fails', (what) => {
    const [side, op] = what === 'read' ? (['source', 'read'] as const) : (['target', 'write'] as const);
    const scenario: Scenario = {
      ...smallScenario('full', []),
      onError: { source: 'ignore', target: 'ignore' },
      faults: [{ side, op, cluster: 0, errno: 'EIO', times: 1 }],
    };
    const stage = on(scenario);
    stage.play(`job: ... copy.${what} c0`);
    expect([stage.at('job'), [0, 1].map((s) => stage.machine.job.bufferContent(s))]).toEqual([['sleep c0'], [0, 0]]);
  });
});

describe('the bits that a copy goes by', () => {
  const scenario = smallScenario('none', [request('g1', 'write', [2, 2]), request('g2', 'write', [0, 6])]);
  const afterOne = ['job: start', 'g1: write.start', 'g1: ... write.done', 'g2: write.start', 'g2: ... copy.done c0'];

  it('are asked for each cluster of a request: one that another has copied since is passed over', () => {
    const stage = on(scenario);
    stage.play(...afterOne);
    expect(stage.at('g2')).toEqual(['copy.read c2']);
  });

  it('are asked no more after the first that has to be copied, without everyBitIsLookedUp', () => {
    const stage = on(scenario, 'everyBitIsLookedUp');
    stage.play(...afterOne);
    expect(stage.at('g2')).toEqual(['copy.read c1']); // which holds what g1 wrote
    const behind = on(smallScenario('none', [request('g1', 'write', [0, 2]), request('g2', 'write', [0, 6])]), 'everyBitIsLookedUp');
    behind.play('job: start', 'g1: write.start', 'g1: ... write.done', 'g2: write.start');
    expect(behind.at('g2')).toEqual(['copy.read c1']); // those before it are passed over, as in QEMU
  });
});

describe('the state of a VM that is saved', () => {
  it('passes the hook by', () => {
    const stage = on(smallScenario('full', [request('g1', 'savevm', [0, 0])]));
    stage.play('job: start', 'g1: savevm.start');
    expect([stage.at('g1'), stage.misuse()]).toEqual([['savevm.done'], Misuse.none]);
  });

  it('is looked for past the end of the bitmap, without savevmPassesHookBy, once there is a hook', () => {
    for (const sectors of [0, 1, 2, 5, 6]) {
      const stage = on(
        smallScenario('none', [request('g1', 'savevm', [0, 0], { early: true })], { sectors, zero: [] }),
        'savevmPassesHookBy',
      );
      stage.play('job: start', 'g1: savevm.start');
      expect({ sectors, misuse: stage.misuse() }).toEqual({ sectors, misuse: Misuse.outOfRange });
      const before = on(
        smallScenario('none', [request('g1', 'savevm', [0, 0], { early: true })], { sectors, zero: [] }),
        'savevmPassesHookBy',
      );
      before.play('g1: savevm.start', 'job: start', 'g1: savevm.done');
      expect(before.misuse()).toBe(Misuse.none);
    }
  });
});

describe('a copy of a larger cluster, as a bare target with larger ones takes', () => {
  it('leaves nothing in the buffer if only a later part of the read fails', () => {
    const small = smallScenario('top', [], { sectors: 4 }); // sectors 0 and 1 are the overlay's, 2 and 3 its backing file's: two reads
    const scenario: Scenario = {
      ...small,
      targetClusterSectors: 4,
      existingTarget: { sectors: 4, backed: false, data: [] },
      faults: [{ side: 'source', op: 'read', cluster: 1, errno: 'EIO', times: 1 }],
    };
    const stage = on(scenario);
    const buffer = (): number[] => [0, 1, 2, 3].map((s) => stage.machine.job.bufferContent(s));
    stage.play('job: ... copy.took c0');
    expect(buffer().slice(0, 2)).not.toContain(0);
    stage.play('job: copy.read s2');
    expect([stage.at('job'), buffer()]).toEqual([['close'], [0, 0, 0, 0]]);
  });
});

describe('the read of a copy on a disk that copies on read', () => {
  /** Cluster 0 lies in the backing file. */
  const small = smallScenario('full', [request('g1', 'write', [0, 2]), request('g2', 'read', [0, 1])], { sectors: 2 });
  const overlay = { clusterSectors: 2, allocated: [], zeroClusters: [], baseSectors: 2 };
  const scenario: Scenario = { ...small, disk: { ...small.disk, overlay, copyOnRead: true } };

  it('copies nothing up, and waits for no request of the guest: not for the one that it serves, nor for one that reads', () => {
    const stage = on(scenario);
    stage.play('job: start', 'g2: read.start', 'job: sleep c0', 'job: ... copy.done c0');
    expect([stage.at('g2'), stage.machine.source.isAllocatedAt(0)]).toEqual([['cor.look c0'], false]);
    const other = on(scenario);
    other.play('job: start', 'g1: ... write.done');
    expect([other.at('g1'), other.misuse()]).toEqual([['ended'], Misuse.none]);
  });

  it('waits for the very write that it serves without copyReadIgnoresOwnRequest (S-04)', () => {
    const stage = on(scenario, 'copyReadIgnoresOwnRequest');
    stage.play('job: start', 'g1: write.start');
    expect(stage.misuse()).toBe(Misuse.waitsForItself);
  });

  it('copies up, as any read does, without jobReadIgnoresGuests', () => {
    const stage = on(scenario, 'jobReadIgnoresGuests');
    stage.play('job: start', 'job: sleep c0');
    expect(stage.at('job')).toEqual(['cor.look c0']);
    stage.play('job: ... copy.done c0');
    expect([stage.machine.source.isAllocatedAt(0), stage.misuse()]).toEqual([true, Misuse.none]);
  });

  it('and waits for a write that waits for the job, if the limits hold it back meanwhile (S-05)', () => {
    const throttled: Scenario = { ...scenario, guest: small.guest.slice(0, 1), disk: { ...scenario.disk, throttled: true } };
    const abba = ['job: start', 'g1: write.start', 'job: sleep c0', 'g1: throttle', 'job: copy.queue c0', 'job: copy.throttle c0'];
    const stuck = on(throttled, 'jobReadIgnoresGuests');
    stuck.play(...abba);
    expect([stuck.at('job', 'g1'), stuck.ready()]).toEqual([['copy.overlap c0', 'wait c0'], []]);
    const correct = on(throttled);
    correct.play(...abba);
    expect([correct.at('job', 'g1'), correct.ready()]).toEqual([['copy.read c0', 'wait c0'], ['job']]);
  });
});
