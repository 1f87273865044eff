import { describe, expect, it } from 'vitest';
import type { SyncMode } from '../model/sync.ts';
import type { RuleName } from '../model/machine/job-names.ts';
import type { WakeOrder } from '../model/kernel/wake/orders.ts';
import { Misuse } from '../model/kernel/misuse.ts';
import { type Layout, LAYOUTS, layoutsOf, randomScenario, runToEnd, seeded, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

type Setting = Parameters<typeof staged>[2];
const stage = (scenario: Parameters<typeof staged>[0], setting?: Setting) =>
  staged<Violation, Properties>(scenario, (machine) => new Properties(machine), setting);

const MODES: readonly SyncMode[] = ['full', 'top', 'none'];
const WAKES: readonly WakeOrder[] = ['any', 'qemu'];
const GRAINS = ['cluster', 'sector'] as const;

/** Random runs of random scenarios. @returns the properties that they broke, by how many runs */
function brokenIn(layout: Layout, runs: number, setting: Setting & { seed: string }): Map<string, number> {
  const pick = seeded(`${setting.seed} ${layout.mode} ${layout.sectors} ${setting.wake} ${setting.effects}`);
  const { machine, observer } = stage(randomScenario(layout, pick), setting);
  const found = new Map<string, number>();
  for (let run = 0; run < runs; run++) {
    if (run % 2 === 0) machine.load(randomScenario(layout, pick));
    const property = runToEnd(machine, observer, pick).broken?.property;
    if (property !== undefined) found.set(property, (found.get(property) ?? 0) + 1);
  }
  return found;
}

describe('a step that misuses something', () => {
  it('is caught, though it has changed more than there is room to list', () => {
    const { player, machine } = stage(smallScenario('full', []));
    const { dataCell } = machine.source;
    const broken = player.spoil((world) => {
      for (let i = world.changed.length; i > 0; i--) world.store(dataCell, world.cells[dataCell]! ^ 1); // an even number: as it was
      world.misuse(Misuse.spins);
    });
    expect(broken).toMatchObject({ property: 'always-finishes' });
    expect(machine.world.changed).not.toContain(machine.world.misuseCell);
  });
});

describe('a correct job breaks nothing on random schedules', () => {
  it.each(LAYOUTS)('$mode, $sectors sectors, either grain, either wake order', (layout) => {
    for (const wake of WAKES)
      for (const effects of GRAINS) expect(brokenIn(layout, 60, { seed: 'correct', wake, effects })).toEqual(new Map());
  });
});

/** By property, rules that it is the first to miss, and where. */
const MISSED: Record<string, Partial<Record<RuleName, readonly SyncMode[]>>> = {
  'nothing-freed': { drainCopiesBeforeEnd: MODES, lockBeforeWaiting: ['full', 'none'], clampLastCluster: MODES, unhookAtEnd: MODES },
  'always-finishes': {
    wakeWaiters: MODES,
    cancelWakesParkedJob: ['none'],
    topStopsAtEndOfDisk: ['top'],
    resumeWakesPausedJob: ['full', 'top'],
    copyReadIgnoresOwnRequest: MODES,
  },
  'snapshot-kept': {
    copyBeforeWrite: MODES,
    copyBeforeDiscard: MODES,
    hookBeforeFirstYield: MODES,
    topDecidesOnce: ['top'],
    failedCopyFailsGuestWrite: MODES,
    existingTargetIsEmpty: ['top', 'none'],
    drainGuestAtStart: MODES,
  },
  'guest-unharmed': { targetLengthIsSourceLength: ['full'] },
  'stable-reader': { readerSerialisedWithCopies: ['none'] },
  'cancel-is-clean': { eventComesLast: MODES },
  'errors-are-told': { completedTellsError: ['full', 'top'], sideOfErrorIsTold: ['full', 'top'], allocationErrorIsHandled: ['top'] },
  'copies-no-more': { checkBitAfterWaiting: ['full', 'top'], waitForOverlappingCopies: MODES, topSkipsUnallocated: ['top'] },
  'progress-adds-up': { skippedAreCounted: ['top'], hookCopiesAreCounted: MODES },
};

describe('without a rule, its property breaks on random schedules', () => {
  const CASES = Object.entries(MISSED).flatMap(([property, rules]) =>
    Object.entries(rules).flatMap(([rule, modes]) => modes.map((mode) => ({ property, rule: rule as RuleName, mode }))),
  );

  it.each(CASES)('$property, $mode without $rule', ({ property, rule, mode }) => {
    for (let batch = 0; batch < 20; batch++) {
      for (const [i, layout] of layoutsOf(mode).entries()) {
        const wake = WAKES[(batch + i) % 2]!;
        if (brokenIn(layout, 100, { seed: `${rule} ${batch}`, wake, effects: layout.effects, without: [rule] }).has(property)) return;
      }
    }
    expect.unreachable(`${property} held`);
  });
});
