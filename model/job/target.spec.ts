import { describe, expect, it } from 'vitest';
import { Image } from '../block/image.ts';
import { World } from '../kernel/world.ts';
import { NOBODY, request, smallScenario, staged } from '../testing.ts';
import type { ExistingTarget, Scenario } from '../scenario/scenario.ts';
import type { BackupJob } from '../families/notifier/job.ts';
import type { Machine } from '../machine/machine.ts';
import { backupClusterSectors, effectiveSync, refusesTarget, targetBacking } from './target.ts';
import { type SyncMode, syncOf } from '../sync.ts';
import { type RuleName, rulesWithout } from '../families/notifier/rules.ts';

const CORRECT = rulesWithout([]);

/** An overlay over a base, and one over nothing. */
function disks(): { base: Image; source: Image; alone: Image } {
  const world = new World(1000);
  const base = new Image(world, 'base', { sectors: 4, clusterSectors: 0, backing: null });
  const source = new Image(world, 'source', { sectors: 4, clusterSectors: 2, backing: base });
  const alone = new Image(world, 'alone', { sectors: 4, clusterSectors: 2, backing: null });
  world.seal();
  return { base, source, alone };
}

describe('a new target', () => {
  const { base, source, alone } = disks();

  it('lies over nothing (FULL), over what the source lies over (TOP), over the source itself (NONE)', () => {
    expect(targetBacking(syncOf('full'), source, CORRECT)).toBeNull();
    expect(targetBacking(syncOf('top'), source, CORRECT)).toBe(base);
    expect(targetBacking(syncOf('none'), source, CORRECT)).toBe(source);
  });

  it.each<{ rule: RuleName; full: Image | null; top: Image | null; none: Image | null }>([
    { rule: 'fullTargetGetsNoBacking', full: base, top: base, none: source },
    { rule: 'topTargetGetsSourcesBacking', full: null, top: null, none: source },
    { rule: 'noneTargetGetsLiveSource', full: null, top: base, none: null },
  ])('without $rule lies elsewhere in its mode only', ({ rule, ...backings }) => {
    for (const mode of ['full', 'top', 'none'] as const)
      expect(targetBacking(syncOf(mode), source, rulesWithout([rule]))).toBe(backings[mode]);
  });

  it('of a source over nothing lies over nothing, but for NONE', () => {
    for (const mode of ['full', 'top'] as const) expect(targetBacking(syncOf(mode), alone, CORRECT)).toBeNull();
    expect(targetBacking(syncOf('none'), alone, CORRECT)).toBe(alone);
  });
});

describe('the mode', () => {
  const { base } = disks();

  it.each<{ mode: SyncMode; backing: Image | null; effective: SyncMode }>([
    { mode: 'full', backing: base, effective: 'full' },
    { mode: 'top', backing: base, effective: 'top' },
    { mode: 'none', backing: base, effective: 'none' },
    { mode: 'full', backing: null, effective: 'full' },
    { mode: 'top', backing: null, effective: 'full' },
    { mode: 'none', backing: null, effective: 'none' },
  ])('$mode is $effective in effect', ({ mode, backing, effective }) => {
    expect(effectiveSync(syncOf(mode), backing, CORRECT).name).toBe(effective);
  });

  it('top stays top without its rule, and then nothing of an unallocated cluster is stored', () => {
    expect(effectiveSync(syncOf('top'), null, rulesWithout(['topWithoutBackingIsFull'])).name).toBe('top');
    const small = smallScenario('top', []);
    const scenario = { ...small, disk: { ...small.disk, overlay: { ...small.disk.overlay!, baseSectors: null } } };
    const written = (without: RuleName[]): boolean[] => {
      const { machine, player } = staged(scenario, () => NOBODY, { without });
      player.finish();
      return [0, 2, 4].map((s) => machine.target.isWrittenAt(s));
    };
    expect(written([])).toEqual([true, true, true]);
    expect(written(['topWithoutBackingIsFull'])).toEqual([true, false, true]);
  });
});

describe('the clusters of the backup', () => {
  it.each([
    { target: { clusterSectors: 2, isBare: false }, sectors: 4 },
    { target: { clusterSectors: 8, isBare: false }, sectors: 4 }, // it fills the rest from what lies beneath
    { target: { clusterSectors: 0, isBare: true }, sectors: 4 },
    { target: { clusterSectors: 2, isBare: true }, sectors: 4 },
    { target: { clusterSectors: 8, isBare: true }, sectors: 8 },
  ])(
    'of 4 sectors, with clusters of $target.clusterSectors in a target that is bare ($target.isBare), have $sectors',
    ({ target, sectors }) => {
      expect(backupClusterSectors(4, target, CORRECT)).toBe(sectors);
      expect(backupClusterSectors(4, target, rulesWithout(['targetClusterNotLarger']))).toBe(4);
    },
  );

  it('are copied whole: one write has all of a larger target cluster copied', () => {
    const scenario: Scenario = {
      ...smallScenario('none', [request('g1', 'write', [0, 1])], { cancel: false }),
      targetClusterSectors: 4,
      existingTarget: { sectors: 6, backed: false, data: [] },
    };
    const shown = (without: RuleName[]): string => {
      const { machine, player } = staged(scenario, () => NOBODY, { without });
      player.finish();
      return [0, 1, 2, 3].map((s) => machine.contentName(machine.target.contentAt(s))).join(' ');
    };
    expect(shown([])).toBe('s0@0 s1@0 s2@0 s3@0');
    expect(shown(['targetClusterNotLarger'])).toBe('s0@0 s1@0 zero zero'); // S-08
  });
});

