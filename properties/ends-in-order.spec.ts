import { describe, expect, it } from 'vitest';
import '../src/families/custom.ts';
import type { Backup, Job, Run } from '../model/families/custom/job.ts';
import { registerJob } from '../model/families/custom/registry.ts';
import { LAYOUTS, randomScenario, runToEnd, seeded, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import type { Violation } from './property.ts';

/** A job of an empty disk: nothing to copy, and so only an end. */
const jobOf = (run: (backup: Backup) => Run): Job => ({
  modes: ['full'],
  *run(backup) {
    yield* run(backup);
  },
  *beforeWrite() {
    return 0;
  },
});

function brokenBy(run: (backup: Backup) => Run, cancel = false): Violation | null {
  registerJob('ends.mjs', jobOf(run));
  const { player } = staged<Violation, Properties>(
    { ...smallScenario('full', [], { sectors: 0, zero: [], cancel }) },
    (machine) => new Properties(machine),
    { customJob: 'ends.mjs' },
  );
  return player.finish();
}

const inOrder = (detail: string): Violation => ({ property: 'ends-in-order', detail });

describe('ends-in-order', () => {
  it.each([false, true])('holds where the job begins, closes its target, and reports its end (cancelled: %s)', (cancel) => {
    const right = function* (backup: Backup): Run {
      backup.begin();
      yield* backup.closeTarget();
      backup.end();
    };
    expect(brokenBy(right, cancel)).toBeNull();
  });

  it.each<[string, (backup: Backup) => Run, string]>([
    [
      'reports its end twice, in one step',
      function* (backup) {
        backup.begin();
        yield* backup.closeTarget();
        backup.end();
        backup.end();
      },
      'the job reported its end a second time',
    ],
    [
      'reports its end again, some steps later',
      function* (backup) {
        backup.begin();
        yield* backup.closeTarget();
        backup.end();
        yield* backup.closeTarget();
        backup.end();
      },
      'the job reported its end a second time',
    ],
    [
      'closes its target after the event',
      function* (backup) {
        backup.begin();
        backup.end();
        yield* backup.closeTarget();
      },
      'the job reported its end before it had closed its target',
    ],
    [
      'never closes its target',
      function* (backup) {
        backup.begin();
        yield* backup.drainGuest();
        backup.end();
      },
      'the job reported its end before it had closed its target',
    ],
    [
      'takes a second point in time',
      function* (backup) {
        backup.begin();
        backup.begin();
        yield* backup.closeTarget();
        backup.end();
      },
      'the job took a second point in time',
    ],
    [
      'takes a point in time after its end',
      function* (backup) {
        backup.begin();
        yield* backup.closeTarget();
        backup.end();
        backup.begin();
      },
      'the job took a second point in time',
    ],
    [
      'takes no point in time',
      function* (backup) {
        yield* backup.closeTarget();
        backup.end();
      },
      'the job reported its end before it had taken its point in time',
    ],
  ])('is broken where the job %s', (_, run, detail) => {
    expect(brokenBy(run, true)).toEqual(inOrder(detail));
  });

  it('holds for the built-in jobs', () => {
    for (const layout of LAYOUTS) {
      const pick = seeded(`ends ${layout.mode} ${layout.sectors}`);
      const { machine, observer } = staged<Violation, Properties>(randomScenario(layout, pick), (on) => new Properties(on));
      for (let run = 0; run < 10; run++) expect(runToEnd(machine, observer, pick).broken).toBeNull();
    }
  });
});
