import { describe, expect, it } from 'vitest';
import { ZERO } from '../model/block/content.ts';
import { JobState } from '../model/job/job-status.ts';
import type { GuestOperation, Scenario } from '../model/scenario/scenario.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';
import { StableReader } from './stable-reader.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const g1 = request('g1', 'write', [0, 2]);
const reader = request('r1', 'readT0', [0, 2]);
const scenario = (...guest: readonly GuestOperation[]): Scenario => smallScenario('none', guest);

/** What a request has in its buffer for these sectors. */
const read = ({ machine }: ReturnType<typeof stage>, id: string, ...sectors: number[]): string => {
  const guest = machine.guests.find((g) => machine.coroutineName(g) === id)!;
  return sectors.map((s) => machine.contentName(guest.bufferContent(s))).join(' ');
};

describe('stable-reader', () => {
  it('says that a reader of the target sees the disk at T0, before a guest overwrites it and after', () => {
    const on = stage(scenario(reader, g1, request('r2', 'readT0', [0, 2])));
    const { player, machine } = on;
    player.play('job: start', 'r1: ... readT0.look c0', 'g1: ...');
    expect(machine.stepName(machine.guests[1]!.pending)).toBe('wait c0'); // for the reader, who has looked and not yet fetched
    player.play('r1: readT0.took c0');
    expect(read(on, 'r1', 0, 1)).toBe('s0@0 s1@0'); // from the live source
    player.play('r1: ...', 'g1: ...', 'r2: ... readT0.took c0');
    expect(machine.contentName(machine.source.contentAt(0))).toBe('s0.g1');
    expect(read(on, 'r2', 0, 1)).toBe('s0@0 s1@0'); // from the target
    expect(player.finish()).toBeNull();
  });

  it('holds for zeroes, for a wide read, and where the target looks up more at a time than the reader fetches', () => {
    const wide = request('r1', 'readT0', [1, 5]);
    for (const targetClusterSectors of [2, 4, 8]) {
      const on = stage({ ...smallScenario('none', [g1, wide], { zero: [2, 5] }), targetClusterSectors });
      expect(on.player.play('job: start', 'g1: ...', 'r1: ... readT0.took s1')).toBeNull();
      expect(read(on, 'r1', 1)).toBe('s1@0');
      expect(on.player.play('r1: ... readT0.took c1')).toBeNull();
      expect(read(on, 'r1', 2, 3)).toBe('zero s3@0');
      expect(on.player.play('r1: ... readT0.took c2')).toBeNull();
      expect(read(on, 'r1', 4, 5)).toBe('s4@0 zero');
      expect(on.player.finish()).toBeNull();
    }
  });
});

describe('what a read has of the disk at T0', () => {
  it('is asked of its own sectors, and of each of them', () => {
    const { machine, observer, player } = stage(scenario());
    player.play('job: start');
    const judge = new StableReader(machine, observer.snapshotKept);
    const d0 = (sector: number): number => observer.snapshotKept.d0(sector);
    const firstOther = (wrong: number, got: number | null): unknown =>
      judge.firstOtherThanT0({ first: 1, end: 3 }, (s) => (s === wrong ? got : d0(s)));
    expect([0, 3].map((outside) => firstOther(outside, ZERO))).toEqual([null, null]);
    for (const sector of [1, 2]) {
      expect(firstOther(sector, ZERO)).toEqual({ sector, expected: d0(sector), got: ZERO });
      expect(firstOther(sector, null)).toEqual({ sector, expected: d0(sector) });
    }
  });
});

describe('a guest who overwrites between lookup and fetch', () => {
  const without = ['readerSerialisedWithCopies'] as const;

  it.each(['any', 'qemu'] as const)('is caught when the reader fetches the new data from the source (wake order %s)', (wake) => {
    const { player, machine } = stage(scenario(reader, g1), { without, wake });
    // the backup is right all the time: only this reader is not
    expect(player.play('job: start', 'r1: ... readT0.look c0', 'g1: ...')).toBeNull();
    expect(player.play('r1: readT0.took c0')).toEqual({
      property: 'stable-reader',
      sector: 0,
      expected: machine.contents.atT0(0),
      got: machine.contents.byGuest(1, 0),
      detail: 'sector 0 is s0.g1 instead of s0@0: r1 read it through the target',
    });
  });

  it('is caught sector by sector: what was fetched before is right, what comes after is not', () => {
    const { player } = stage(scenario(reader, g1), { without, effects: 'sector' });
    expect(player.play('job: start', 'r1: ... readT0.took s0', 'g1: ...')).toBeNull();
    expect(player.play('r1: readT0.took s1')).toMatchObject({ property: 'stable-reader', sector: 1 });
  });

  it('is caught in any cluster of a wide read', () => {
    const { player } = stage(scenario(request('r1', 'readT0', [0, 6]), request('g1', 'write', [4, 1])), { without });
    expect(player.play('job: start', 'r1: ... readT0.look c0', 'g1: ...')).toBeNull();
    expect(player.play('r1: ... readT0.took c1')).toBeNull();
    expect(player.play('r1: ... readT0.took c2')).toMatchObject({ property: 'stable-reader', sector: 4 });
  });

  it('is no harm before the lookup, which then finds the target, nor after the fetch', () => {
    for (const lines of [
      ['g1: ...', 'r1: ...'],
      ['r1: ... readT0.took c0', 'g1: ...', 'r1: ...'],
    ]) {
      const { player } = stage(scenario(reader, g1), { without });
      expect(player.play('job: start', ...lines)).toBeNull();
      expect(player.finish()).toBeNull();
    }
  });
});

