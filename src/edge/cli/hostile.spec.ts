/** Hostile files, interrupts, full disks and closed pipes, as the built command meets them. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneIn, sized } from '../../../tools/nightly/testing.ts';
import { readTrace } from '../../trace/read.ts';
import { json, shown } from './io/terminal.ts';
import {
  CONTROL,
  GOLDEN,
  type How,
  INTERRUPTED,
  MAIN,
  MODULES,
  type Ran,
  TELLS_LISTENING,
  WORKLOAD,
  run,
  runHere,
  tracesIn,
} from './testing.ts';

/** Refusals take a second or less; many of them at once, on a busy machine, longer. */
const SLOW_MS = 120_000;
const MiB = 2 ** 20;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-hostile-'));
  chmodSync(folder, 0o755);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Inside this process, unless something is asked for that only a process has. */
const cowcheck = (args: readonly string[], how?: How): Promise<Ran> =>
  how === undefined ? runHere(args, { cwd: folder }) : run(args, { cwd: folder, ...how });
const STACK = /^ {4}at /m;
/** On a machine that is slow there is some. */
const withoutProgress = (err: string): string => err.replaceAll(/^cowcheck: (\d+ % done, |failure \d+).*\n/gm, '');
const BREAKS = [
  'check',
  '--runs',
  '2000',
  '--mode',
  'full',
  '--without',
  'copyBeforeWrite',
  '--seed',
  'spec',
  '--workers',
  '1',
  '--prove-seconds',
  '0',
];

