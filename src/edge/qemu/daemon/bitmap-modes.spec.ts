import { expect, it } from 'vitest';
import { GIVEN, SYNCS, askBitmapModes, isLegal } from './bitmap-modes.ts';
import { Daemon } from './daemon.ts';
import { describeWithQemu } from './testing.ts';

it('is known of each combination whether it is legal', () => {
  const legal = SYNCS.flatMap((sync) => GIVEN.filter((given) => isLegal({ sync, given })).map((given) => `${sync}: ${given}`));
  expect(legal).toEqual([
    'full: no bitmap',
    'full: on-success',
    'full: always',
    'top: no bitmap',
    'top: on-success',
    'top: always',
    'none: no bitmap',
    'bitmap: on-success',
    'bitmap: always',
    'bitmap: never',
    'incremental: a bitmap alone',
    'incremental: on-success',
  ]);
});

describeWithQemu('a bitmap-mode beside a sync mode', () => {
  it('is taken and refused by the QEMU that is here as the model has it', async () => {
    const daemon = await Daemon.start();
    try {
      const answers = await askBitmapModes(daemon.qmp);
      expect(answers).toHaveLength(SYNCS.length * GIVEN.length);
      expect(answers.filter((answer) => answer.isTaken !== isLegal(answer))).toEqual([]);
    } finally {
      await daemon.stop();
    }
  });
});
