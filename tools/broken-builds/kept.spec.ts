/**
 * Failures of broken builds, each named after its edit. Nobody has such a build in CI, but what was recorded shows the mistake without
 * the verdict that stands beside it; and on a QEMU that is right nothing breaks.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayOnQemu } from '../../src/edge/qemu/campaign/replay.ts';
import { Host } from '../../src/edge/qemu/case/host.ts';
import { describeWithQemu } from '../../src/edge/qemu/daemon/testing.ts';
import { whyNotHandedOn } from '../../src/edge/qemu/reproducer/check.ts';
import { realRows } from '../../src/explain/real-run.ts';
import { syncOf } from '../../model/sync.ts';
import { type Trace, isQemuJob } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';
import { EDITS } from './edits.ts';

const FOLDER = join(ROOT, 'traces/broken-builds');
const KEPT = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.trace.yaml'))
  .map((file) => ({ name: file.replace('.trace.yaml', ''), trace: readTrace(readFileSync(join(FOLDER, file), 'utf8')) }));

const NEVER_COPIED = 'never copied';

/** What the broken sector held at T0, and what the backup has of it at the end, out of what each request took and put down. */
function recorded(trace: Trace): { atT0: string; shown: string } {
  const rows = realRows(trace);
  const start = rows.find(({ who, what }) => who === 'user' && what.startsWith('start'))!;
  const end = rows.at(-1)!;
  const below = syncOf(trace.scenario.mode).beneath === 'source' ? end.source : NEVER_COPIED;
  return { atT0: start.source, shown: end.target === '' ? below : end.target };
}

/** Guests that have asked and were never answered. */
function unanswered({ schedule, scenario }: Trace): string[] {
  const told = schedule.flatMap(({ saw }) => saw.split(', '));
  const asked = scenario.guest.filter(({ id }) => schedule.some(({ who }) => who === id)).map(({ id }) => id);
  return asked.filter((id) => !told.some((text) => text === `${id} ok` || text.startsWith(`${id} error`)));
}

it('there are some, of each part that can be broken', () => {
  expect(KEPT.length).toBeGreaterThanOrEqual(4);
  expect(new Set(KEPT.map(({ trace }) => trace.verdict!.property)).size).toBeGreaterThanOrEqual(3);
});

describe.each(KEPT)('$name', ({ name, trace }) => {
  it('is of a build of an edit, and can be handed on as a reproducer', () => {
    expect(EDITS.map((edit) => edit.name)).toContain(name);
    expect(isQemuJob(trace.job)).toBe(true);
    expect(whyNotHandedOn(trace)).toBeNull();
  });

  it.runIf(trace.verdict!.property === 'snapshot-kept')('its record has another content than that of T0', () => {
    const { atT0, shown } = recorded(trace);
    expect(atT0).toBe(trace.verdict!.expected);
    expect(shown).not.toBe(atT0);
    if (shown !== NEVER_COPIED) expect(shown).toBe(trace.verdict!.got);
  });

  it.runIf(trace.verdict!.property === 'stable-reader')('its record has a reader that took what a guest wrote after T0', () => {
    const took = realRows(trace).filter(({ who, what }) => who === 'source' && what.startsWith('read.took'));
    expect(took.at(-1)!.source).toBe(trace.verdict!.got);
    expect(recorded(trace).atT0).toBe(trace.verdict!.expected);
  });

  it.runIf(trace.verdict!.property === 'always-finishes')('its record has a guest that was never answered', () => {
    expect(unanswered(trace)).not.toEqual([]);
  });
});

describeWithQemu('on a QEMU that is right', () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start();
  });
  afterAll(() => host.stop());

  it.each(KEPT)('$name holds', async ({ trace }) => {
    expect(await replayOnQemu(host, trace)).toMatchObject({ outcome: 'holds now' });
  });
});
