import { afterAll, beforeAll, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { RandomWalk } from '../../../search/strategies/random-walk.ts';
import { writeStep } from '../../../trace/write.ts';
import { parseStart, printStart } from '../../../validate/start.ts';
import { Daemon } from '../daemon/daemon.ts';
import { describeWithQemu } from '../daemon/testing.ts';
import type { Aimed } from '../draw/aim.ts';
import { Draw } from '../draw/draw.ts';
import { type CaseResult, runCase } from './case.ts';
import { HoldBack } from './hold-back.ts';
import { BITMAP } from './job.ts';
import { byStrategy } from './picker.ts';
import type { Saboteur } from './sabotage.ts';

const draw = new Draw({ clusters: 2, writes: 6, faults: true, only: ['chain'] });
const drawn = (daemon: Daemon, seed: string): Aimed => {
  const one = draw.draw('full', randomNumbers(seed), daemon.capabilities);
  // What bitmap-mode always loses is a bug of every release (docs/qemu-today.md, B-104).
  return { ...one, start: { ...one.start, bitmapMode: 'on-success' } };
};

describeWithQemu('a chain of backups', () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start();
  });
  afterAll(() => daemon.stop());

  const run = (seed: string, saboteur: Saboteur | null = null): Promise<CaseResult> => {
    const { scenario, start, holds } = drawn(daemon, seed);
    const picker = new HoldBack(byStrategy(new RandomWalk(), randomNumbers(`${seed}/schedule`)), holds);
    return runCase(daemon, scenario, start, picker, { saboteur });
  };

  it('restores each point in time, with jobs that fail or are cancelled in between, and is the same each time', async () => {
    const met = new Set<string>();
    for (let i = 0; i < sized(6, 60); i++) {
      const { violation, situations, start, steps } = await run(`chain/${i}`);
      expect(violation, `chain/${i}`).toBeNull();
      for (const name of situations) met.add(name);
      expect(parseStart(printStart(start))).toEqual(start);
      if (i === 0) expect((await run(`chain/${i}`)).steps.map(writeStep)).toEqual(steps.map(writeStep));
    }
    expect([...met]).toEqual(
      expect.arrayContaining(['two increments of a chain completed', 'an increment completed after one that did not']),
    );
  });

  /** Runs chain after chain until one breaks, each on a QEMU that has broken none. */
  const broken = async (saboteur: () => Saboteur): Promise<CaseResult['violation']> => {
    for (let i = 0; i < 20; i++) {
      const { violation } = await run(`chain/${i}`, saboteur());
      if (violation === null) continue;
      await daemon.stop();
      daemon = await Daemon.start();
      return violation;
    }
    return null;
  };

  it('does not where what an increment writes gets lost, or its bitmap has lost its bits', async () => {
    const lost = (): Saboteur => ({
      hasStruck: true,
      drops: ({ disk, isAnonymous }) => disk.name === 'target' && disk.format === 'qcow2' && !isAnonymous,
    });
    expect(await broken(lost)).toMatchObject({
      property: 'chain-restores',
      detail: expect.stringMatching(/^sector \d+ of backup \d of .* restored on top of the earlier backups$/),
    });
    const forgotten = (): Saboteur => ({
      hasStruck: true,
      beforeNextIncrement: async ({ qmp }, node) => void (await qmp.call('block-dirty-bitmap-clear', { node, name: BITMAP })),
    });
    expect(await broken(forgotten)).toMatchObject({ property: 'chain-restores', detail: expect.stringMatching(/the last increment/) });
  });
});
