import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../../trace/format.ts';
import { readTrace } from '../../../trace/read.ts';
import { inCache } from '../../../../tools/broken-builds/cache.ts';
import { STORAGE_DAEMON } from '../daemon/storage-daemon.ts';
import { NotHandedOn } from './check.ts';
import { iotestOf } from './iotest.ts';

const traceIn = (path: string): Trace => readTrace(readFileSync(new URL(`../../../../traces/${path}.trace.yaml`, import.meta.url), 'utf8'));
const broken = (name: string): Trace => traceIn(`broken-builds/${name}`);

function whyNot(trace: Trace): string | null {
  try {
    iotestOf(trace);
    return null;
  } catch (error) {
    if (error instanceof NotHandedOn) return error.message;
    throw error;
  }
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-iotest-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a test for tests/qemu-iotests', () => {
  it('says what was found, and has the disks, the errors and the requests as data', () => {
    const text = iotestOf(broken('failedCopyForgiven'));
    expect(text.slice(0, text.indexOf('\ndef path'))).toMatchInlineSnapshot(`
      "#!/usr/bin/env python3
      # group: rw quick
      #
      # Found by cowcheck on QEMU 10.0.13.
      # Fails: write 393216-458751 of the target, with EIO, in step 7.
      # Seen: sector 29 of the backup is s29.g3 instead of s29@0 (read from the source).
      # Promised: a target on top of the source shows the disk at the start of the job for as long as the
      # job runs (block/block-copy.c, a comment).
      #
      import os
      import iotests
      from iotests import QemuStorageDaemon, qemu_img, qemu_io
      from qemu.qmp import ExecuteError

      SOCKET = os.path.join(iotests.sock_dir, "nbd.sock")
      SIZE, GUESTS, READER = 262144, "on-filter", "on-target"
      IMAGES = {"source": (0, 262144, [(160, 0, 262144)]), "target": (65536, 262144, [])}
      AT_T0 = [(160, 0, 262144)]
      SETUP = [("blockdev-add", {"driver": "raw", "size": 262144, "node-name": "source",
          "file": "source-p", "discard": "unmap"}),
          ("blockdev-add", {"driver": "qcow2", "backing": "source", "node-name": "target-format",
              "file": "target-p", "discard": "unmap"}),
          ("blockdev-add", {"driver": "blkdebug", "node-name": "target", "image": "target-format",
              "inject-error": [{"event": "none", "iotype": "write", "errno": 5, "sector": 384,
              "once": True}], "discard": "unmap"}),
          ("blockdev-add", {"driver": "copy-before-write", "node-name": "filter", "file": "source",
              "target": "target", "discard": "unmap"}),
          ("block-export-add", {"type": "nbd", "id": "on-filter", "node-name": "filter",
              "name": "on-filter", "writable": True}),
          ("block-export-add", {"type": "nbd", "id": "on-target", "node-name": "target",
              "name": "on-target", "writable": False})]
      START = []
      STEPS = [("user", "start"), ("g3", "write -P 16 237568 24576")]
      "
    `);
  });

  it.each(['failedCopyForgiven', 'doneForgotten'])('is Python, and no line is longer than 100 columns: %s', (name) => {
    const text = iotestOf(broken(name));
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    const file = join(folder, `${name}.py`);
    writeFileSync(file, text);
    execFileSync('python3', ['-m', 'py_compile', file], { stdio: 'pipe' });
  });

  it('is in one line at most what a trace says, and a comment', () => {
    const trace = broken('doneForgotten');
    const hostile = { ...trace, verdict: { ...trace.verdict!, detail: 'a\nimport os; os.abort()\r\nos.abort()\u2028os.abort()' } } as Trace;
    expect(
      iotestOf(hostile)
        .split('\n')
        .filter((line) => line.includes('abort') && !line.startsWith('# ')),
    ).toEqual([]);
  });

  it('is none of a trace that takes a request to be held, and says which', () => {
    const held = /^an iotest cannot hold the requests of (?:g\d+ while \S+ begins|a job that copies by itself): /;
    expect(whyNot(broken('cleanMeansDone'))).toMatch(held);
    expect(whyNot(broken('noFrozenWait'))).toMatch(held);
    expect(whyNot(traceIn('releases/overtaken-read-11.1'))).toMatch(held);
    expect(whyNot(traceIn('releases/lost-cluster-5.2'))).toMatch(held);
  });

  it('is none where QEMU cuts a read, where another property breaks, and of a run of the model', () => {
    expect(whyNot(traceIn('releases/snapshot-access-7.2'))).toContain('cuts it where its block status changes');
    expect(whyNot(traceIn('releases/bitmap-always-7.2'))).toBe('an iotest does not check next-increment');
    expect(whyNot(traceIn('gallery/wakeWaiters'))).toContain('require a trace of a real QEMU');
  });
});