describe('a hostile file', { timeout: SLOW_MS, concurrent: true }, () => {
  const golden = readFileSync(GOLDEN, 'utf8');
  const log = readFileSync(WORKLOAD, 'utf8');
  const noise = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff);
  const write = (text: string | Uint8Array) => (path: string) => writeFileSync(path, text);

  type Files = readonly [about: string, make: (path: string) => void, asTrace: RegExp, asLog: RegExp][];
  const FILES: Files = [
    ['missing', () => {}, /^: no such file$/, /^: no such file$/],
    ['a folder', (path) => mkdirSync(path), /^: it is a directory$/, /^: it is a directory$/],
    ['a FIFO', (path) => void execFileSync('mkfifo', [path]), /^: it is not a regular file$/, /^: it is not a regular file$/],
    ['a link to nothing', (path) => symlinkSync('nothing', path), /^: no such file$/, /^: no such file$/],
    [
      'a link to a device without end',
      (path) => symlinkSync('/dev/zero', path),
      /^: it is not a regular file$/,
      /^: it is not a regular file$/,
    ],
    ['empty', write(''), /^:1:1: not a trace/, /^:1: found an empty file, expected /],
    ['noise', write(noise), /^:1: it is not text: expected UTF-8$/, /^:1: it is not text: expected UTF-8$/],
    [
      'text with a broken character',
      write(Buffer.concat([Buffer.from(golden), Uint8Array.of(0xc3, 0x28), Buffer.from('\n')])),
      /^:84: it is not text/,
      /^:84: it is not text/,
    ],
    [
      '100 MB long',
      (path) => writeFileSync(path, Buffer.alloc(100 * MiB, 'trace: 1\n')),
      /^: it is 100 MiB long; at most 32 MiB are read$/,
      /^:1: expected /,
    ],
    [
      'a terabyte long',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 2 ** 40);
      },
      /^: it is 1048576 MiB long/,
      /^: it is 1048576 MiB long/,
    ],
    [
      'one line of 30 MB',
      write('x'.repeat(30 * MiB)),
      /^:1:\d+: not YAML that a trace may use/,
      /^:1: found a line of more than 65536 characters, expected a log of /,
    ],
    ['a trace cut off', write(golden.slice(0, golden.length / 2)), /^:\d+:\d+: /, /^:1: expected a log of /],
    [
      'a log cut off in its first request',
      write(log.slice(0, log.indexOf('Read id=') + 20)),
      /^:\d+:\d+: not /,
      /^:5: found no request that took effect, expected /,
    ],
    ['a log of something else', write('Jan 1 00:00:00 host kernel: hello\n'), /^:1:\d+: not /, /^:1: expected a log of /],
    [
      'a request past the end of the disk',
      write(golden.replace('write: [3, 2]', 'write: [9, 2]')),
      /^:23:7: scenario: g4 asks for sectors 9 to 10 of a disk of 10 sectors$/,
      /^:1: expected a log of /,
    ],
    [
      'a logged request past the end of the disk',
      write(log.replace('offset=0x0 count=0x200', 'offset=0x2000000 count=0x200')),
      /^:\d+:\d+: not /,
      /^:5: found .*, expected an end within the disk's 33554432 bytes$/,
    ],
    [
      'a trace of a newer format',
      write(golden.replace('trace: 1', 'trace: 9')),
      /^:1:8: format 9 is too new for this cowcheck, which reads formats up to 2: update cowcheck$/,
      /^:1: expected a log of /,
    ],
    ['a mistake in a trace', write(golden.replace('wake: qemu', 'wake: never')), /^:4:7: wake: /, /^:1: expected a log of /],
    ['a mistake in YAML', write(golden.replace('wake: qemu', 'wake: "qemu')), /^:\d+:\d+: not YAML: /, /^:1: expected a log of /],
    ['aliases', write(`trace: 1\na: &a [x]\nb: [*a, *a]\n`), /^:3:5: .*alias/, /^:1: expected a log of /],
    [
      'nested lists',
      write('['.repeat(sized(1, 5) * MiB)),
      /^:1:\d+: not YAML/,
      /^:1: found a line of more than 65536 characters, expected a log of /,
    ],
    [
      'a list without end',
      write(`trace: [${'1,'.repeat(sized(400_000, 1_500_000))}]`),
      /^:1:\d+: .*tokens/,
      /^:1: found a line of more than 65536 characters, expected a log of /,
    ],
    ['many keys', write(Array.from({ length: 100_000 }, (_, i) => `k${i}: 1\n`).join('')), /^:101:\d+: .*keys/, /^:1: expected a log of /],
    [
      'a number of a megabyte',
      write(`a b connection=1 Connect size=0x200\na b connection=1 ...Read id=${'1'.repeat(MiB)} return=0\n`),
      /^:1:\d+: not /,
      /^:2: found /,
    ],
    [
      'names that a terminal obeys',
      write(`${golden}"\\e[2J\\u009b": 1\n`),
      /^:84:1: at the top: unknown key "\\u001b\[2J/,
      /^:1: expected a log of /,
    ],
  ];

  it.each(oneIn(2, FILES))('is refused by every command in one line, and nothing is written: %s', async (about, make, asTrace, asLog) => {
    const cwd = join(folder, about.replaceAll(' ', '-'));
    mkdirSync(cwd);
    make(join(cwd, 'file'));
    const before = readdirSync(cwd);
    const says = await Promise.all(
      [
        ['replay', GOLDEN, 'file', '--json'],
        ['keep', 'file'],
        ['check', '--workload', 'file', '--runs', '5'],
      ].map((args) => refusal(args, cwd)),
    );
    for (const [i, said] of says.entries()) expect(said).toMatch(i < 2 ? asTrace : asLog);
    expect(readdirSync(cwd)).toEqual(before);
  });

  it('is named in a line that no terminal obeys', async () => {
    writeFileSync(join(folder, 'a\u001B[2J\nb'), 'x');
    const { err } = await cowcheck(['replay', 'a\u001B[2J\nb']);
    expect(err).toMatch(/^cowcheck: a\\u001b\[2J\\u000ab:1:1: not a trace[^\n]*\n$/);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot && !mayRunAsNobody())('is refused if permission denied', async () => {
    writeFileSync(join(folder, 'secret'), 'x');
    chmodSync(join(folder, 'secret'), 0);
    const { status, out, err } = await cowcheck(['replay', 'secret'], { by: isRoot ? NOBODY : [] });
    expect({ status, out, err }).toEqual({ status: 2, out: '', err: 'cowcheck: secret: permission denied\n' });
  });

  /** What the line says after the name of the file. */
  async function refusal(args: readonly string[], cwd: string): Promise<string> {
    const { status, out, err } = await runHere(args, { cwd });
    expect(err).toMatch(/^cowcheck: file[^\n]{1,7000}\n$/);
    expect(err).not.toMatch(CONTROL);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    return err.slice('cowcheck: file'.length, -1);
  }
});

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Whether there is another user to be, and whether that one may run the command. */
function mayRunAsNobody(): boolean {
  try {
    execFileSync(NOBODY[0]!, [...NOBODY.slice(1), process.execPath, '--check', MAIN], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a mistake of our own', () => {
  it('is not taken for a broken property', async () => {
    const { status, err } = await cowcheck(['check', '--runs', '10'], {
      node: ['--import', 'data:text/javascript,String.prototype.padEnd = () => { throw new Error("broken on purpose"); }'],
    });
    expect({ status, told: err.includes('Error: broken on purpose') }).toEqual({ status: 70, told: true });
  });
});

describe('an interrupt', { timeout: SLOW_MS, concurrent: true }, () => {
  /** Says on standard error that workers for shrinking are being started. */
  const TELLS_SHRINKING = [
    '--import',
    `data:text/javascript,${encodeURIComponent(
      'import { Worker } from "node:worker_threads"; const post = Worker.prototype.postMessage; ' +
        'Worker.prototype.postMessage = function (message, ...more) { if ' +
        '(String(message?.filename).includes("failure-worker")) process.stderr.write("shrinking\\n"); return ' +
        'post.call(this, message, ...more); };',
    )}`,
  ];

  it.each(oneIn(3, ['SIGINT', 'SIGTERM', 'SIGHUP'] as const))(
    'while failures are shrunk leaves them as they are, but told and saved: %s',
    async (signal) => {
      const out = `shrinking-${signal}`;
      const ran = await cowcheck(
        [
          'check',
          '--runs',
          '600',
          '--mode',
          'full',
          '--without',
          'copyBeforeWrite',
          '--keep-going',
          '--seed',
          'spec',
          '--json',
          '--out',
          out,
        ],
        { node: TELLS_SHRINKING, interrupt: { at: /shrinking/, signal } },
      );
      expect(ran.status).toBe(INTERRUPTED);
      expect(ran.out).toMatch(/^\{[^\n]+\}\n$/);
      const { verdict, failures } = JSON.parse(ran.out) as { verdict: string; failures: { trace: string }[] };
      expect(verdict).toBe('broken');
      expect(tracesIn(join(folder, out)).map((name) => `${out}/${name}`)).toEqual(failures.map(({ trace }) => trace).toSorted());
      for (const { trace } of failures)
        expect(readTrace(readFileSync(join(folder, trace), 'utf8')).minimal).toMatch(
          /^((interrupted|best effort|proven) \(.+\)|not tried)$/,
        );
      expect(await cowcheck(['replay', ...failures.map(({ trace }) => trace)])).toMatchObject({ status: 0 });
    },
  );

  it('that leaves no time finds what was told on disk', async () => {
    const ran = await cowcheck(
      [
        'check',
        '--mode',
        'full',
        '--without',
        'lookAgainAfterWaking',
        '--keep-going',
        '--runs',
        '1000000000',
        '--seed',
        'spec',
        '--out',
        'killed',
      ],
      { interrupt: { at: /^cowcheck: failure 1: .*\n/m, signal: 'SIGKILL' } },
    );
    const [, told] = /^cowcheck: failure 1: .+ is broken in FULL.*, after \d+ steps: (.+)$/m.exec(ran.err)!;
    expect({ status: ran.status, out: ran.out }).toEqual({ status: null, out: '' });
    expect(await cowcheck(['replay', told!])).toMatchObject({ status: 0, out: expect.stringContaining('reproduced') });
  });

  it.each([[['--json']], [[]]])('ends a replay of many traces, which says what it has: %j', async (more) => {
    const many = 400;
    const { status, out, err } = await cowcheck(['replay', ...Array.from({ length: many }, () => GOLDEN), ...more], {
      node: TELLS_LISTENING,
      interrupt: { at: more.length > 0 ? /listening/ : /golden/, signal: 'SIGINT' },
    });
    expect(status).toBe(INTERRUPTED);
    const ran = more.length > 0 ? (JSON.parse(out) as unknown[]).length : out.split('\n').filter((line) => line.includes('golden')).length;
    expect(ran).toBeLessThan(many);
    expect(ran).toBeGreaterThanOrEqual(more.length > 0 ? 0 : 1);
    expect(err).toContain(`cowcheck: interrupted: ${ran} of ${many} traces were run\n`);
    expect(err).not.toMatch(STACK);
  });

  /**
   * Runs a script in which `interruptible` does what it does, killed if it takes long. @returns its exit status, null
   * if it was killed, and what it said
   */
  function interrupted(work: string): Promise<Pick<Ran, 'status' | 'err'>> {
    const script =
      'import { interruptible } ' +
      `from ${JSON.stringify(new URL('io/interrupt.js', MODULES).href)}; const press = () => ` +
      `process.kill(process.pid, 'SIGINT'); await interruptible(${work});`;
    return new Promise((resolve) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 8_000,
        killSignal: 'SIGKILL',
      });
      let err = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
      child.on('close', (status) => resolve({ status, err }));
    });
  }
  const HINT = 'cowcheck: stopping; press Ctrl-C again to exit at once (failures found so far stay unshrunk)\n';
  const FOR_EVER = 'setInterval(() => {}, 1000)';

  it('that comes again ends at once what does not come to an end', async () => {
    expect(await interrupted(`() => new Promise(() => { ${FOR_EVER}; press(); setTimeout(press, 2000); })`)).toEqual({
      status: INTERRUPTED,
      err: HINT,
    });
  });

  it('that comes twice for one key pressed, as under npx, is one', async () => {
    expect(
      await interrupted(
        `(signal) => new Promise(() => { ${FOR_EVER}; signal.addEventListener('abort', () => setTimeout(press, 10)); press(); })`,
      ),
    ).toEqual({ status: null, err: HINT });
  });

  it('says nothing more where all comes to an end soon, and nobody listens any longer', async () => {
    expect(
      await interrupted(
        `(signal) => new Promise((end) => { ${FOR_EVER}; signal.addEventListener('abort', end); press(); ` +
          '}).then(() => setTimeout(press, 1500))',
      ),
    ).toEqual({ status: null, err: '' });
  });
});

