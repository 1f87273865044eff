import { describe, expect, it } from 'vitest';
import '../src/families/custom.ts';
import type { SyncMode } from '../model/sync.ts';
import type { Fault } from '../model/block/faults.ts';
import type { GuestKind } from '../model/block/guest.ts';
import { Place } from '../model/block/image.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { GuestOperation, Scenario } from '../model/scenario/scenario.ts';
import { LAYOUTS, goOn, layoutsOf, randomScenario, request, runToEnd, seeded, smallScenario, staged } from '../model/testing.ts';
import type { Backup, Copier, Job } from '../model/families/custom/job.ts';
import { registerJob } from '../model/families/custom/registry.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Scenario, setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const MODES: readonly SyncMode[] = ['full', 'top', 'none'];
const g1 = request('g1', 'write', [0, 2]);
const readT0 = request('g1', 'readT0', [0, 2]);

/** Its guests try once more to read what could not be read. */
const TRIES_AGAIN: Job = {
  modes: ['full'],
  steps: ['again'],
  *run(backup: Backup) {
    backup.begin();
    backup.linkHook();
    yield* backup.step(backup.job, 'again', 0);
    for (let c = 1; c < backup.clusters; c++) {
      yield* backup.source.read(backup.job, c);
      yield* backup.target.write(backup.job, c);
      backup.count(c);
    }
    yield* backup.closeTarget();
    backup.unlinkHook();
    backup.end();
  },
  *beforeWrite(backup: Backup, me: Copier) {
    if ((yield* backup.source.read(me, 0)) !== 0) {
      yield* backup.step(me, 'again', 0);
      yield* backup.source.read(me, 0);
    }
    const error = yield* backup.target.write(me, 0);
    backup.count(0);
    return error;
  },
};

/** Where the model keeps the end of the first guest's range: the cell that differs between two lengths. */
function rangeEndCell(machine: Machine): number {
  const scenario = machine.scenario;
  const loaded = [1, 2].map((count) => {
    machine.load({ ...scenario, guest: [{ ...scenario.guest[0]!, count }] });
    machine.begin();
    return machine.world.cells.slice();
  });
  machine.load(scenario);
  machine.begin();
  return loaded[0]!.findIndex((value, cell) => value !== loaded[1]![cell]);
}

/** Changes one sector of the source where it lies, behind everybody's back. */
const flipped = (machine: Machine, sector: number) => (): void =>
  machine.world.store(machine.source.dataCell + sector, machine.contents.byGuest(7, sector));

describe('guest-unharmed', () => {
  it('holds while a guest writes, zeroes and reads in the middle of a backup', () => {
    const { player, machine } = stage(smallScenario('full', [g1, request('g2', 'zero', [3, 2]), request('g3', 'read', [0, 6])]));
    const read = (...sectors: number[]): string[] => sectors.map((s) => machine.contentName(machine.guests[2]!.bufferContent(s)));
    player.play('job: ... copy.read c0', 'g3: ... read.took c0', 'g2: ... zero.land s3');
    expect(read(0, 1)).toEqual(['s0@0', 's1@0']);
    player.play('g3: read.took c1', 'job: ... copy.done c0', 'g1: ...', 'g2: ...');
    expect(read(2, 3)).toEqual(['s2@0', 'zero']);
    player.play('g3: read.took c2');
    expect(read(4, 5)).toEqual(['zero', 's5@0']);
    expect(player.finish()).toBeNull();
    expect(Array.from({ length: 6 }, (_, s) => machine.contentName(machine.source.contentAt(s)))).toEqual([
      's0.g1',
      's1.g1',
      's2@0',
      'zero',
      'zero',
      's5@0',
    ]);
  });

  it.each(MODES)('holds for a correct job whatever its guests ask for (%s)', (mode) => {
    const kinds: readonly GuestKind[] = ['write', 'zero', 'discard', 'read', 'read'];
    for (const layout of layoutsOf(mode)) {
      const pick = seeded(`unharmed ${mode} ${layout.sectors}`);
      const { machine, observer } = stage(randomScenario(layout, pick, kinds), { effects: layout.effects });
      for (let run = 0; run < 100; run++) {
        if (run % 2 === 0) machine.load(randomScenario(layout, pick, kinds));
        expect(runToEnd(machine, observer, pick).broken).toBeNull();
      }
    }
  });
});