/** Whether the command would refuse the target of a machine of a built-in job. */
const refuses = ({ job }: Machine): boolean => refusesTarget(job as BackupJob);

describe('an existing target', () => {
  const refused = (mode: SyncMode, existingTarget: ExistingTarget | undefined, without: RuleName[] = []): boolean => {
    const scenario = { ...smallScenario(mode, []), targetClusterSectors: 2, ...(existingTarget && { existingTarget }) };
    return refuses(staged(scenario, () => NOBODY, { without }).machine);
  };
  const target = (sectors: number, data: number[] = []): ExistingTarget => ({ sectors, backed: true, data });

  it.each<SyncMode>(['full', 'top', 'none'])('that fits is taken, and a new one is not looked at (%s)', (mode) => {
    expect(refused(mode, target(6))).toBe(false);
    expect(refused(mode, undefined)).toBe(false);
  });

  it.each<{ mode: SyncMode; sectors: number }>(
    (['full', 'top', 'none'] as const).flatMap((mode) => [5, 7].map((sectors) => ({ mode, sectors }))),
  )('of $sectors sectors instead of 6 is refused ($mode)', ({ mode, sectors }) => {
    expect(refused(mode, target(sectors))).toBe(true);
    expect(refused(mode, target(sectors), ['targetLengthIsSourceLength'])).toBe(false);
  });

  it.each<{ mode: SyncMode; no: boolean }>([
    { mode: 'full', no: false },
    { mode: 'top', no: true },
    { mode: 'none', no: true },
  ])('that holds data of before is refused in mode $mode: $no', ({ mode, no }) => {
    expect(refused(mode, target(6, [3]))).toBe(no);
    expect(refused(mode, target(6, [3]), ['existingTargetIsEmpty'])).toBe(false);
  });

  it('that is the source itself is refused', () => {
    const itself: ExistingTarget = { sectors: 6, backed: false, data: [], isSource: true };
    const scenario: Scenario = {
      ...smallScenario('full', [request('g1', 'write', [0, 2])]),
      targetClusterSectors: 0,
      existingTarget: itself,
    };
    expect(refuses(staged(scenario, () => NOBODY).machine)).toBe(true);
    const { machine, player } = staged(scenario, () => NOBODY, { without: ['targetIsNotSource'] });
    expect(refuses(machine)).toBe(false);
    player.play('job: start', 'job: ... copy.done c0', 'g1: write.start', 'g1: ... write.land c0');
    for (const image of [machine.source, machine.target]) expect(machine.contentName(image.contentAt(0))).toBe('s0.g1'); // one file
    expect([machine.target.isWrittenAt(0), machine.target.isWrittenAt(2)]).toEqual([true, false]);
  });

  it.each<{ mode: SyncMode; no: boolean }>([
    { mode: 'full', no: false },
    { mode: 'top', no: true },
    { mode: 'none', no: true },
  ])('that is raw is refused in mode $mode: $no', ({ mode, no }) => {
    const raw: Scenario = { ...smallScenario(mode, []), targetClusterSectors: 0, existingTarget: { sectors: 6, backed: false, data: [] } };
    const isRefused = (without: RuleName[]): boolean => refuses(staged(raw, () => NOBODY, { without }).machine);
    expect(isRefused([])).toBe(no);
    expect(isRefused(['targetTellsHoles'])).toBe(false); // it does not say that it is empty, nor that it is not
  });

  it('whatever it holds, a FULL of all overwrites it', () => {
    const scenario: Scenario = {
      ...smallScenario('full', [], { zero: [2, 3] }),
      existingTarget: { sectors: 6, backed: false, data: [0, 2, 5] },
    };
    const { machine, player } = staged(scenario, () => NOBODY);
    expect(machine.contentName(machine.target.contentAt(2))).toBe('s2@old');
    player.finish();
    expect([0, 1, 2, 3, 4, 5].map((s) => machine.contentName(machine.target.contentAt(s))).join(' ')).toBe('s0@0 s1@0 zero zero s4@0 s5@0');
  });
});