describe('a trace that cannot be written', { timeout: SLOW_MS, concurrent: true }, () => {
  const IN_A_FILE = 'taken';

  /** The verdict is told all the same, and so is the trace; as JSON, too, by day in the first of these cases. */
  async function expectLost(out: string, how?: How): Promise<void> {
    const check = (...more: string[]): Promise<Ran> =>
      how === undefined ? runHere([...BREAKS, '--out', out, ...more], { cwd: folder }) : cowcheck([...BREAKS, '--out', out, ...more], how);
    const ran = await check();
    expect(ran.status).toBe(1);
    expect(ran.out).toMatch(/^1\. property snapshot-kept is broken in mode FULL/m);
    const told = withoutProgress(ran.err);
    const [line, ...trace] = told.split('\n');
    expect(line).toMatch(
      /^cowcheck: .*\/full-copyBeforeWrite-[0-9a-f]{8}\.trace\.yaml: cannot be written \(E[A-Z]+\); this is the trace:$/,
    );
    expect(readTrace(trace.join('\n'))).toMatchObject({ cause: ['copyBeforeWrite'], verdict: { property: 'snapshot-kept' } });
    if (sized(out !== IN_A_FILE, false)) return;
    const asJson = await check('--json');
    expect(asJson.status).toBe(1);
    expect(JSON.parse(asJson.out)).toMatchObject({ verdict: 'broken', failures: [{ property: 'snapshot-kept', trace: null }] });
    expect(withoutProgress(asJson.err)).toBe(told);
  }

  it('is told because its folder is a file', async () => {
    writeFileSync(join(folder, IN_A_FILE), 'text');
    await expectLost(IN_A_FILE);
    expect(readFileSync(join(folder, IN_A_FILE), 'utf8')).toBe('text');
  });

  // By day its folder is a file, above: both are a folder that can't be made.
  it.skipIf(!existsSync('/proc/self') || sized(true, false))('is told because its folder can not be made', async () => {
    await expectLost('/proc/self/traces');
  });

  it.skipIf(process.platform === 'win32')('is told because files may not grow, and nothing of it is left', async () => {
    await expectLost('limited', { by: ['sh', '-c', 'ulimit -f 0 && exec "$0" "$@"'] });
    expect(existsSync(join(folder, 'limited'))).toBe(false);
  });

  // A disk of one page can only be had by those who may mount one. By day it is that of full-disk.spec.ts.
  it.skipIf(sized(true, false) || !mayMount())('is told because the disk is full, and nothing of it is left', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk]);
    try {
      writeFileSync(join(disk, 'fill'), Buffer.alloc(statfsSync(disk).bfree * 4096));
      await expectLost(join('disk', 'traces'));
      expect(existsSync(join(disk, 'traces'))).toBe(false);
      writeFileSync(join(disk, '..', 'kept.trace.yaml'), readFileSync(GOLDEN));
      mkdirSync(join(disk, 'cwd'));
      const { status, err } = await runHere(['keep', join(folder, 'kept.trace.yaml')], { cwd: join(disk, 'cwd') });
      expect({ status, err }).toEqual({ status: 2, err: 'cowcheck: traces/found/kept.trace.yaml: cannot be written (ENOSPC)\n' });
      expect(existsSync(join(folder, 'kept.trace.yaml'))).toBe(true);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('is told as text that no terminal obeys', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { err } = await runHere([...BREAKS.map((arg) => (arg === 'spec' ? 'a\u009B2Jb' : arg)), '--out', 'file'], { cwd: folder });
    expect(err).not.toMatch(CONTROL);
    const told = withoutProgress(err);
    expect(readTrace(told.slice(told.indexOf('\n') + 1)).found!.seed).toBe('a\u009B2Jb');
  });
});

