import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SYNC_MODES } from '../../../../model/sync.ts';
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import { oneIn, sized } from '../../../../tools/nightly/testing.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { RandomWalk } from '../../../search/strategies/random-walk.ts';
import { readFailing } from '../../../testing.ts';
import { writeStep, writeTrace } from '../../../trace/write.ts';
import { type CaseResult, runCase } from './case.ts';
import { Draw } from '../draw/draw.ts';
import { Host } from './host.ts';
import { PLAIN, printStart } from '../../../validate/start.ts';
import { FollowLoosely, byStrategy } from './picker.ts';
import { traceOf } from '../campaign/real-trace.ts';
import { replayOnQemu } from '../campaign/replay.ts';
import { SABOTAGES, type SabotageName } from './sabotage.ts';
import { shrinkOnQemu } from '../campaign/shrink.ts';
import { scoreOracle } from '../campaign/oracle-score.ts';
import { Daemon } from '../daemon/daemon.ts';
import { describeWithQemu } from '../daemon/testing.ts';

const BITMAP_ALWAYS = new URL('../../../../traces/releases/bitmap-always-7.2.trace.yaml', import.meta.url);

const draw = new Draw({ clusters: 4, writes: 6, faults: true });

function run(host: Host, mode: (typeof SYNC_MODES)[number], seed: string): Promise<CaseResult> {
  const random = randomNumbers(`${seed}/${mode}`);
  const { scenario, start } = draw.draw(mode, random, host.capabilities);
  return host.run(scenario, start, byStrategy(new RandomWalk(), random));
}

