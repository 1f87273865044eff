/**
 * A full disk, for real: a tmpfs of a page or two in a mount namespace of its own, which goes with the process. Where
 * such a namespace can't be had, the specs are skipped, and say so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneIn } from '../../../tools/nightly/testing.ts';
import { describeWithQemu } from '../qemu/daemon/testing.ts';
import { MAIN } from './testing.ts';

const NAMESPACE = ['unshare', '--map-root-user', '--mount', 'sh', '-c'] as const;
const isPossible = spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'mount -t tmpfs none /mnt']).status === 0;
if (!isPossible) process.stderr.write('SKIPPED, for no file system can be mounted here (unshare --map-root-user --mount): a full disk\n');

let disk: string;
beforeAll(() => {
  disk = mkdtempSync(join(tmpdir(), 'cc-full-'));
});
afterAll(() => {
  rmSync(disk, { recursive: true, force: true });
});

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  /** What the disk holds afterwards, besides what filled it. */
  readonly left: string;
}

/** A page, all of it taken, with room for so many files and folders besides. */
const SCRIPT = `mount -t tmpfs -o size=4k,nr_inodes=$INODES none "$DISK" && (yes > "$DISK/fill") 2> /dev/null
"$@"
status=$?
cd "$DISK" && find . -mindepth 1 ! -name fill | sort > "$LEFT"
exit $status`;

/** Runs the command with a full disk. @param inodes the root and what fills it are two of them */
function onFullDisk(args: readonly string[], inodes: number, env: Record<string, string> = {}): Ran {
  const left = join(tmpdir(), `cc-left-${process.pid}`);
  const ran = spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), SCRIPT, 'sh', process.execPath, MAIN, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], DISK: disk, LEFT: left, INODES: String(inodes), ...env },
  });
  const found = spawnSync('cat', [left], { encoding: 'utf8' }).stdout.trim();
  rmSync(left, { force: true });
  const err = ran.stderr.replaceAll(/^cowcheck: \d+ % done, .*\n/gm, ''); // progress, on a slow machine
  return { status: ran.status, out: ran.stdout, err, left: found };
}

const trace = fileURLToPath(new URL('../../../traces/gallery/copyBeforeWrite.trace.yaml', import.meta.url));

describe.skipIf(!isPossible)('on a full disk', { timeout: 60_000 }, () => {
  it.each(oneIn(2, [2, 100]))(
    'what check has found is printed instead, the verdict stays, and no folder is left; room for %i files',
    (inodes) => {
      const { status, out, err, left } = onFullDisk(
        [
          'check',
          '--mode',
          'full',
          '--without',
          'copyBeforeWrite',
          '--seed',
          'a',
          '--runs',
          '100',
          '--prove-seconds',
          '0',
          '--json',
          '--out',
          join(disk, 'a', 'b'),
        ],
        inodes,
      );
      expect(err).toMatch(
        new RegExp(
          String.raw`^cowcheck: failure 1: .*, but its trace could not be written\n` +
            String.raw`cowcheck: \S+\.trace\.yaml: cannot be written \(ENOSPC\); this is the trace:\n` +
            String.raw`trace: 2\n`,
        ),
      );
      expect({ status, left }).toEqual({ status: 1, left: '' });
      expect(JSON.parse(out)).toMatchObject({ verdict: 'broken', failures: [{ trace: null }] });
    },
  );

  it.each([
    ['explain', ['--format', 'html'], 'why.html'],
    ['shrink', [], 'smaller'],
  ])('%s says so in one line', (command, more, name) => {
    const { status, out, err, left } = onFullDisk([command, trace, ...more, '--out', join(disk, name)], 100);
    expect(err).toMatch(/^cowcheck: \S+: cannot be written \(ENOSPC\)\n$/);
    expect({ status, out, left }).toEqual({ status: 2, out: '', left: '' });
  });
});

describeWithQemu('a real QEMU whose sockets lie on a full disk', () => {
  // The root and what fills it are two files, then comes the folder, our two sockets, and QEMU's own.
  const REFUSALS: readonly [inodes: number, says: RegExp][] = [
    [2, /^cowcheck: no directory for sockets can be created in \S+ \(ENOSPC\)\n$/],
    [3, /^cowcheck: no socket can be made in \S+ \(ENOSPC\)\n$/],
    [4, /^cowcheck: no socket can be made in \S+ \(ENOSPC\)\n$/],
    [5, /^cowcheck: QEMU cannot start: nbd-server-start: Failed to bind socket to \S+: No space left on device\n$/],
  ];
  it.skipIf(!isPossible).each(oneIn(4, REFUSALS))('says in one line what there is no room for, with room for %i files', (inodes, says) => {
    const { status, out, err, left } = onFullDisk(['qemu', '--runs', '1', '--seed', 'a'], inodes, { TMPDIR: disk });
    expect(err).toMatch(says);
    expect({ status, out, left }).toEqual({ status: 2, out: '', left: '' });
  });

  it.skipIf(!isPossible)('needs no room but for these', () => {
    const { status, left } = onFullDisk(['qemu', '--runs', '3', '--seed', 'a', '--workers', '1', '--json'], 6, { TMPDIR: disk });
    expect({ status, left }).toEqual({ status: 0, left: '' });
  });
});
