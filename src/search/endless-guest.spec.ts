/** A guest that never stops: what it breaks, what it must not, and that it is fair. */
import { beforeAll, describe, expect, it } from 'vitest';
import '../families/custom.ts';
import type { CustomJobFile } from '../../model/families/custom/file-name.ts';
import type { Backup, Copier, Job, Run } from '../../model/families/custom/job.ts';
import { registerJob } from '../../model/families/custom/registry.ts';
import { JobState } from '../../model/job/job-status.ts';
import { request, smallScenario, staged } from '../../model/testing.ts';
import { optionsOf } from '../../model/machine/job-options.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';
import { sized } from '../../tools/nightly/testing.ts';
import '../families/block-copy.ts';
import { generated } from '../scenarios/sources.ts';
import { MODES, SCOPE, neverStop, settingWithout } from '../testing.ts';
import { Benches, type UnitResult, runUnit } from './campaign/campaign.ts';
import { ENDLESS_CYCLE } from './cycle-detector.ts';
import { ALL_REDUCTIONS } from './exhaustive/reductions.ts';
import { search } from './exhaustive/testing.ts';

type Chunked = Backup<'busy' | 'done' | 'came', 'free'>;
let chunked: Job<'busy' | 'done', 'free'>;
let copyChunk: (backup: Chunked, me: Copier, cluster: number) => Run<number>;
beforeAll(async () => {
  ({ default: chunked, copyChunk } = await import(new URL('../../examples/own-job/chunked.mjs', import.meta.url).href));
});

/** The example, but the job copies a cluster only after a sleep in which no guest has come to write. */
const waitsForIdleness = (): Job<'busy' | 'done' | 'came', 'free'> => ({
  modes: ['full'],
  cells: { busy: 'clusters', done: 'clusters', came: 'one' },
  queues: { free: 'clusters' },
  *run(backup) {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    for (let c = 0; c < backup.clusters && !backup.isCancelled;) {
      backup.cells.came.set(0);
      yield* backup.sleep(c);
      if (backup.cells.came.get() === 1) continue;
      const error = yield* copyChunk(backup, backup.job, c);
      if (error === 0) c++;
      else if (!backup.goesOnAfter(error)) break;
    }
    yield* backup.copies.drain();
    backup.unlinkHook();
    backup.free();
    yield* backup.closeTarget();
    backup.end();
  },
  *beforeWrite(backup, me) {
    backup.cells.came.set(1);
    return yield* chunked.beforeWrite(backup, me);
  },
});

const endless = (scenario: Scenario): Scenario => ({ ...scenario, endlessGuest: true });
const g1 = request('g1', 'write', [0, 1]);
const g2 = request('g2', 'write', [1, 1]);

/** What a custom job comes to in one scenario. */
function searched(job: Job, scenario: Scenario, schedules: number): UnitResult {
  const name = 'endless.mjs' as CustomJobFile;
  registerJob(name, job);
  const options = { seed: 'endless', strategy: 'portfolio', setting: settingWithout([], { customJob: name }), keepGoing: false };
  const source = { draw: () => scenario, schedulesPerScenario: 8, scenariosPerUnit: 64 };
  return runUnit(options, source, { mode: scenario.mode, number: 0, schedules }, new Benches(), neverStop);
}

describe('a job that waits for the guest to be idle', () => {
  const scenario = smallScenario('full', [g1], { sectors: 2 });

  it('ends where the guest stops', () => {
    expect(searched(waitsForIdleness() as Job, scenario, 200)).toMatchObject({ schedules: 200, cutOff: 0, found: [] });
  });

  it('is found not to end where it never does', () => {
    expect(searched(waitsForIdleness() as Job, endless(scenario), 200).found).toMatchObject([{ violation: ENDLESS_CYCLE }]);
  });
});

describe('a job that does not', () => {
  it('ends, though a custom one', () => {
    const scenario = endless(smallScenario('full', [g1, g2], { sectors: 4 }));
    expect(searched(chunked as Job, scenario, 200)).toMatchObject({ schedules: 200, cutOff: 0, found: [] });
  });

  it('ends, though it drains the guest again and again: a drain holds it back', () => {
    const drains: Job<'busy' | 'done', 'free'> = {
      ...chunked,
      *run(backup) {
        backup.begin();
        backup.linkHook();
        for (let c = 0; c < backup.clusters; c++) {
          yield* backup.drainGuest();
          yield* copyChunk(backup as Chunked, backup.job, c);
        }
        yield* backup.copies.drain();
        backup.unlinkHook();
        backup.free();
        yield* backup.closeTarget();
        backup.end();
      },
    };
    const scenario = endless(smallScenario('full', [g1, g2], { sectors: 6 }));
    expect(searched(drains as Job, scenario, 600)).toMatchObject({ schedules: 600, cutOff: 0, found: [] });
  });

  it.each((['correct', 'block-copy'] as const).flatMap((job) => MODES.map((mode) => ({ job, mode }))))(
    'ends, though $job in $mode',
    ({ job, mode }) => {
      const drawn = generated({ ...SCOPE, faults: true, endlessGuest: true, jobOptions: optionsOf(job) });
      const source: typeof drawn = {
        ...drawn,
        draw: (...from) => {
          for (;;) {
            const scenario = drawn.draw(...from);
            if (scenario.endlessGuest === true) return scenario;
          }
        },
      };
      const setting = settingWithout([], { job });
      const options = { seed: `endless ${job}`, strategy: 'portfolio', setting, keepGoing: false };
      const schedules = sized(48, 20_000);
      const result: UnitResult = runUnit(options, source, { mode, number: 0, schedules }, new Benches(), neverStop);
      expect(result).toMatchObject({ schedules, cutOff: 0, found: [] });
    },
  );

  it.each([
    { job: 'correct', mode: 'full' },
    { job: 'correct', mode: 'none' },
    { job: 'block-copy', mode: 'full' },
  ] as const)('ends in every schedule, with and without reductions: $job in $mode', ({ job, mode }) => {
    const scenario = endless(smallScenario(mode, sized([g1], [g1, g2]), { sectors: 2 }));
    const [plain, reduced] = [search(scenario, {}, { job }), search(scenario, ALL_REDUCTIONS, { job })];
    expect(plain).toMatchObject({ broken: null, complete: true });
    expect(reduced).toMatchObject({ broken: null, complete: true });
    expect(reduced.ends).toEqual(plain.ends);
  });
});

describe('a guest that never stops', () => {
  const stage = (scenario: Scenario) => staged<Violation, Properties>(endless(scenario), (machine) => new Properties(machine));

  it('begins once more after each step of the job, as long as the hook is linked', () => {
    const { player, machine } = stage(smallScenario('full', [g1], { sectors: 2 }));
    const [guest] = machine.guests;
    expect(player.play('job: start', 'g1: ... write.done')).toBeNull();
    expect(machine.stepName(guest!.pending)).toBe('write.start');
    expect(machine.coroutines.isReady(guest!.id)).toBe(false);
    expect(player.play('job: ...')).toBeNull();
    expect(player.finish()).toBeNull();
    expect(machine.coroutines.alive()).toEqual([]);
    expect(machine.job.status.stateSeen).toBe(JobState.completed);
  });

  it('may be left waiting for a job that nobody cancels', () => {
    const { player, machine } = stage(smallScenario('none', [g1], { sectors: 2, cancel: false }));
    expect(player.finish()).toBeNull();
    expect(machine.coroutines.alive().map((c) => machine.stepName(c.pending))).toEqual(['park', 'write.start']);
  });
});
