/** Causes of failures of a real QEMU: two bugs that are known to differ stay apart once each was made small. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Trace } from '../../../trace/format.ts';
import { readTrace } from '../../../trace/read.ts';
import { oneIn, sized } from '../../../../tools/nightly/testing.ts';
import { Host } from '../case/host.ts';
import { FollowLoosely } from '../case/picker.ts';
import { describeWithQemu } from '../daemon/testing.ts';
import { releases } from '../releases/store.ts';
import { causeOf } from './cause.ts';
import { startOf } from './real-trace.ts';
import { shrinkOnQemu } from './shrink.ts';

const kept = (name: string): Trace =>
  readTrace(readFileSync(new URL(`../../../../traces/releases/${name}.trace.yaml`, import.meta.url), 'utf8'));

/** The cause of a trace's failure once it has been made small on that QEMU. */
async function causeOn(host: Host, { scenario, schedule }: Trace): Promise<string> {
  const found = await host.run(scenario, startOf(schedule), new FollowLoosely(schedule));
  expect(found.violation).not.toBeNull();
  return causeOf((await shrinkOnQemu(host, found, new AbortController().signal)).result).join(', ');
}

const B_104 = "next-increment, full, always, a guest's copy fails, the job's copy fails";

describeWithQemu('failures that are made small on a real QEMU', () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start();
  });
  afterAll(() => host.stop());

  const APART = [
    ['bitmap-always-7.2', B_104],
    ['snapshot-access-7.2', 'stable-reader, none, snapshot-access'],
    [
      'overtaken-read-11.1',
      "stable-reader, none, snapshot-access, break-snapshot, a guest's copy fails, a read of the point in time is held",
    ],
  ] as const;
  it.each(oneIn(2, APART))('have causes of their own, B-104, B-90 and B-16: %s', async (name, cause) => {
    expect(await causeOn(host, kept(name))).toBe(cause);
  });

  const newest = releases().findLast(({ version }) => version.startsWith('11.'));
  it.skipIf(newest === undefined || sized(true, false))('have causes of their own: B-103 and B-104', async () => {
    const other = await Host.start(newest!.daemon);
    try {
      expect(await causeOn(other, kept('break-snapshot-11.1'))).toBe(
        "snapshot-kept, break-snapshot, a guest's copy fails, the job's copy fails",
      );
      expect(await causeOn(other, kept('bitmap-always-7.2'))).toBe(B_104);
    } finally {
      await other.stop();
    }
  });
});
