import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../../trace/format.ts';
import { readTrace } from '../../../trace/read.ts';
import { type SyncMode, SYNC_MODES } from '../../../../model/sync.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { oneIn, sized } from '../../../../tools/nightly/testing.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { RandomWalk } from '../../../search/strategies/random-walk.ts';
import { traceOf } from '../campaign/real-trace.ts';
import { Draw } from '../draw/draw.ts';
import { HoldBack } from '../case/hold-back.ts';
import { Host } from '../case/host.ts';
import { FollowLoosely, byStrategy } from '../case/picker.ts';
import { LIKE_1_6 } from '../case/start.ts';
import { STORAGE_DAEMON } from '../daemon/storage-daemon.ts';
import { describeWithQemu } from '../daemon/testing.ts';
import { releases } from '../releases/store.ts';
import type { Start } from '../../../validate/start.ts';
import { NotHandedOn } from './check.ts';
import { reproducerOf } from './reproducer.ts';

/** Traces that a search has found whose reproducers are among the longest: a qcow2 target whose answers lag, and three qcow2 images. */
const LONG = ['targetLags', 'threeImages'] as const;
const long = (name: (typeof LONG)[number]): Trace => readTrace(readFileSync(new URL(`long/${name}.trace.yaml`, import.meta.url), 'utf8'));

const traceIn = (path: string): Trace => readTrace(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8'));
const kept = (name: string): Trace => traceIn(`traces/releases/${name}.trace.yaml`);
const [BUG, FINE, CANNOT_SAY] = [1, 0, 125];

/** What QEMU's releases make of each trace. */
const EXPECTED = {
  'lost-cluster-5.2': { '5.2': BUG, '7.2': FINE, '10.0': FINE, '11.1': FINE },
  'serialised-twice-5.2': { '5.2': BUG, '7.2': FINE, '10.0': FINE, '11.1': FINE },
  'snapshot-access-7.2': { '5.2': CANNOT_SAY, '7.2': BUG, '10.0': FINE, '11.1': FINE },
  'break-snapshot-11.1': { '5.2': CANNOT_SAY, '7.2': CANNOT_SAY, '10.0': CANNOT_SAY, '11.1': BUG },
  'bitmap-always-7.2': { '5.2': CANNOT_SAY, '7.2': BUG, '10.0': BUG, '11.1': BUG },
  'overtaken-read-11.1': { '5.2': CANNOT_SAY, '7.2': BUG, '10.0': BUG, '11.1': BUG },
} as const;

/** Lines of a reproducer, at most. */
const LINES_MAX = 249;

const ON_PATH = /version (?<version>\S+)/.exec(spawnSync(STORAGE_DAEMON, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.groups![
  'version'
];

/** The program of a release, fetched or on the PATH; null: it is not here. */
function programOf(version: string): string | null {
  const fetched = releases().findLast((release) => release.version.startsWith(`${version}.`));
  return fetched?.daemon ?? (ON_PATH?.startsWith(`${version}.`) === true ? STORAGE_DAEMON : null);
}

/** Itself: what starts it, where several are installed, may take longer than it does. */
const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-reproducer-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (trace: Trace, ...args: string[]): ReturnType<typeof runText> => runText(reproducerOf(trace), ...args);

/** Runs it as a stranger would: nothing is there but Python and that program. */
async function runText(text: string, ...args: string[]): Promise<{ status: unknown; out: string }> {
  const file = join(mkdtempSync(join(folder, 'run-')), 'reproducer.py');
  writeFileSync(file, text);
  return new Promise((resolve) => {
    execFile(PYTHON, [file, ...args], { cwd: folder, env: { PATH: process.env['PATH'] }, timeout: 60_000 }, (error, out, err) =>
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), out: `${out}${err}` }),
    );
  });
}

