import { afterAll, beforeAll, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { RandomWalk } from '../../../search/strategies/random-walk.ts';
import { writeStep } from '../../../trace/write.ts';
import { Daemon } from '../daemon/daemon.ts';
import { describeWithQemu } from '../daemon/testing.ts';
import type { Aimed } from '../draw/aim.ts';
import { Draw } from '../draw/draw.ts';
import { play, runCase } from './case.ts';
import { HoldBack } from './hold-back.ts';
import { type Picker, byStrategy } from './picker.ts';
import { parseStart, printStart } from '../../../validate/start.ts';
import { TwoDisks } from './two-disks.ts';

const draw = new Draw({ clusters: 3, writes: 6, faults: true, only: ['transaction'] });

const drawn = (daemon: Daemon, seed: string): Aimed => draw.draw('full', randomNumbers(seed), daemon.capabilities);
const picker = (seed: string, { holds }: Aimed): Picker =>
  new HoldBack(byStrategy(new RandomWalk(), randomNumbers(`${seed}/schedule`)), holds);

describeWithQemu('two disks in one transaction', () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start();
  });
  afterAll(() => daemon.stop());

  it('hold, end in each way, and are the same each time', async () => {
    const met = new Set<string>();
    for (let i = 0; i < sized(30, 200); i++) {
      const seed = `pair/${i}`;
      const pair = drawn(daemon, seed);
      const { violation, steps, situations } = await runCase(daemon, pair.scenario, pair.start, picker(seed, pair));
      expect(violation, seed).toBeNull();
      for (const name of situations) met.add(name);
      if (i % 10 > 0) continue;
      const again = await runCase(daemon, pair.scenario, pair.start, picker(seed, pair));
      expect(again.steps.map(writeStep), seed).toEqual(steps.map(writeStep));
      expect(parseStart(printStart(pair.start))).toEqual(pair.start);
    }
    expect([...met]).toEqual(
      expect.arrayContaining([
        'both jobs of a transaction completed',
        'a job took the other one of its group with it',
        'a job completed, and the other one of its transaction did not',
      ]),
    );
  });

  it('is no group where one job completes and the other fails, and the group is asked', async () => {
    for (let i = 0; ; i++) {
      const pair = drawn(daemon, `group/${i}`);
      const individual = { ...pair.start, transaction: 'individual' } as const;
      const disks = new TwoDisks(daemon, pair.scenario, individual);
      const { violation } = await play(daemon, disks, picker(`group/${i}`, pair));
      expect(violation).toBeNull();
      if (disks.ends[0] === 'completed' || disks.ends[1] !== 'completed') continue;
      // The same run, judged as if it had been a group.
      const claimed = new TwoDisks(daemon, pair.scenario, individual, 'grouped');
      expect(await play(daemon, claimed, picker(`group/${i}`, pair))).toMatchObject({
        violation: { property: 'group-all-or-nothing', detail: expect.stringMatching(/^the job of disk2 completed without an error, but/) },
      });
      return;
    }
  });
});
