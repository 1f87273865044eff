import { expect, it } from 'vitest';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { Daemon } from '../daemon/daemon.ts';
import { Disks } from '../disks/disks.ts';
import { Graph } from './graph.ts';
import { Held } from '../disks/held.ts';
import { PLAIN } from '../../../validate/start.ts';
import { GuestRun } from '../disks/guest.ts';
import { describeWithQemu } from '../daemon/testing.ts';

/** The write allocates cluster 1 and reads sector 8 of it from below; the write-zeroes covers clusters 1 and 2. */
const SCENARIO: Scenario = {
  mode: 'full',
  disk: {
    sectors: 32,
    clusterSectors: 8,
    zero: [31],
    discardReads: 'zero',
    overlay: { clusterSectors: 8, allocated: [], zeroClusters: [], baseSectors: 32 },
  },
  targetClusterSectors: 0,
  guest: [
    { id: 'g1', kind: 'write', first: 15, count: 1, after: [], early: true },
    { id: 'g2', kind: 'zero', first: 8, count: 16, after: [], early: true },
  ],
  cancel: false,
};

describeWithQemu('qcow2 without any backup', () => {
  it('loses a write-zeroes that meets a write which allocates the same cluster', async () => {
    const daemon = await Daemon.start();
    try {
      const disks = new Disks(SCENARIO);
      const held: Held[] = [];
      let isHolding = false;
      const answer = (one: Held): void => {
        while (!one.isDone) one.step('zero');
      };
      const graph = new Graph(daemon, {
        request: (name, request) => {
          const one = new Held(
            disks.all.find((disk) => disk.name === name)!,
            request,
          );
          if (isHolding && name === 'base' && request.kind === 'read') held.push(one);
          else answer(one);
        },
      });
      const { guest } = await graph.open(disks, SCENARIO, PLAIN);
      await daemon.rest();
      const [write, zero] = SCENARIO.guest.map((operation, i) => new GuestRun(operation, i)) as [GuestRun, GuestRun];
      isHolding = true;
      write.issue(guest, disks.contents, disks.sectorBytes, () => {});
      await daemon.rest();
      expect(held.length).toBeGreaterThan(0); // it fills up its cluster from the backing file
      isHolding = false;
      zero.issue(guest, disks.contents, disks.sectorBytes, () => {});
      await daemon.rest();
      expect(zero.answer?.error).toBe(0);
      held.forEach(answer);
      await daemon.rest();
      expect(write.answer?.error).toBe(0);
      await graph.close();
      // Zero was acknowledged; what lay below is there again.
      expect(disks.inImage(disks.source, 8)).toBe(disks.contents.atT0(8));
      expect(disks.inImage(disks.source, 16)).toBe(0);
    } finally {
      await daemon.stop();
    }
  });
});