function mayMount(): boolean {
  const disk = mkdtempSync(join(tmpdir(), 'cowcheck-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk], { stdio: 'ignore' });
    execFileSync('umount', [disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(disk, { recursive: true, force: true });
  }
}

describe('output that nobody takes', { timeout: SLOW_MS, concurrent: true }, () => {
  /** Those that write to standard output come first. */
  const COMMANDS: readonly [args: readonly string[], status: number][] = [
    [['rules'], 0],
    [['rules', '--json'], 0],
    [['--help'], 0],
    [['--version'], 0],
    [[...BREAKS, '--out', 'closed', '--json'], 1],
    [[...BREAKS, '--out', 'closed'], 1],
    [['replay', GOLDEN, GOLDEN, '--with', 'drainBeforeUnhook'], 1],
    [['replay', GOLDEN, '--json', '--with', 'drainBeforeUnhook'], 1],
    [['replay', 'nothing'], 2],
    [['check', '--runs', '5', '--workers', '1', '--seed', 'a'], 0],
    [[...BREAKS, '--out', '/dev/null'], 1],
    [['chek'], 2],
    [[], 2],
  ];
  const WRITING = COMMANDS.slice(0, 8);
  type Streams = 'stdout' | 'stderr' | 'stdout and stderr';
  const each = (commands: typeof COMMANDS, streams: readonly Streams[]): [lost: Streams, args: readonly string[], status: number][] =>
    commands.flatMap(([args, status]) => streams.map((lost): [Streams, readonly string[], number] => [lost, args, status]));

  // One in 13 is a command of each status, and each of the three ways.
  it.each(oneIn(13, each(COMMANDS, ['stdout and stderr', 'stdout', 'stderr'])))(
    'is no reason for another status, nor for a stack, if pipes are closed: %s of %j',
    async (lost, args, status) => {
      const ran = await cowcheck(args, {
        stdout: lost === 'stderr' ? 'read' : 'closed',
        stderr: lost === 'stdout' ? 'read' : 'closed',
      });
      expect(ran.status).toBe(status);
      expect(`${ran.out}${ran.err}`).not.toMatch(STACK);
    },
  );

  it.skipIf(!existsSync('/dev/full')).each(oneIn(7, each(WRITING, ['stdout', 'stdout and stderr'])))(
    'is said in one line and by the status if the disk is full: %s of %j',
    async (lost, args, status) => {
      const full = openSync('/dev/full', 'w');
      try {
        const ran = await cowcheck(args, { stdout: full, stderr: lost === 'stdout' ? 'read' : full });
        expect({ ...ran, err: withoutProgress(ran.err) }).toEqual({
          status: status === 0 ? 2 : status,
          out: '',
          err: lost === 'stdout' ? 'cowcheck: standard output cannot be written (ENOSPC)\n' : '',
        });
      } finally {
        closeSync(full);
      }
    },
  );
});

describe('names that a terminal obeys', { timeout: SLOW_MS, concurrent: true }, () => {
  const EVIL = 'a\u001B[2J\u009Bb';

  it('are escaped wherever they are told', async () => {
    writeFileSync(join(folder, `${EVIL}.trace.yaml`), readFileSync(GOLDEN));
    writeFileSync(join(folder, `${EVIL}2.trace.yaml`), readFileSync(GOLDEN));
    const search = BREAKS.map((arg) => (arg === 'spec' ? EVIL : arg));
    const here = (args: readonly string[]): Promise<Ran> => runHere(args, { cwd: folder });
    const ran = await Promise.all([
      here([...search, '--out', EVIL, '--json']),
      here([...search, '--out', EVIL]),
      here(['replay', `${EVIL}.trace.yaml`]),
      here(['replay', `${EVIL}.trace.yaml`, '--json']),
      here(['keep', `${EVIL}.trace.yaml`]),
      here(['keep', `${EVIL}2.trace.yaml`, '--json']),
    ]);
    for (const { out, err } of ran) {
      expect(out).toContain('\\u001b[2J\\u009bb');
      expect(`${out}${err}`).not.toMatch(CONTROL);
    }
    expect((JSON.parse(ran[0].out) as { options: { seed: string } }).options.seed).toBe(EVIL);
  });

  it('are the same in JSON once it is read', () => {
    const value = { [EVIL]: [EVIL, '\u202E\u2066\uFEFF', 1, null] };
    expect(json(value)).not.toMatch(/[^ -~\n]/);
    expect(JSON.parse(json(value))).toEqual(value);
    expect(shown({ a: [EVIL, 1], b: null, c: new Map([[1, EVIL]]) })).toEqual({
      a: ['a\\u001b[2J\\u009bb', 1],
      b: null,
      c: new Map([[1, EVIL]]),
    });
  });
});