describe('what a reader has fetched', () => {
  it.each([0, 1])('is caught if it is not what stood there at T0 (sector %i)', (sector) => {
    const { player, machine } = stage(scenario(reader));
    player.play('job: start', 'r1: ... readT0.look c0');
    const broken = player.playSpoiled('r1: readT0.took c0', (world) =>
      world.store(machine.guests[0]!.bufferCell(sector), machine.contents.atT0(5)),
    );
    expect(broken).toMatchObject({
      property: 'stable-reader',
      sector,
      expected: machine.contents.atT0(sector),
      got: machine.contents.atT0(5),
    });
  });

  it('is looked at when it is fetched: what becomes of his buffer later is his own affair', () => {
    const { player, machine } = stage(scenario(reader));
    player.play('job: start', 'r1: ... readT0.took c0');
    expect(
      player.playSpoiled('r1: readT0.done c0', (world) => world.store(machine.guests[0]!.bufferCell(0), machine.contents.atT0(5))),
    ).toBeNull();
  });

  it('is nothing at his lookup, and nothing if his read fails', () => {
    const { player } = stage({ ...scenario(reader), faults: [{ side: 'target', op: 'read', cluster: 0, errno: 'EIO', times: 1 }] });
    expect(player.play('job: start', 'r1: ... readT0.look c0', 'r1: readT0.EIO')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is what the guest reads too, while nobody has written; but guests are another property', () => {
    const { player, machine } = stage(scenario(request('g1', 'read', [0, 2])));
    player.play('job: start', 'g1: ... read.look c0');
    const broken = player.playSpoiled('g1: read.took c0', (world) =>
      world.store(machine.guests[0]!.bufferCell(0), machine.contents.atT0(5)),
    );
    expect(broken?.property).toBe('guest-unharmed');
  });
});

describe('when the promise has closed', () => {
  const unhooked = ['user: cancel', 'job: park'];

  it('a reader may see what guests have written since: the hook is gone, the event not yet sent', () => {
    const on = stage(scenario(g1, reader));
    expect(on.player.play('job: start', ...unhooked, 'g1: ...', 'r1: ... readT0.took c0')).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.active);
    expect(read(on, 'r1', 0, 1)).toBe('s0.g1 s1.g1');
    expect(on.player.finish()).toBeNull();
  });

  it('so may one who had begun before: the job does not wait for readers', () => {
    const on = stage(scenario(g1, reader));
    expect(on.player.play('job: start', 'r1: ... readT0.look c0', ...unhooked, 'g1: ...', 'r1: readT0.took c0')).toBeNull();
    expect(read(on, 'r1', 0, 1)).toBe('s0.g1 s1.g1');
    expect(on.player.finish()).toBeNull();
  });

  it('so may one who comes after the end', () => {
    const on = stage(scenario(g1, reader));
    expect(on.player.play('job: start', ...unhooked, 'job: close', 'g1: ...', 'r1: ... readT0.took c0')).toBeNull();
    expect(on.machine.job.status.stateSeen).toBe(JobState.cancelled);
    expect(on.player.finish()).toBeNull();
  });

  it('until then he may not, though the cancel has been given', () => {
    const { player } = stage(scenario(reader, g1), { without: ['readerSerialisedWithCopies'] });
    expect(player.play('job: start', 'r1: ... readT0.look c0', 'user: cancel', 'g1: ...')).toBeNull();
    expect(player.play('r1: readT0.took c0')).toMatchObject({ property: 'stable-reader' });
  });

  it('as when the command was refused: he has nothing to read', () => {
    const { player, machine } = stage({ ...scenario(g1, reader), existingTarget: { sectors: 7, backed: true, data: [] } });
    expect(player.play('job: start', 'g1: ...', 'r1: readT0.start')).toBeNull();
    expect(machine.guests[1]!.hasEnded).toBe(true);
    expect(player.finish()).toBeNull();
  });
});
