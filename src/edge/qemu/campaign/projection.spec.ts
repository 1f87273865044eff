import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import '../../../families/block-copy.ts';
import { readTrace } from '../../../trace/read.ts';
import { Host } from '../case/host.ts';
import { project } from './projection.ts';
import { describeWithQemu } from '../daemon/testing.ts';

const from = (folder: string, name: string): ReturnType<typeof readTrace> =>
  readTrace(readFileSync(new URL(`../../../../traces/${folder}/${name}.trace.yaml`, import.meta.url), 'utf8'));
const trace = (rule: string): ReturnType<typeof readTrace> => from('gallery', rule);

describeWithQemu('a trace of the model on a real QEMU', () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start();
  });
  afterAll(async () => {
    await host.stop();
  });

  it('cannot be forced where a correct QEMU does not come to what broke', async () => {
    // It copies before the guest's write reaches the source.
    expect(await project(host, from('matrix', 'copyBeforeWrite-full'))).toMatchObject({
      outcome: 'cannot be forced',
      step: 4,
      expected: 'g1: write.land s0 -> s0.g1',
      ready: ['source: read.took 0-32767'],
    });
    // The guest's write finds the cluster copied, and copies nothing.
    expect(await project(host, trace('waitForOverlappingCopies'))).toMatchObject({ outcome: 'cannot be forced', step: 10 });
    // Nothing is copied that is not allocated, so the job ends.
    expect(await project(host, trace('topSkipsUnallocated'))).toMatchObject({ outcome: 'cannot be forced', step: 5 });
  });

  it('holds now where all of it that can be seen from outside is what a correct QEMU does', async () => {
    expect(await project(host, trace('drainGuestAtStart'))).toMatchObject({ outcome: 'holds now' });
    expect(await project(host, trace('failedCopyIsNotMarked'))).toMatchObject({ outcome: 'holds now' });
  });

  it('is reproduced on a release that breaks the promise, and says what another lacks', async () => {
    for (const name of ['lost-bit', 'lost-bit-increment'])
      expect(await project(host, from('today', name))).toMatchObject({
        outcome: 'reproduced',
        detail: 'next-increment: sector 0 of the target is s0@0 instead of s0.g1 after the next increment',
      });
    if (!host.version.startsWith('7.2.')) return;
    expect(await project(host, from('today', 'overtaken-read'))).toMatchObject({
      outcome: 'reproduced',
      detail: 'stable-reader: sector 0 is s0.g3 instead of s0@0: g1 read it through snapshot-access',
    });
    expect(await project(host, from('today', 'broken-snapshot-full'))).toMatchObject({
      outcome: 'cannot be forced',
      detail: expect.stringMatching(/lacks on-cbw-error$/),
    });
  });

  it('cannot be forced where QEMU 7.2 drops a discard', async () => {
    if (host.version.startsWith('7.2.'))
      expect(await project(host, trace('copyBeforeDiscard'))).toMatchObject({ outcome: 'cannot be forced', step: 4 });
  });

  it('is reproduced where QEMU does the same: here somebody drops what it writes to the target', async () => {
    const drops = ({ disk }: { disk: { name: string } }): boolean => disk.name === 'target';
    expect(await project(host, from('matrix', 'drainGuestAtStart-full'), { saboteur: { hasStruck: true, drops } })).toMatchObject({
      outcome: 'reproduced',
      detail: expect.stringMatching(/^snapshot-kept: /),
    });
  });

  it('holds now, of a trace that holds, and has diverged where somebody breaks it', async () => {
    const drops = ({ disk }: { disk: { name: string } }): boolean => disk.name === 'target';
    expect(await project(host, from('lessons', 'wait'))).toMatchObject({ outcome: 'holds now' });
    expect(await project(host, from('lessons', 'wait'), { saboteur: { hasStruck: true, drops } })).toMatchObject({
      outcome: 'diverged',
      detail: expect.stringMatching(/^snapshot-kept: /),
    });
  });

  it('says so where a scenario is not set up on a real QEMU', async () => {
    expect(await project(host, trace('jobReadIgnoresGuests'))).toMatchObject({
      outcome: 'cannot be forced',
      step: 1,
      detail: 'its limits depend on time, which cowcheck does not control',
    });
  });

  it('cancels a NONE job in the end, where nobody does so in the trace', async () => {
    expect(await project(host, from('lessons', 'none'))).toMatchObject({ outcome: 'holds now' });
  });
});
