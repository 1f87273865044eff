import { expect, it } from 'vitest';
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import { describeWithQemu } from '../daemon/testing.ts';
import type { Actor } from './actor.ts';
import { Host } from './host.ts';
import type { Picker } from './picker.ts';
import { PLAIN } from '../../../validate/start.ts';

const operation = (id: string, kind: GuestOperation['kind'], first: number): GuestOperation => ({
  id,
  kind,
  first,
  count: 1,
  after: [],
  early: false,
});
/** The copy before the write fails, while two reads of the point in time wait for what lies behind it. */
const SCENARIO: Scenario = {
  mode: 'none',
  disk: { sectors: 5, clusterSectors: 2, zero: [], discardReads: 'zero' },
  targetClusterSectors: 16,
  guest: [operation('g1', 'write', 2), operation('r1', 'readT0', 4), operation('r2', 'readT0', 4)],
  cancel: true,
  cancelAfter: ['r1', 'r2', 'g1'],
  faults: [{ side: 'source', op: 'read', cluster: 1, errno: 'EIO', times: 1 }],
};

/** The write first, then the readers, and what they ask for last. */
const overtaking: Picker = {
  pick(ready) {
    const has = (wanted: (actor: Actor) => boolean): number => ready.findIndex(wanted);
    const inTurn = [
      has(({ who }) => who === 'g1'),
      has(({ what }) => what === 'readT0'),
      has(({ what }) => !what.startsWith('read.took 131072')),
    ];
    return inTurn.find((found) => found >= 0) ?? 0;
  },
  done: () => {},
};

describeWithQemu('an answer of our disks', () => {
  it('is taken up while two older requests of its connection wait for theirs', async ({ skip }) => {
    const host = await Host.start();
    try {
      skip(!host.capabilities.has('snapshot-access'), 'no nudge is needed');
      const { steps, violation } = await host.run(SCENARIO, { ...PLAIN, by: 'filter', reads: 'snapshot-access' }, overtaking);
      expect(steps.find(({ saw }) => saw.includes('EIO'))).toMatchObject({ what: 'read.took 0-163839', saw: 'g1 error 5, EIO' });
      expect(violation).toBeNull();
    } finally {
      await host.stop();
    }
  });
});