/** QEMU's own tests, which `npm run broken-builds` fetches with the rest of its sources, and the builds that it has made. */
const TREE = inCache('tree');
const programOf = (build: string): string => inCache('builds', build, 'qemu-storage-daemon');
const TRIED = readdirSync(new URL('../../../../traces/broken-builds', import.meta.url))
  .map((file) => file.replace('.trace.yaml', ''))
  .filter((name) => whyNot(broken(name)) === null);

describe.skipIf(!existsSync(join(TREE, 'tests/qemu-iotests/iotests.py')))("run by QEMU's iotests.py", () => {
  /** All that `./check` would say of this machine. QEMU itself is asked for its formats and devices only. */
  function ran(text: string, daemon: string): { status: number | null; said: string; notRun: string } {
    const dir = mkdtempSync(join(folder, 'run-'));
    const [file, qemu] = [join(dir, 'test.py'), join(dir, 'qemu')];
    writeFileSync(file, text);
    writeFileSync(qemu, '#!/bin/sh\necho "Supported formats: raw"\necho "Supported formats: raw"\necho virtio-blk\n');
    chmodSync(qemu, 0o755);
    const places = { TEST_DIR: dir, SOCK_DIR: dir, SAMPLE_IMG_DIR: dir, OUTPUT_DIR: dir };
    const modes = { CACHEMODE: 'writeback', AIOMODE: 'threads', QEMU_DEFAULT_MACHINE: 'none', IMGFMT: 'raw', IMGPROTO: 'file' };
    const programs = { QSD_PROG: daemon, QEMU_PROG: qemu, PYTHONPATH: `${TREE}/tests/qemu-iotests:${TREE}/python` };
    const env = { PATH: process.env['PATH'], ...places, ...modes, ...programs };
    const { status, stdout, stderr } = spawnSync('python3', [file], { env, cwd: dir, encoding: 'utf8', timeout: 60_000 });
    const notRun = join(dir, 'test.py.casenotrun');
    return { status, said: `${stdout}${stderr}`, notRun: existsSync(notRun) ? readFileSync(notRun, 'utf8') : '' };
  }

  it.each(TRIED)('passes on a QEMU that is right: %s', (name) => {
    const { status, said, notRun } = ran(iotestOf(broken(name)), STORAGE_DAEMON);
    expect(notRun).toBe('');
    expect(said).toMatch(/Ran 1 tests\n\nOK\n/);
    expect(status).toBe(0);
  });

  it.each(TRIED.filter((name) => existsSync(programOf(name))))('fails on the build that has the mistake: %s', (name) => {
    const { status, said } = ran(iotestOf(broken(name)), programOf(name));
    expect(said).toContain("'Pattern verification failed' unexpectedly found");
    expect(status).toBe(1);
  });

  it('is skipped where QEMU refuses an option', () => {
    const text = iotestOf(broken('doneForgotten')).replace('"driver": "snapshot-access"', '"driver": "no-such-driver"');
    expect(ran(text, STORAGE_DAEMON)).toMatchObject({ status: 0, notRun: expect.stringContaining('this QEMU refuses it') });
  });
});