describeWithQemu('a case on a real QEMU', () => {
  it('breaks nothing, and is the same each time, in a process that is kept and in a fresh one', async () => {
    const kept = await Host.start();
    try {
      for (const mode of SYNC_MODES) {
        for (const seed of sized(['a'], ['a', 'b'])) {
          const texts = new Set<string>();
          for (let i = 0; i < sized(2, 6); i++) {
            const host = i % 2 === 0 ? kept : await Host.start();
            const { steps, violation } = await run(host, mode, seed);
            if (host !== kept) await host.stop();
            expect(violation).toBeNull();
            texts.add(steps.map(writeStep).join('\n'));
          }
          expect(texts.size, `${mode} ${seed}`).toBe(1);
        }
      }
    } finally {
      await kept.stop();
    }
  });

  it('is a trace that can be written, read and replayed; and shrunk, if it fails', async () => {
    const host = await Host.start();
    try {
      const found = await failing(host);
      const { result } = await shrinkOnQemu(host, found, new AbortController().signal);
      expect(result.scenario.guest.length).toBeLessThanOrEqual(found.scenario.guest.length);
      const trace = readFailing(writeTrace(traceOf(found, host.version, { strategy: 'random', seed: 'a', run: 0 })));
      expect(trace.job).toBe(`qemu ${host.version}`);
      expect(trace.schedule).toEqual(found.steps);
      expect(await replayOnQemu(host, trace)).toMatchObject({
        outcome: 'holds now',
        detail: expect.stringMatching(/step \d+ was .*, and is /),
      }); // nobody drops its write any more, which shows
      const [first, ...rest] = trace.schedule;
      const ofAnother = { ...trace, job: 'qemu 1.2.3' as const, schedule: [{ ...first!, what: 'start workers 2 chunk 0' }, ...rest] };
      expect(await replayOnQemu(host, ofAnother)).toMatchObject({
        outcome: 'holds now',
        detail: expect.stringContaining('diverges from the trace'),
      });
      expect(await replayOnQemu(host, { ...trace, schedule: [{ ...first!, what: 'nothing' }, ...rest] })).toMatchObject({
        outcome: 'diverged',
        step: 1,
        ready: expect.arrayContaining([expect.stringMatching(/^user: start/)]),
      });
    } finally {
      await host.stop();
    }
  });

  it('holds now on a build of the same version that takes other steps, where nothing breaks', async () => {
    const host = await Host.start();
    try {
      const lost = readFailing(readFileSync(new URL('lost-cluster-5.2.trace.yaml', BITMAP_ALWAYS), 'utf8'));
      expect(await replayOnQemu(host, { ...lost, job: `qemu ${host.version}` })).toMatchObject({
        outcome: 'holds now',
        detail: expect.stringMatching(/^this QEMU diverges from the trace, .* at step \d+ of \d+, and nothing breaks$/),
      });
    } finally {
      await host.stop();
    }
  });

  it('is run to its end where a trace of another release ends sooner', async () => {
    const host = await Host.start();
    try {
      const trace = readFailing(readFileSync(BITMAP_ALWAYS, 'utf8'));
      const { outcome } = await replayOnQemu(host, { ...trace, job: `qemu ${host.version}` });
      expect(['reproduced', 'holds now']).toContain(outcome); // a fault of 7.2 to 11.1
      const sooner = { ...trace, job: 'qemu 1.2.3' as const, schedule: trace.schedule.slice(0, -1) };
      expect(await replayOnQemu(host, sooner)).toMatchObject({ outcome });
    } finally {
      await host.stop();
    }
  });

  it('tells of a crash, and not which process it was: the same seed gives the same trace', async () => {
    const daemon = await Daemon.start();
    try {
      const { scenario, start } = draw.draw('full', randomNumbers('crash'), daemon.capabilities);
      const aborts = { pick: () => (process.kill(daemon.pid, 'SIGABRT') ? 0 : -1), done: () => {} };
      const { violation } = await runCase(daemon, scenario, start, aborts);
      expect(violation).toEqual({ property: 'nothing-freed', detail: 'QEMU ended by SIGABRT' });
    } finally {
      await daemon.stop();
    }
  });

  it('does not mistake one write-zeroes for another of the same range', async () => {
    const host = await Host.start();
    try {
      const zero = (id: string): GuestOperation => ({ id, kind: 'zero', first: 4, count: 2, after: [], early: false });
      const scenario: Scenario = {
        mode: 'none',
        disk: { sectors: 14, clusterSectors: 8, zero: [0], discardReads: 'zero' },
        targetClusterSectors: 8,
        guest: [zero('g1'), zero('g2')],
        cancel: true,
        cancelAfter: ['g1', 'g2'],
      };
      const start = { ...PLAIN, workers: 1 };
      const order = [
        { who: 'user', what: printStart(start), saw: '' },
        { who: 'g2', what: 'zero', saw: '' },
        { who: 'g1', what: 'zero', saw: '' },
      ];
      const { steps, violation } = await host.run(scenario, start, new FollowLoosely(order));
      expect(violation).toBeNull();
      expect(steps.map(({ saw }) => saw).join(' ')).toMatch(/g2 ok.*g1 ok/); // told in the order in which they were asked
    } finally {
      await host.stop();
    }
  });

  // .ci/run strikes twenty times with each.
  it.each(oneIn(2, Object.keys(SABOTAGES) as SabotageName[]))('sees what %s does to the backup', async (name) => {
    const host = await Host.start();
    try {
      const times = sized(1, 3);
      expect(await scoreOracle(host, name, 'spec', times)).toMatchObject({ effective: times, caught: times, missed: [] });
    } finally {
      await host.stop();
    }
  });
});

/** A run whose first write to the target is lost. */
async function failing(host: Host): Promise<CaseResult> {
  for (let i = 0; ; i++) {
    const random = randomNumbers(`failing/${i}`);
    const { scenario, start } = draw.draw('full', random, host.capabilities);
    let dropped = false;
    const drops = ({ disk, request: { kind } }: { disk: { name: string }; request: { kind: string } }): boolean =>
      !dropped && disk.name === 'target' && kind === 'write' && (dropped = true);
    const result = await host.run(scenario, start, byStrategy(new RandomWalk(), random), { saboteur: { hasStruck: false, drops } });
    if (result.violation !== null) return result;
  }
}
