import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { describeWithQemu } from '../../qemu/daemon/testing.ts';
import { FASTER, INTERRUPTED, MAIN, type Ran, run, runHere } from '../testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command with a folder of its own for what is temporary. */
function cowcheck(args: readonly string[], name: string, how: Parameters<typeof run>[1] = {}): Promise<Ran> {
  mkdirSync(join(folder, name), { recursive: true });
  return run(args, { cwd: folder, env: { TMPDIR: join(folder, name), CI: process.env['CI'] ?? '' }, ...how });
}

/** What is left of sockets, once the watchman has been. */
async function leftIn(name: string): Promise<string[]> {
  for (let tries = 0; tries < 200 && readdirSync(join(folder, name)).length > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return readdirSync(join(folder, name));
}

describe('without a QEMU that could be used', { timeout: 60_000 }, () => {
  it.each([
    ['missing', 'no-such-qemu', /^cowcheck: no-such-qemu is not on the PATH\n$/],
    ['missing in its folder', 'build/no-such-qemu', /^cowcheck: there is no file build\/no-such-qemu\n$/],
    ['other', '/bin/true', /^cowcheck: QEMU \(process \d+\) ended with status 0\n$/],
    ['no-program', '/etc/passwd', /^cowcheck: \/etc\/passwd cannot be started \(EACCES\)\n$/],
  ])('says so in one line: %s', async (name, binary, says) => {
    mkdirSync(join(folder, name));
    const { status, out, err } = await runHere(['qemu', '--binary', binary, '--workers', '1'], { env: { TMPDIR: join(folder, name) } });
    expect(err).toMatch(says);
    expect({ status, out, left: await leftIn(name) }).toEqual({ status: 2, out: '', left: [] });
  });

  it('says so of a socket path that is too long, and of a folder that is not there', async () => {
    const long = 'x'.repeat(100);
    mkdirSync(join(folder, long));
    expect((await runHere(['qemu', '--workers', '1'], { env: { TMPDIR: join(folder, long) } })).err).toMatch(
      /^cowcheck: the path of a socket would be \d+ bytes long, above the limit of 107: set TMPDIR to a shorter path than \S+\n$/,
    );
    const { status, err } = await runHere(['qemu', '--workers', '1'], { env: { TMPDIR: '/nonexistent' } });
    expect({ status, err }).toEqual({ status: 2, err: 'cowcheck: no directory for sockets can be created in /nonexistent (ENOENT)\n' });
  });

  it('doctor tells what is missing', async () => {
    const { status, out } = await runHere(['doctor', '--json'], { env: { PATH: '/nonexistent' } });
    expect(status).toBe(0);
    expect(JSON.parse(out)).toContainEqual({
      name: 'qemu-storage-daemon',
      found: false,
      version: null,
      needed_for: 'qemu',
      package: 'qemu-system-common',
    });
  });
});

describe('logs of a real QEMU', { timeout: 60_000 }, () => {
  const logs = ['full', 'severalAtOnce'].map((name) =>
    fileURLToPath(new URL(`../../../validate/logs/${name}.trace.yaml`, import.meta.url)),
  );

  it('are checked against the model, and no QEMU is needed for it', async () => {
    const { status, out } = await runHere(['qemu', '--validate', ...logs, '--json'], { cwd: folder, env: { PATH: '/nonexistent' } });
    expect(JSON.parse(out)).toMatchObject([
      { outcome: 'a run of the model', run: expect.stringMatching(/\.trace\.yaml$/) },
      { outcome: 'a run of the model', run: expect.stringMatching(/\.trace\.yaml$/) },
    ]);
    expect(status).toBe(0);
  });

  it('are told in 80 columns, and one that is refused is a failure', async () => {
    const wrong = join(folder, 'wrong.trace.yaml');
    writeFileSync(
      wrong,
      readFileSync(logs[0]!, 'utf8').replace('target: write.land 0-65535 -> at 0 s0-1@0', 'target: write.land 0-65535 -> at 0 s0@0 s1.g2'),
    );
    const { status, out } = await runHere(['qemu', '--validate', wrong, logs[1]!], { cwd: folder });
    expect(out).toContain('no run of the model');
    for (const line of out.split('\n').filter((text) => !text.includes('.trace.yaml'))) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(status).toBe(1);
  });

  it('are not what a trace of the model is', async () => {
    const trace = fileURLToPath(new URL('../../../../traces/gallery/copyBeforeWrite.trace.yaml', import.meta.url));
    const { status, out, err } = await runHere(['qemu', '--validate', trace], { cwd: folder });
    expect(err).toBe(`cowcheck: ${trace}: not a trace of a real QEMU (job: qemu ...)\n`);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });
});

describeWithQemu('cowcheck qemu', () => {
  const RUNS = sized(9, 24);

  it('checks the log of each run against the model', async () => {
    const { status, out } = await cowcheck(['qemu', '--runs', `${RUNS}`, '--seed', 'spec', '--validate', '--json'], 'validate');
    const { validation } = JSON.parse(out) as {
      validation: {
        validated: number;
        refused: number;
        unfinished: number;
        notCompared: Record<string, number>;
      };
    };
    const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
    expect(validation).toMatchObject({ unfinished: 0, refused: 0 });
    expect(validation.validated + sum(validation.notCompared)).toBe(RUNS);
    expect(validation.validated).toBeGreaterThanOrEqual(RUNS / 2);
    expect(status).toBe(0);
  });

  it('holds, says what it met, and comes to the same for any number of workers', async () => {
    const outcome = async (workers: string): Promise<Ran & { report: Record<string, unknown> }> => {
      const args = ['qemu', '--runs', `${RUNS}`, '--seed', 'spec', '--workers', workers, '--json'];
      const ran = await cowcheck(args, `workers-${workers}`);
      const {
        seconds: _,
        schedulesPerSecond: _perSecond,
        started: _started,
        duration: _duration,
        ...report
      } = JSON.parse(ran.out) as Record<string, unknown>;
      return { ...ran, report };
    };
    const { status, report } = await outcome('1');
    const each = { schedules: RUNS / 3 };
    expect(report).toMatchObject({
      verdict: 'holds',
      schedules: RUNS,
      cutOff: 0,
      failures: [],
      version: expect.stringMatching(/^\d+\.\d+\.\d+(?: \(.+\))?$/),
      byMode: { full: each, top: each, none: each },
    });
    expect(Object.keys(report['marks'] as object)).toEqual(
      expect.arrayContaining(['a copy was held at the cancel', 'a write was in flight at T0']),
    );
    expect({ status, left: await leftIn('workers-1') }).toEqual({ status: 0, left: [] });
    expect((await outcome('3')).report).toEqual(report);
  });

  it('keeps the run in which a trace of the model was reproduced, for a reproducer to be made of it', async () => {
    const lost = fileURLToPath(new URL('../../../../traces/today/lost-bit.trace.yaml', import.meta.url));
    const { status, out } = await cowcheck(['qemu', lost, '--out', 'forced', '--json'], 'forced');
    const [{ outcome, run: kept }] = JSON.parse(out) as [{ outcome: string; run: string }];
    expect({ status, outcome }).toEqual({ status: 1, outcome: 'reproduced' });
    expect((await cowcheck(['replay', kept], 'forced')).out).toContain('reproduced');
    expect((await cowcheck(['explain', kept, '--format', 'reproducer'], 'forced')).out).toMatch(/^#!.*python3\n/);
  });

  it('keeps to 80 columns, and ends on Ctrl-C with what it has', async () => {
    const { status, out } = await cowcheck(['qemu', '--seconds', '1000'], 'interrupted', {
      node: FASTER,
      interrupt: { at: /% done/, signal: 'SIGINT' },
    });
    expect(out).toContain('Interrupted: these are the results so far.');
    const lines = out.split('\n').filter((line) => !line.includes('npx cowcheck')); // a command is not cut, if a failure was found by then
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    expect({ status, left: await leftIn('interrupted') }).toEqual({ status: INTERRUPTED, left: [] });
  });

  it('says in one line that somebody has killed QEMU', async () => {
    const ends = cowcheck(['qemu', '--seconds', '100', '--workers', '1'], 'killed');
    process.kill(await qemuIn('killed'), 'SIGKILL');
    const { status, err } = await ends;
    expect(err).toMatch(/^cowcheck: QEMU \(process \d+\) ended by SIGKILL\n$/);
    expect({ status, left: await leftIn('killed') }).toEqual({ status: 2, left: [] });
  });

  it('leaves nothing behind when it is killed itself', async () => {
    mkdirSync(join(folder, 'self'));
    const child = spawn(process.execPath, [MAIN, 'qemu', '--seconds', '100', '--workers', '1'], {
      env: { PATH: process.env['PATH'], TMPDIR: join(folder, 'self') },
      stdio: 'ignore',
    });
    const pid = await qemuIn('self');
    child.kill('SIGKILL');
    expect(await leftIn('self')).toEqual([]);
    // Killed, whether or not somebody has asked how it ended.
    await expect
      .poll(() => (existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : 'gone'))
      .toMatch(/^gone$|\) [ZX] /);
  });
});

/** The QEMU whose sockets are in a folder, once there is one. */
async function qemuIn(name: string): Promise<number> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const found = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
      .split('\n')
      .find((line) => line.includes('qemu-storage-daemon') && line.includes(join(folder, name, 'cowcheck-')) && !line.includes('watchman'));
    if (found !== undefined) return Number.parseInt(found, 10);
  }
}