describeWithQemu('a reproducer', () => {
  const cells = Object.entries(EXPECTED).flatMap(([name, row]) =>
    Object.entries(row).map(([version, status]) => [name, version, status, programOf(version)] as const),
  );

  // One in three is each of the three statuses, and each trace but one.
  for (const [name, version, status, program] of oneIn(3, cells))
    it.skipIf(program === null)(`of ${name} ends with ${status} on QEMU ${version}`, async () => {
      const ran = await run(kept(name), program!);
      expect(ran, ran.out).toMatchObject({ status });
    });

  const TAKES = [
    ['lost-cluster-5.2', '5.2', 'fault'],
    ['serialised-twice-5.2', '5.2', 'g2'],
    ['snapshot-access-7.2', '7.2', 'g5'],
    ['break-snapshot-11.1', '11.1', 'fault'],
  ] as const;
  it.each(oneIn(2, TAKES))('of %s finds nothing on QEMU %s without what it takes: %s', async (name, version, what) => {
    const program = programOf(version);
    if (program === null) return;
    const ran = await run(kept(name), program, '--without', what);
    expect(ran, ran.out).toMatchObject({ status: FINE });
  });

  it('says what it sees, step by step, and what was right', async () => {
    const { out } = await run(kept('snapshot-access-7.2'), STORAGE_DAEMON);
    expect(out).toMatch(/^QEMU 7\.2\.\d+ /);
    expect(out).toContain('\n   5  source reply write 0 32768  -> g5 ok\n');
    expect(out).toMatch(/\nBUG: g6 reads s0\.g5 in sector 0 instead of zero\n$/);
  });

  it('says nothing where it can not, and never by the status of a bug', async () => {
    const trace = kept('snapshot-access-7.2');
    expect(await run(trace, 'no-such-program')).toEqual({ status: CANNOT_SAY, out: 'CANNOT SAY: there is no program no-such-program\n' });
    expect(await run(trace, 'true')).toMatchObject({
      status: CANNOT_SAY,
      out: expect.stringMatching(/true does not start/),
    });
    expect(await run(trace, STORAGE_DAEMON, '--without', 'everything')).toMatchObject({
      status: CANNOT_SAY,
      out: expect.stringMatching(/^CANNOT SAY: the arguments are a QEMU, and any of .*'--without', 'fault', 'g5'/),
    });
    const fails = kept('lost-cluster-5.2');
    const schedule = fails.schedule.map((step) => ({ ...step, what: step.saw.includes('EIO') ? 'trim.land 131072-196607' : step.what }));
    expect(await run({ ...fails, schedule }, STORAGE_DAEMON)).toMatchObject({
      status: CANNOT_SAY,
      out: expect.stringMatching(/\nCANNOT SAY: nothing is held back, trim 131072 of the source, which should fail, does not come: /),
    });
  });
});

/** A run in which nothing breaks, as if something had: its reproducer must be able to follow it to the letter, and find nothing. */
async function fineTrace(host: Host, mode: SyncMode, seed: string): Promise<Trace> {
  const random = randomNumbers(`${seed}/${mode}`);
  const { scenario, start: drawn } = draw.draw(mode, random, host.capabilities);
  const start = { ...drawn, backing: 'open' } as const; // a reproducer does not attach a backing file later
  const result = await host.run(scenario, start, byStrategy(new RandomWalk(), random));
  expect(result.violation).toBeNull();
  const isCancelled = result.steps.some(({ what }) => what === 'cancel');
  const property = start.bitmapMode !== null ? 'next-increment' : isCancelled ? 'always-finishes' : 'snapshot-kept';
  const trace = traceOf(result, host.version, { strategy: 'random', seed, run: 0 });
  return { ...trace, verdict: { property, step: result.steps.length, detail: 'made up' } };
}

/** Whether two requests of the same name wait at once: a trace does not say which of them goes first, and neither can cowcheck tell. */
function hasTwins({ schedule }: Trace): boolean {
  const waiting: string[] = [];
  return schedule.some(({ who, what, saw }) => {
    const name = `${who} ${what.replace('.done', '')}`;
    if (what.includes('.done') || /\bE[A-Z]+\b/.test(saw)) waiting.splice(waiting.indexOf(name.replace(/\.(?:took|land)/, '')) >>> 0, 1);
    waiting.push(...saw.split(', ').filter((word) => /^(?:source|target|base) /.test(word)));
    return new Set(waiting).size < waiting.length;
  });
}