describe('the source changed without a guest request', () => {
  it.each(MODES)('is caught at any time: before T0, during the job, after its end (%s)', (mode) => {
    for (const until of [[], ['job: start'], ['job: start', 'g1: ... write.land c0'], ['job: start', 'g1: ...', 'job: ...']]) {
      const on = stage(smallScenario(mode, [g1]));
      expect(on.player.play(...until)).toBeNull();
      expect(on.player.spoil(flipped(on.machine, 0))?.property).toMatch(/guest-unharmed|snapshot-kept/);
    }
  });

  it('is told with both contents', () => {
    const { player, machine } = stage(smallScenario('full', []));
    const broken = player.spoil((world) => world.store(machine.source.dataCell + 3, machine.contents.byGuest(0, 3)));
    expect(broken).toEqual({
      property: 'guest-unharmed',
      sector: 3,
      expected: machine.contents.atT0(3),
      got: machine.contents.byGuest(0, 3),
      detail: 'sector 3 is s3.?3 instead of s3@0 for the guest: the source changed without a guest request',
    });
  });

  it('is caught where a cluster loses its allocation', () => {
    const { player, machine } = stage(smallScenario('top', []));
    expect(player.spoil((world) => world.store(machine.source.placeCell, Place.backing))).toMatchObject({
      property: 'guest-unharmed',
      sector: 0,
    });
  });

  it('is no matter in a cell that shows nothing: data of a cluster that is not allocated', () => {
    const { player, machine } = stage(smallScenario('top', []));
    expect(player.spoil(flipped(machine, 2))).toBeNull();
    expect(player.finish()).toBeNull();
  });
});

describe('an effect of a guest request', () => {
  it('that does not reach the source is caught in the step of the effect', () => {
    const { player, machine } = stage(smallScenario('full', [g1]));
    player.play('job: start', 'g1: ... write.send c0');
    const broken = player.playSpoiled('g1: write.land c0', (world) => world.store(machine.source.dataCell + 1, machine.contents.atT0(1)));
    expect(broken).toMatchObject({
      property: 'guest-unharmed',
      sector: 1,
      expected: machine.contents.byGuest(0, 1),
      got: machine.contents.atT0(1),
    });
    expect(broken?.detail).toContain('g1 has just taken effect there');
  });

  it.each<[GuestKind, string]>([
    ['write', 's0@0'],
    ['zero', 's0@0'],
    ['discard', 's0@0'],
  ])('is caught if a %s lands and the old data stands there again', (kind, old) => {
    const { player, machine } = stage(smallScenario('full', [request('g1', kind, [0, 2])]));
    player.play('job: start', `g1: ... ${kind}.send c0`);
    const broken = player.playSpoiled(`g1: ${kind}.land c0`, (world) => world.store(machine.source.dataCell, machine.contents.atT0(0)));
    expect(broken).toMatchObject({ property: 'guest-unharmed', sector: 0 });
    expect(machine.contentName(broken!.got!)).toBe(old);
  });

  it('that strays into another sector is caught', () => {
    const { player, machine } = stage(smallScenario('full', [g1]));
    player.play('job: start', 'g1: ... write.send c0');
    const broken = player.playSpoiled('g1: write.land c0', (world) =>
      world.store(machine.source.dataCell + 2, machine.contents.byGuest(0, 2)),
    );
    // The neighbour has not been copied yet, so the snapshot suffers as well, and is asked first.
    expect(broken).toMatchObject({ property: 'snapshot-kept', sector: 2 });
  });

  // The steps are taken from the table here, so that a hand may say which comes next.
  const learned = (): ReturnType<typeof stage> & { next: (what: string) => void } => {
    const on = stage(smallScenario('full', [g1]), { table: true });
    runToEnd(on.machine, on.observer, (count) => count - 1); // guests first, so that all their steps are learned
    on.machine.begin();
    on.observer.begin();
    on.player.play('job: start', 'g1: ... copy.done c0');
    return { ...on, next: (what) => on.machine.world.store(on.machine.guests[0]!.slot, on.machine.parseStep(what)!) };
  };

  it('that comes before its submit is caught', () => {
    const { player, next } = learned();
    next('write.land c0');
    expect(player.play('g1: write.land c0')).toEqual({ property: 'guest-unharmed', detail: 'g1 took effect before it was submitted' });
  });

  it('that comes twice is caught at the latest when the request completes', () => {
    const { player, next } = learned();
    player.play('g1: write.send c0', 'g1: write.land c0');
    next('write.land c0');
    expect(player.play('g1: write.land c0')).toBeNull(); // the source shows what it should
    expect(player.play('g1: write.done')).toEqual({ property: 'guest-unharmed', detail: 'g1 completed after 4 of 2 sectors took effect' });
  });

  it('that comes after its completion is caught', () => {
    const { player, machine, observer } = stage(smallScenario('full', [g1]));
    player.play('job: start', 'g1: ...');
    machine.world.beginStep();
    expect(observer.after(machine.guests[0]!, machine.parseStep('write.land c0')!)?.detail).toBe('g1 took effect before it was submitted');
  });

  it('that never comes is caught when the request completes', () => {
    const { player, next } = learned();
    player.play('g1: write.send c0');
    next('write.done');
    expect(player.play('g1: write.done')).toEqual({ property: 'guest-unharmed', detail: 'g1 completed after 0 of 2 sectors took effect' });
  });

  it('may come late, and in any order with others: the shadow gets it in the same step', () => {
    const { player, machine } = stage(smallScenario('full', [request('g1', 'write', [0, 2]), request('g2', 'write', [0, 2])]), {
      effects: 'sector',
    });
    expect(player.play('job: start', 'g1: ... write.land s0', 'g2: ...', 'g1: ...')).toBeNull();
    expect([0, 1].map((s) => machine.contentName(machine.source.contentAt(s)))).toEqual(['s0.g2', 's1.g1']); // torn, as the guest asked for
    expect(player.finish()).toBeNull();
  });
});

