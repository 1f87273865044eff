import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../../trace/format.ts';
import { readTrace } from '../../../trace/read.ts';
import { STORAGE_DAEMON } from '../daemon/daemon.ts';
import { describeWithQemu } from '../daemon/testing.ts';
import { releases } from '../releases/store.ts';
import { NotHandedOn } from './check.ts';
import { reproducerOf } from './reproducer.ts';

const traceIn = (path: string): Trace => readTrace(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8'));
const kept = (name: string): Trace => traceIn(`traces/releases/${name}.trace.yaml`);
const [BUG, FINE, CANNOT_SAY] = [1, 0, 125];

/** What QEMU's releases make of each trace. */
const EXPECTED = {
  'lost-cluster-5.2': { '5.2': BUG, '7.2': FINE, '10.0': FINE, '11.1': FINE },
  'serialised-twice-5.2': { '5.2': BUG, '7.2': FINE, '10.0': FINE, '11.1': FINE },
  'snapshot-access-7.2': { '5.2': CANNOT_SAY, '7.2': BUG, '10.0': FINE, '11.1': FINE },
  'break-snapshot-11.1': { '5.2': CANNOT_SAY, '7.2': CANNOT_SAY, '10.0': CANNOT_SAY, '11.1': BUG },
} as const;

const ON_PATH = /version (?<version>\S+)/.exec(spawnSync(STORAGE_DAEMON, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.groups![
  'version'
];

/** The program of a release, fetched or on the PATH; null: it is not here. */
function programOf(version: string): string | null {
  const fetched = releases().findLast((release) => release.version.startsWith(`${version}.`));
  return fetched?.daemon ?? (ON_PATH?.startsWith(`${version}.`) === true ? STORAGE_DAEMON : null);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-reproducer-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it as a stranger would: nothing is there but Python and that program. */
async function run(trace: Trace, ...args: string[]): Promise<{ status: unknown; out: string }> {
  const file = join(folder, `${trace.found!.seed}-${args.join(' ').replaceAll('/', '-')}.py`);
  writeFileSync(file, reproducerOf(trace));
  return new Promise((resolve) => {
    execFile('python3', [file, ...args], { cwd: folder, env: { PATH: process.env['PATH'] }, timeout: 60_000 }, (error, out, err) =>
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), out: `${out}${err}` }),
    );
  });
}

describeWithQemu('a reproducer', () => {
  const cells = Object.entries(EXPECTED).flatMap(([name, row]) =>
    Object.entries(row).map(([version, status]) => [name, version, status, programOf(version)] as const),
  );

  for (const [name, version, status, program] of cells)
    it.skipIf(program === null)(`of ${name} ends with ${status} on QEMU ${version}`, async () => {
      const ran = await run(kept(name), program!);
      expect(ran, ran.out).toMatchObject({ status });
    });

  it.each([
    ['lost-cluster-5.2', '5.2', 'fault'],
    ['serialised-twice-5.2', '5.2', 'order'],
    ['snapshot-access-7.2', '7.2', 'g5'],
    ['break-snapshot-11.1', '11.1', 'fault'],
  ])('of %s finds nothing on QEMU %s without what it takes: %s', async (name, version, what) => {
    const program = programOf(version);
    if (program === null) return;
    const ran = await run(kept(name), program, '--without', what);
    expect(ran, ran.out).toMatchObject({ status: FINE });
  });

  it('says what it sees, step by step, and what was right', async () => {
    const { out } = await run(kept('snapshot-access-7.2'), STORAGE_DAEMON);
    expect(out).toMatch(/^QEMU 7\.2\.\d+ /);
    expect(out).toContain('\n   9  source take read 0 65536\n  10  source answer read 0 65536 -> source read 65536-98303\n');
    expect(out).toMatch(/\nBUG: g6 reads s0\.g5 in sector 0, and zero is right\n$/);
  });

  it('says nothing where it can not, and never by the status of a bug', async () => {
    const trace = kept('snapshot-access-7.2');
    expect(await run(trace, 'no-such-program')).toEqual({ status: CANNOT_SAY, out: 'CANNOT SAY: there is no no-such-program\n' });
    expect(await run(trace, 'true')).toMatchObject({
      status: CANNOT_SAY,
      out: expect.stringMatching(/true does not start: it says nothing/),
    });
    expect(await run(trace, '--without', 'everything')).toMatchObject({ status: CANNOT_SAY });
    const fails = kept('lost-cluster-5.2');
    const schedule = fails.schedule.map((step) => ({ ...step, what: step.saw.includes('EIO') ? 'trim.land 131072-196607' : step.what }));
    expect(await run({ ...fails, schedule }, STORAGE_DAEMON)).toMatchObject({
      status: CANNOT_SAY,
      out: expect.stringMatching(/\nCANNOT SAY: what should fail did not come: trim 131072\n$/),
    });
  });
});

describe('what can be handed on', () => {
  it('is told at its top: what is held, what fails, what was seen, what was promised', () => {
    const text = reproducerOf(kept('break-snapshot-11.1'));
    expect(text.slice(0, text.indexOf('import argparse'))).toMatchInlineSnapshot(`
      "#!/usr/bin/env python3
      """
      Sector 23 should be s23@0 and is s23.g6: the job has completed, and this is what the target shows.

      Found by cowcheck on QEMU 11.1.3 (Debian 1:11.1.3+ds-1). QEMU works on disks that are served here,
      and each of its requests is held until its turn comes.

      Held      source status 0-65535 comes in step 1 and waits until step 3
                source status 131072-262143 comes in step 2 and waits until step 6
                source status 65536-131071 comes in step 3 and waits until step 7
                source read 131072-262143 comes in step 6 and waits until step 8
                target read 327680-393215 comes in step 5 and waits until step 11
                source status 131072-196607 comes in step 15 and waits until step 18
                target write 458752-524287 comes in step 17 and waits until step 19
                source status 196608-262143 comes in step 20 and waits until step 22
      Fails     read 131072-262143 of the source, with EIO, in step 8
      Seen      sector 23 should be s23@0 and is s23.g6: the job has completed, and this is what the
                target shows
                (s5@0 is what sector 5 held in the beginning, s5.g2 what the guest request g2 wrote to it)
      Promised  under break-snapshot a failed copy breaks the snapshot, and every backup that is based on
                it fails in the end (qapi/block-core.json, OnCbwError; MO-12)

      Exit status, as for git bisect run: 1 the bug is there; 0 it is not; 125 this binary cannot say.
      """

      "
    `);
  });

  it('has no line that is longer than 140 columns', () => {
    for (const name of Object.keys(EXPECTED))
      for (const line of reproducerOf(kept(name)).split('\n')) expect(line.length, line).toBeLessThanOrEqual(140);
  });

  it('is no run of the model, no run in which nothing broke, and nothing that it could not judge', () => {
    const trace = kept('lost-cluster-5.2');
    const told =
      (one: Trace): (() => string) =>
      () =>
        reproducerOf(one);
    expect(told(traceIn('traces/gallery/drainBeforeUnhook.trace.yaml'))).toThrow(NotHandedOn);
    expect(told({ ...trace, verdict: null })).toThrow('nothing is broken in it');
    expect(told({ ...trace, verdict: { ...trace.verdict!, property: 'errors-are-told' } })).toThrow('does not judge errors-are-told');
  });
});