const draw = new Draw({ clusters: 4, writes: 6, faults: true });

/** How a reproducer tells that a step was not as the trace has it. */
const OTHERWISE = '(different request, or none)';

describeWithQemu('any run on a real QEMU', () => {
  it('is followed by its reproducer to the letter: the same requests, in the same order', async () => {
    const host = await Host.start();
    try {
      for (const seed of sized(['a'], ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']))
        for (const mode of SYNC_MODES) {
          const trace = await fineTrace(host, mode, seed);
          if (hasTwins(trace)) continue;
          const ran = await run(trace, STORAGE_DAEMON);
          expect(ran, `${mode} ${seed}: ${ran.out}`).toMatchObject({ status: FINE });
          expect(ran.out).not.toContain(OTHERWISE);
        }
    } finally {
      await host.stop();
    }
  });

  const SENT = 'file.write(pack(">IHH8sI"';
  const NO_ANSWER = [SENT, `kind == "write" or ${SENT}`] as const;
  const NEXT = 'command("blockdev-backup", {**ids';
  const LANDS = 'if kind in CHANGES and not error';

  const SEEN = [
    [
      'lost bits of a bitmap',
      'next-increment',
      NEXT,
      `command("block-dirty-bitmap-clear", {"node": "source", "name": "dirty"}); ${NEXT}`,
      /BUG: after/,
    ],
    ['a hang', 'always-finishes', ...NO_ANSWER, /BUG: nothing is held back/],
    ['a hang where it looks for something else', 'snapshot-kept', ...NO_ANSWER, /CANNOT SAY: nothing is held back/],
    [
      'a target that gets nothing',
      'snapshot-kept',
      LANDS,
      `${LANDS} and disk == "source"`,
      /BUG: the job has completed .* instead of s2\.g0/,
    ],
    [
      'an error that is not of its making',
      'guest-unharmed',
      'answer(request, error)\n    settle',
      'answer(request, 5)\n    settle',
      /BUG: g0 is told error 5/,
    ],
  ] as const;
  it.each(oneIn(2, SEEN))('is seen with %s', async (_, property, from, to, says) => {
    const text = reproducerOf(await incrementAs(property));
    expect(text).toContain(from);
    fine.set(property, fine.get(property) ?? runText(text, STORAGE_DAEMON));
    expect(await fine.get(property)).toMatchObject({ status: FINE });
    const wrong = await runText(
      text.replace(from, () => to),
      STORAGE_DAEMON,
    );
    expect(wrong.out).toMatch(says);
  });

  /** By the property that its trace names: what its reproducer comes to as it is. */
  const fine = new Map<string, ReturnType<typeof runText>>();
});

describeWithQemu('two disks in a transaction', () => {
  /** The first run of those that are drawn that comes to a situation, as if it had broken the promise of a group. */
  const met = async (host: Host, completion: 'individual' | 'grouped', situation: string): Promise<Trace> => {
    const pairs = new Draw({ clusters: 2, writes: 4, faults: true, only: ['transaction'] });
    for (let i = 0; ; i++) {
      const random = randomNumbers(`pair/${i}`);
      const { scenario, start, holds } = pairs.draw('full', random, host.capabilities);
      if (start.transaction !== completion) continue;
      const result = await host.run(scenario, start, new HoldBack(byStrategy(new RandomWalk(), random), holds));
      expect(result.violation).toBeNull();
      if (!result.situations.has(situation)) continue;
      const trace = traceOf(result, host.version, { strategy: 'random', seed: 'pair', run: i });
      return { ...trace, verdict: { property: 'group-all-or-nothing', step: result.steps.length, detail: 'made up' } };
    }
  };

  it('are followed to the letter, and it shows whether one job completes and the other does not', async () => {
    const host = await Host.start();
    try {
      const group = await run(await met(host, 'grouped', 'a job took the other one of its group with it'), STORAGE_DAEMON);
      expect(group, group.out).toMatchObject({ status: FINE, out: expect.stringMatching(/'job2': 'cancelled'/) });
      expect(group.out).not.toContain(OTHERWISE);
      const two = await met(host, 'individual', 'a job completed, and the other one of its transaction did not');
      const apart = await run(two, STORAGE_DAEMON);
      expect(apart.out).not.toContain(OTHERWISE);
      expect(apart, apart.out).toMatchObject({
        status: BUG,
        out: expect.stringMatching(/BUG: .* and of a group either all complete or none\n/),
      });
      expect(apart.out).toMatch(/BUG: .*job has (?:failed|cancelled)/);
      expect(apart.out).toMatch(/BUG: .*job2 has completed/);
    } finally {
      await host.stop();
    }
  });

  it('makes the next increment for the first backup where the bitmap keeps its point', async () => {
    const { status, out } = await run(await runIncrement({ sync: 'bitmap', bitmapMode: 'never' }), STORAGE_DAEMON);
    expect(status, out).toBe(FINE);
  });
});

let ranIncrement: Promise<Trace> | null = null;

/** One run, in which nothing breaks, as if that property had. */
async function incrementAs(property: string): Promise<Trace> {
  const trace = await (ranIncrement ??= runIncrement({ sync: 'incremental', bitmapMode: 'on-success' }));
  return { ...trace, verdict: { property, step: trace.schedule.length, detail: 'g1 was told EIO, though none of its I/O failed' } };
}

async function runIncrement(kind: Pick<Start, 'sync' | 'bitmapMode'>): Promise<Trace> {
  const host = await Host.start();
  try {
    const ran = await host.run(INCREMENT, { ...LIKE_1_6, ...kind, granularity: 65_536 }, order());
    const verdict = { property: 'next-increment', step: ran.steps.length, detail: 'made up' };
    return { ...traceOf(ran, host.version, undefined), verdict };
  } finally {
    await host.stop();
  }
}

/** A job that copies what a write before it has made dirty, and a write while it runs. */
const INCREMENT: Scenario = {
  mode: 'full',
  disk: { sectors: 4, clusterSectors: 2, zero: [], discardReads: 'zero' },
  targetClusterSectors: 0,
  guest: [
    { id: 'g0', kind: 'write', first: 2, count: 2, after: [], early: true },
    { id: 'g1', kind: 'write', first: 0, count: 1, after: ['g0'], early: false },
  ],
  cancel: false,
};

const order = (): FollowLoosely =>
  new FollowLoosely(
    ['g0: write', 'source: write.land 65536-131071', 'source: write.done 65536-131071'].map((text) => {
      const [who, what] = text.split(': ') as [string, string];
      return { who, what, saw: '' };
    }),
  );

describe('what can be handed on', () => {
  it('is told at its top: what is held, what fails, what was seen, what was promised', () => {
    const text = reproducerOf(kept('break-snapshot-11.1'));
    expect(text.slice(0, text.indexOf('import contextlib'))).toMatchInlineSnapshot(`
      "#!/usr/bin/env python3
      """
      Found by cowcheck on QEMU 11.1.3 (Debian 1:11.1.3+ds-1). Each disk request is held.

      Held      source status 0-65535 (steps 1-3); source write 0-65535 (steps 7-9); target write 0-65535
                (steps 8-10)
      Fails     write 0-65535 of the target, with EIO, in steps 5, 7, 10
      Seen      sector 0 of the target is s0.g2 instead of s0@0 after the job has completed (s5@0: sector
                5 of the disk as it was in the beginning; s5.g2: as g2 wrote it)
      Promised  under break-snapshot a failed copy breaks the snapshot, and every backup based on it
                eventually fails (qapi/block-core.json, OnCbwError; MO-12)
      Exit status, as for git bisect run: 1 the bug is there; 0 it is not; 125 this binary cannot say.
      """
      "
    `);
  });

  const HOSTILE = [
    ['ends the docstring', '"""; open("MARK", "w"); """ and so on'],
    ['ends the line', 'a\nopen("MARK", "w")\r\nopen("MARK", "w")\u2028open("MARK", "w") # '],
    ['is an escape that Python does not know', '\\N{NO SUCH NAME} \\x \\u12 \\'],
    ['ends in a quote', 'so it said ""'],
  ] as const;
  it.each(oneIn(2, HOSTILE))('runs nothing that a trace says: a text that %s', (_what, text) => {
    const trace = kept('lost-cluster-5.2');
    const hostile = {
      ...trace,
      verdict: { ...trace.verdict, detail: text },
      schedule: trace.schedule.map((step) => ({ ...step, saw: text })),
    } as Trace;
    const cwd = mkdtempSync(join(folder, 'hostile-'));
    writeFileSync(join(cwd, 'reproducer.py'), reproducerOf(hostile));
    const { status, stdout, stderr } = spawnSync(PYTHON, ['reproducer.py', 'none'], { cwd, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: CANNOT_SAY, stdout: 'CANNOT SAY: there is no program none\n', stderr: '' });
    expect(readdirSync(cwd)).toEqual(['reproducer.py']);
  });

  const KEPT = readdirSync(new URL('../../../../traces/releases', import.meta.url)).map((name) => name.replace('.trace.yaml', ''));
  const ALL = [...KEPT.map((name) => [name, kept(name)] as const), ...LONG.map((name) => [name, long(name)] as const)];
  it.each(ALL)(`has less than 250 lines, of at most 100 columns: %s`, (_, trace) => {
    const lines = reproducerOf(trace).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(LINES_MAX);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it('has several steps in a line, each begun by what a guest or a user does, or by a failure', () => {
    const text = reproducerOf(long('targetLags'));
    expect(text.slice(text.indexOf('STEPS = ['), text.indexOf('COMMANDS'))).toMatchInlineSnapshot(`
      "STEPS = [
          ("g1", "write", 0, 262144), ("source", "reply", "write", 0, 262144),  # 1: g1 ok
          ("user", "start"),  # 3: created, running, paused, running, started
          ("g2", "zero", 196608, 65536), ("source", "reply", "status", 0, 65536),  # 4
          ("source", "reply", "status", 196608, 65536), ("source", "reply", "status", 65536, 65536),  # 6
          ("user", "cancel"), ("source", "reply", "read", 0, 65536),  # 8: cancel
          ("target", "reply", "read", 327680, 65536), ("target", "reply", "write", 393216, 65536),  # 10
          ("source", "reply", "read", 65536, 65536), ("target", "reply", "write", 458752, 65536),  # 12
          ("source", "reply", "read", 196608, 65536),  # 14
          ("target", "fail", "write", 589824, 65536, "EIO"),  # 15: g2 error 5, EIO
      ]
      "
    `);
    expect(text.slice(text.indexOf('DISKS = '), text.indexOf('FLAGS'))).toMatchInlineSnapshot(`
      "DISKS = {"source": (327680, [(0, 0, 262144, "@0")]),
          "target": (1572864, [(393216, 0, 262144, "@0")], [(0, 0x514649fb00000003, 0, 16, 262144, 1,
              262144, 65536, 0x100000000, *[0] * 4, 0x400000068), (65536, 131072, 196608), (131072,
              *[0x1000100010001] * 2, 0x1000100000000), (262144, 0x8000000000050000), (327680,
              *range(0x8000000000060000, 0x80000000000a0000, 65536))])}
      "
    `);
  });

  it('is no run of the model, no run in which nothing broke, and nothing that it could not judge', () => {
    const trace = kept('lost-cluster-5.2');
    const told =
      (one: Trace): (() => string) =>
      () =>
        reproducerOf(one);
    expect(told(traceIn('traces/gallery/drainBeforeUnhook.trace.yaml'))).toThrow(NotHandedOn);
    expect(told({ ...trace, verdict: null })).toThrow('nothing is broken in it');
    expect(told({ ...trace, verdict: { ...trace.verdict!, property: 'errors-are-told' } })).toThrow('does not check errors-are-told');
  });
});