describe('a request that covers less than it was asked for', () => {
  it.each<GuestKind>(['write', 'zero', 'read'])('is caught when it completes (%s)', (kind) => {
    const on = stage(smallScenario('full', [request('g1', kind, [0, 4])]));
    const rangeEnd = rangeEndCell(on.machine);
    on.observer.begin();
    on.player.play('job: start');
    on.player.spoil((world) => world.store(rangeEnd, 2));
    expect(on.player.play('g1: ...')).toEqual({ property: 'guest-unharmed', detail: 'g1 completed after 2 of 4 sectors took effect' });
  });

  it('is a discard that leaves alone what it does not cover whole: no harm', () => {
    const { player } = stage(smallScenario('top', [request('g1', 'discard', [1, 4])]));
    expect(player.play('job: start', 'g1: ...')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is a discard within one cluster, which does nothing: no harm', () => {
    const { player, machine } = stage(smallScenario('top', [request('g1', 'discard', [0, 1])]));
    expect(player.play('job: start', 'g1: ... discard.done')).toBeNull();
    expect(machine.contentName(machine.source.contentAt(0))).toBe('s0@0');
  });
});

describe('a request that fails', () => {
  const fault = (more: Partial<Fault> = {}): Fault => ({ side: 'source', op: 'write', cluster: 0, errno: 'EIO', times: 1, ...more });
  const failing = (guest: readonly GuestOperation[], faults: readonly Fault[], mode: SyncMode = 'full'): Scenario => ({
    ...smallScenario(mode, guest),
    faults,
  });
  /** As if this step, in which somebody is told, had just run. */
  const told = ({ machine, observer }: ReturnType<typeof stage>, step: string, guest = 0): Violation | null => {
    machine.world.beginStep();
    return observer.after(machine.guests[guest]!, machine.parseStep(step)!);
  };

  it.each<[string, GuestKind, Fault, string]>([
    ['its own write', 'write', fault({ errno: 'ENOSPC' }), 'write.ENOSPC'],
    ['its own zeroes', 'zero', fault(), 'zero.EIO'],
    ['its own read', 'read', fault({ op: 'read' }), 'read.EIO'],
    ["its copy's read", 'write', fault({ op: 'read' }), 'write.EIO'],
    ["its copy's store", 'zero', fault({ side: 'target', errno: 'ENOSPC' }), 'zero.ENOSPC'],
    ["a discard's copy", 'discard', fault({ side: 'target' }), 'discard.EIO'],
  ])('may say so if a fault struck it: %s', (_, kind, planned, last) => {
    const { player, machine } = stage(failing([request('g1', kind, [0, 2])], [planned]));
    expect(player.play('job: start', `g1: ... ${last}`)).toBeNull();
    expect(machine.contentName(machine.source.contentAt(0))).toBe('s0@0');
    expect(player.finish()).toBeNull();
  });

  it.each<[string, Scenario, string, string]>([
    ['its own write', failing([g1], [fault({ errno: 'ENOSPC' })]), 'write.send c0', 'ENOSPC from the source'],
    ['its own read', failing([request('g1', 'read', [0, 2])], [fault({ op: 'read' })]), 'read.look c0', 'EIO from the source'],
    ["its copy's read", failing([g1], [fault({ op: 'read' })]), 'copy.read c0', 'EIO from the source'],
    ["its copy's store", failing([g1], [fault({ side: 'target' })]), 'copy.store c0', 'EIO from the target'],
    [
      'a read of the point in time',
      failing([readT0], [fault({ side: 'target', op: 'read' })], 'none'),
      'readT0.look c0',
      'EIO from the target',
    ],
  ])('must say so unless it completes: caught if it just ends after a fault in %s', (_, scenario, struck, met) => {
    const { player, machine } = stage({ ...scenario, cancel: true });
    const ends = (): void => machine.coroutines.kill(machine.guests[0]!.id);
    expect(player.play('job: start', `g1: ... ${struck}`, 'user: cancel')).toBeNull();
    expect(player.spoil(ends)).toBeNull();
    expect(player.finish()).toEqual({ property: 'guest-unharmed', detail: `g1 got ${met} and ended without an error` });
  });

  it('may complete in spite of it: a copy that failed may be tried again', () => {
    registerJob('tries-again.mjs', TRIES_AGAIN);
    const { player } = stage(failing([g1], [fault({ op: 'read' })]), { customJob: 'tries-again.mjs' });
    expect(player.play('job: start', 'g1: ... copy.read c0', 'g1: again c0', 'g1: ... write.done')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('may have read some of it before the fault', () => {
    const { player, machine } = stage(failing([request('g1', 'read', [0, 4])], [fault({ op: 'read', cluster: 1 })], 'top'));
    expect(player.play('job: start', 'g1: ... read.took c0')).toBeNull();
    expect(machine.contentName(machine.guests[0]!.bufferContent(1))).toBe('s1@0');
    expect(player.play('g1: read.look c1', 'g1: read.EIO')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('may have copied some clusters before the fault', () => {
    const { player } = stage(failing([request('g1', 'write', [0, 4])], [fault({ side: 'target', cluster: 1 })]));
    expect(player.play('job: start', 'g1: ... copy.store c1', 'g1: write.EIO')).toBeNull();
    expect(player.finish()).toBeNull();
  });

  it('is caught if it met no fault, be there faults on the disk or none', () => {
    const detail = 'g1 was told EIO, though none of its I/O failed';
    for (const faults of [[], [fault({ cluster: 1 })]]) {
      const on = stage(failing([g1], faults));
      on.player.play('job: start', 'g1: ... write.send c0');
      expect(told(on, 'write.EIO')).toEqual({ property: 'guest-unharmed', detail });
    }
  });

  it('is not excused by the fault of another, nor by one that struck the job', () => {
    const on = stage(failing([g1, request('g2', 'write', [2, 2])], [fault({ cluster: 1 }), fault({ side: 'target', cluster: 2 })]));
    expect(on.player.play('job: start', 'g1: ... write.send c0', 'g2: ... write.send c1', 'job: ... copy.store c2')).toBeNull();
    expect(told(on, 'write.EIO', 0)?.detail).toBe('g1 was told EIO, though none of its I/O failed');
    expect(told(on, 'write.EIO', 1)).toBeNull();
  });

  it('is caught if it is told of another errno than it met', () => {
    const struck = (): ReturnType<typeof stage> => {
      const on = stage(failing([g1], [fault({ side: 'target', errno: 'ENOSPC' })]));
      expect(on.player.play('job: start', 'g1: ... copy.store c0')).toBeNull();
      return on;
    };
    expect(told(struck(), 'write.EIO')).toEqual({
      property: 'guest-unharmed',
      detail: 'g1 was told EIO, but its I/O failed with ENOSPC from the target',
    });
    expect(told(struck(), 'write.ENOSPC')).toBeNull();
  });

  it('is caught if it had an effect', () => {
    const on = stage(failing([g1], [fault()]));
    const { machine, observer, player } = on;
    expect(player.play('job: start', 'g1: ... write.send c0')).toBeNull(); // the fault strikes: nothing may land any more
    machine.world.beginStep();
    for (const s of [0, 1]) machine.world.store(machine.source.dataCell + s, machine.contents.byGuest(0, s));
    expect(observer.after(machine.guests[0]!, machine.parseStep('write.land c0')!)).toBeNull();
    expect(told(on, 'write.EIO')).toEqual({ property: 'guest-unharmed', detail: 'g1 failed after it took effect' });
  });
});

describe('what a guest reads', () => {
  const reader = request('g1', 'read', [0, 2]);

  it.each(MODES)('is wrong if it is not what the disk shows when the read takes effect (%s)', (mode) => {
    const { player, machine } = stage(smallScenario(mode, [reader]));
    player.play('job: start', 'g1: ... read.look c0');
    const broken = player.playSpoiled('g1: read.took c0', (world) =>
      world.store(machine.guests[0]!.bufferCell(1), machine.contents.atT0(5)),
    );
    expect(broken).toMatchObject({
      property: 'guest-unharmed',
      sector: 1,
      expected: machine.contents.atT0(1),
      got: machine.contents.atT0(5),
    });
    expect(broken?.detail).toContain('g1 read it');
  });

  it('is right with the data of before or after a write, as long as each sector is what stood there at its effect', () => {
    const { player, machine } = stage(smallScenario('full', [reader, request('g2', 'write', [0, 2])]), { effects: 'sector' });
    expect(player.play('job: start', 'g2: ... write.send c0', 'g1: ... read.took s0', 'g2: ...', 'g1: read.took s1')).toBeNull();
    expect([0, 1].map((s) => machine.contentName(machine.guests[0]!.bufferContent(s)))).toEqual(['s0@0', 's1.g2']);
    expect(player.finish()).toBeNull();
  });

  it("from an overlay is right with the backing file's data if that is where it looked it up before the write landed", () => {
    const inBase = { ...reader, first: 2 };
    const { player, machine } = stage(smallScenario('top', [inBase, request('g2', 'write', [2, 2])]));
    expect(player.play('job: start', 'g1: ... read.look c1', 'g2: ... write.land c1', 'g1: read.took c1')).toBeNull();
    expect([2, 3].map((s) => machine.contentName(machine.guests[0]!.bufferContent(s)))).toEqual(['s2@0', 's3@0']);
    expect(machine.contentName(machine.source.contentAt(2))).toBe('s2.g2');
    expect(player.finish()).toBeNull();
  });

  it('from an overlay is wrong if it was looked up in the wrong place', () => {
    const { player, machine } = stage(smallScenario('top', [reader]));
    player.play('job: start', 'g1: read.start');
    const guest = machine.guests[0]!;
    const broken = player.playSpoiled('g1: read.look c0', () => guest.beginRun(Place.backing, 2));
    expect(broken).toMatchObject({
      property: 'guest-unharmed',
      sector: 0,
      expected: machine.contents.atT0(0),
      got: machine.contents.inBase(0),
    });
    expect(broken?.detail).toContain('g1 looked it up in the wrong place');
  });

  it('from a cluster that is discarded at the same time may be anything', () => {
    const scenario = smallScenario('top', [reader, request('g2', 'discard', [0, 2])]);
    const { player, machine } = stage({ ...scenario, disk: { ...scenario.disk, discardReads: 'backing' } });
    expect(player.play('job: start', 'g1: ... read.look c0', 'g2: ... discard.land c0', 'g1: read.took c0')).toBeNull();
    expect(machine.contentName(machine.guests[0]!.bufferContent(0))).toBe('zero'); // neither the old data nor the backing file's
    expect(player.finish()).toBeNull();
  });
});

describe('any one visible sector of the source that changes at any step of a correct run', () => {
  it.each(LAYOUTS)('is caught at once: $mode, $sectors sectors, effects by $effects', (layout) => {
    const pick = seeded(`any sector ${layout.mode} ${layout.sectors}`);
    const { machine, observer } = stage(randomScenario(layout, pick), { effects: layout.effects });
    let invisible = 0;
    for (let run = 0; run < 100; run++) {
      machine.load(randomScenario(layout, pick));
      const { steps } = runToEnd(machine, observer, pick);
      machine.begin();
      observer.begin();
      expect(goOn(machine, observer, pick, pick(steps + 1)).broken).toBeNull();
      const sector = pick(layout.sectors);
      const before = machine.source.contentAt(sector);
      machine.world.beginStep();
      flipped(machine, sector)();
      const isVisible = machine.source.contentAt(sector) !== before;
      if (!isVisible) invisible++; // it does not matter: the sector shows the backing file or a zero cluster
      expect(observer.after(machine.job, 0)?.sector).toBe(isVisible ? sector : undefined);
    }
    if (layout.sourceClusterSectors === 0) expect(invisible).toBe(0);
    else expect(invisible).toBeGreaterThan(20);
  });
});
