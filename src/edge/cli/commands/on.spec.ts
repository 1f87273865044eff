/** A search on several machines comes to what one comes to, to the last byte but times, whatever is killed on the way. */
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { oneIn, sized } from '../../../../tools/nightly/testing.ts';
import { addressOf } from '../../queue/address.ts';
import { connect } from '../../queue/connection.ts';
import { TestProcess, TestRedis, describeWithRedis } from '../../queue/testing.ts';
import { type Ran, run, runHere, tracesIn } from '../testing.ts';

/** Two processes start, on a machine that has other work. */
const SLOW_MS = 60_000;
const JOB = fileURLToPath(new URL('../../../../examples/own-job/chunked.mjs', import.meta.url));
const TIMES = /"(?:seconds|schedulesPerSecond|duration|started)":(?:[\d.]+|"[^"]+")/g;

const SMALL = ['--mode', 'none', '--clusters', '1', '--writes', '1'];
const RANDOM = ['--seed', 'a', ...sized([...SMALL, '--runs', '4500'], ['--runs', '40000'])];
const SWEEP = ['--exhaustive', ...sized(SMALL, ['--mode', 'none', '--clusters', '2', '--writes', '2'])];
/** What its units run depends on what units before them have found. By day a smaller one, which takes less time to be shrunk. */
const ERA = [
  '--seed',
  'a',
  '--keep-going',
  '--faults',
  ...sized(
    [...SMALL, '--runs', '520', '--without', 'copyBeforeWrite', '--without', 'cancelWakesParkedJob'],
    ['--job', 'qemu-1.6', '--runs', '20000'],
  ),
];

let folder: string;
let redis: TestRedis;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-on-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ALWAYS = ['--json', '--prove-seconds', '0', '--workers', '1', '--out', 'found'];
const cowcheck = (...args: string[]): Promise<Ran> => runHere(args, { cwd: folder });
const work = (...args: string[]): TestProcess => new TestProcess(['work', '--workers', '1', ...args], folder, { COWCHECK_ON: url });
const unitsIn = (journal: string): number => {
  const path = join(folder, journal, 'journal');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 2 : 0;
};

/** What a search comes to, but for times: its JSON, its exit status and its traces. */
async function outcome(search: () => Promise<Ran>): Promise<object> {
  rmSync(join(folder, 'found'), { recursive: true, force: true });
  const { status, out } = await search();
  const traces = existsSync(join(folder, 'found')) ? tracesIn(join(folder, 'found')) : [];
  return {
    status,
    out: out.replaceAll(TIMES, ''),
    traces: traces.map((name) => [name, readFileSync(join(folder, 'found', name), 'utf8')]),
  };
}

describeWithRedis('check --on', () => {
  let workers: TestProcess[];
  beforeAll(async () => {
    redis = await TestRedis.start();
    ({ url } = redis);
    workers = [work(), work()];
    await Promise.all(workers.map((worker) => worker.says(/1 thread at work for /)));
  }, SLOW_MS);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await redis.end();
  });

  const CASES: [string, string[]][] = [
    ['a proof', SWEEP],
    ['a random search', RANDOM],
    ['an era of QEMU', ERA],
  ];
  it.each(sized([CASES[0]!], CASES))('comes to what one machine comes to: %s', { timeout: 300_000 }, async (_, args) => {
    const whole = await outcome(() => cowcheck('check', ...args, ...ALWAYS));
    let said = '';
    const shared = await outcome(async () => {
      const ran = await cowcheck('check', ...args, ...ALWAYS, '--on', url, ...sized([], ['--verify', '2%']));
      said = ran.err;
      return ran;
    });
    expect(shared).toEqual(whole);
    expect(said).toMatch(/cowcheck: units were run by [^ ]+:\d+ \(\d+\)/);
  });

  /** What may be killed, and how; each begins once the journal has a few units more. */
  const KILLS = {
    worker: async () => {
      await workers.shift()!.kill();
      workers.push(work());
    },
    broker: async () => {
      await redis.kill();
      await setTimeout(200);
      await redis.again(); // with nothing in it
    },
    contents: async () => {
      const { redis: client } = await connect(addressOf(url));
      await client.flushall();
      client.disconnect();
    },
  };
  const ALL = Object.keys(KILLS) as (keyof typeof KILLS)[];
  const KILLED: [string, string[], (keyof typeof KILLS)[]][] = [
    ['all of them', RANDOM, ALL],
    ...CASES.flatMap(([name, args]) => ALL.map((kill): [string, string[], (keyof typeof KILLS)[]] => [`${kill}, ${name}`, args, [kill]])),
    ...CASES.map(([name, args]): [string, string[], (keyof typeof KILLS)[]] => [`all of them, ${name}`, args, ALL]),
  ];
  it.each(oneIn(KILLED.length, KILLED))(
    'comes to the same though it is killed, and before it %s',
    { timeout: 300_000 },
    async (name, args, kills) => {
      const whole = await outcome(() => cowcheck('check', ...args, ...ALWAYS));
      const journal = `killed ${name}`;
      const coordinator = new TestProcess(['check', ...args, ...ALWAYS, '--journal', journal], folder, { COWCHECK_ON: url });
      /** Workers stand still but for this, or they would be through with it all before this process has its turn. */
      const oneMore = async (): Promise<void> => {
        for (const worker of workers) worker.goOn();
        for (const before = unitsIn(journal); unitsIn(journal) === before && !coordinator.hasEnded;) await setTimeout(5);
        for (const worker of workers) worker.pause();
      };
      for (const kill of kills) {
        await oneMore();
        await KILLS[kill]();
      }
      await oneMore();
      expect(coordinator.hasEnded, coordinator.err).toBe(false);
      await coordinator.kill();
      for (const worker of workers) worker.goOn();
      const before = unitsIn(journal);
      const resumed = await outcome(() => cowcheck('check', ...args, ...ALWAYS, '--on', url, '--journal', journal));
      expect(resumed).toEqual(whole);
      expect(before).toBeLessThan(unitsIn(journal));
    },
  );

  it.runIf(sized(false, true))('runs a custom job where its very file is, whatever its name is there', { timeout: 120_000 }, async () => {
    for (const name of ['mine.mjs', 'theirs.mjs']) copyFileSync(JOB, join(folder, name));
    const args = ['check', '--runs', '3000', '--seed', 'a', '--job', 'mine.mjs', ...ALWAYS];
    const whole = await outcome(() => run(args, { cwd: folder }));
    workers.push(work('--job', 'theirs.mjs'));
    await workers.at(-1)!.says(/at work for/);
    expect(await outcome(() => run([...args, '--on', url], { cwd: folder }))).toEqual(whole);
    appendFileSync(join(folder, 'mine.mjs'), '// another file\n');
    const { status, out, err } = await run([...args, '--on', url], { cwd: folder });
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^cowcheck: redis:[^\n]* no worker that can run this has come within 10 s[^\n]*, with the same --job\n$/);
    await workers.pop()!.kill();
  });

  it('says what is going on', { timeout: SLOW_MS }, async () => {
    let last: { model: string; workers: object[] };
    do {
      const { status, out } = await cowcheck('status', '--on', url, '--json');
      expect(status).toBe(0);
      last = JSON.parse(out) as typeof last;
    } while (last.workers.length === 0); // they announce themselves again once a broker is back
    expect(last.workers.at(-1)).toEqual(expect.objectContaining({ threads: 1, model: last.model }));
    expect((await cowcheck('status', '--on', url)).out).toMatch(/\d workers?:\n {2}[^ ]+:\d+: [01] of 1 thread at work, \d+ units done\n/);
  });

  it('ends a worker that is told to end, which is gone at once', { timeout: 60_000 }, async () => {
    const ids = async (): Promise<string[]> => {
      const { out } = await cowcheck('status', '--on', url, '--json');
      return (JSON.parse(out) as { workers: { id: string }[] }).workers.map(({ id }) => id);
    };
    const worker = workers.pop()!;
    await worker.says(/at work for/); // it may have been started anew
    const id = `${hostname()}:${worker.pid}`;
    expect(await ids()).toContain(id);
    expect(await worker.end('SIGTERM')).toBe(0);
    expect(await ids()).not.toContain(id);
  });
});
