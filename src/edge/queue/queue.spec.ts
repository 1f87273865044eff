/** Units on the way to workers and back: what is lost is sent again, and what nobody can have come to is refused. */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { UnitCodec } from '../campaign/unit-codec.ts';
import type { UnitRunner } from '../workers/unit-runner.ts';
import { addressOf } from './address.ts';
import { type Connection, connect } from './connection.ts';
import { awaitWorkers } from './await-workers.ts';
import { PREFIX, searchKey } from './names.ts';
import { chunkOf, readChunk, readChunkResult, searchId } from './payload.ts';
import { type AwaySearch, QueueRunner } from './queue-runner.ts';
import { QueueWorker, type SharedUnits } from './queue-worker.ts';
import { TestRedis, describeWithRedis } from './testing.ts';

/** A unit that comes to its square, told with what it was told. */
interface Squared {
  readonly square: number;
  readonly off: string;
}

const CODEC: UnitCodec<Squared> = {
  write: (result) => result,
  read: (written) => {
    const { square, off } = written as Squared;
    if (typeof square !== 'number' || typeof off !== 'string') throw new Error('it is none');
    return { square, off };
  },
};
const QUEUE = 'units-1-model-node20';
const SEARCH: AwaySearch<string, Squared> = {
  text: '{"squares":true}',
  queue: QUEUE,
  what: 'squares',
  units: 40,
  codec: CODEC,
  offOf: (off) => off,
  failuresIn: ({ square }) => {
    if (square < 0) throw new Error('no square is');
    return 0;
  },
  again: null,
};
const squares = (wait = 0): SharedUnits => ({
  units: 40,
  run: async (unit, off): Promise<Squared> => {
    await setTimeout(wait);
    return { square: unit * unit, off };
  },
  destroy: () => Promise.resolve(),
});

describe('a chunk', () => {
  it('is short, and comes back as it was', () => {
    const id = searchId('any');
    for (const offs of [['', ''], ['', 'ff', '', '7f'], ['a'], Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? '' : '1fffffff'))]) {
      const written = JSON.stringify(chunkOf(id, 1_000_000, offs));
      expect(written.length).toBeLessThan(200);
      expect(readChunk(JSON.parse(written))).toEqual({ search: id, from: 1_000_000, offs });
    }
  });

  it.each([
    null,
    {},
    { search: 'x'.repeat(32), from: 0, count: 1 },
    { ...chunkOf(searchId(''), 0, ['']), from: -1 },
    { ...chunkOf(searchId(''), 0, ['']), count: 1e9 },
    { ...chunkOf(searchId(''), 0, ['']), more: '' },
    { ...chunkOf(searchId(''), 0, ['a', 'b']), each: '02' },
    { ...chunkOf(searchId(''), 0, ['a', 'b']), each: '0' },
  ])('is nothing else: %j', (data) => {
    expect(readChunk(data)).toBeNull();
  });

  it('comes to no more units than it has', () => {
    expect(readChunkResult({ by: 'a', seconds: 1, units: [1, 2] }, 2)).toEqual({ by: 'a', seconds: 1, units: [1, 2] });
    expect(readChunkResult({ by: 'a', seconds: 1, units: [1, 2] }, 1)).toBeNull();
    expect(readChunkResult({ by: 'a', seconds: 1, units: [1, 2], run: 'me' }, 2)).toBeNull();
  });
});

describeWithRedis('units on a queue', () => {
  let redis: TestRedis;
  const said: string[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  const say = (line: string): void => void said.push(line);
  /** As a user who may use no other keys (docs/command.md). */
  const connection = (): Promise<Connection> => connect(addressOf(redis.url.replace('//', '//cowcheck:secret@')));
  const admin = (): Promise<Connection> => connect(addressOf(redis.url));
  beforeAll(async () => {
    redis = await TestRedis.start('--user', 'cowcheck', 'on', '>secret', '~cowcheck:*', '&cowcheck:*', '+@all', '-@dangerous', '+info');
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
    said.splice(0);
    const { redis: client } = await admin();
    await client.flushall();
    client.disconnect();
  });
  afterAll(() => redis.end());

  async function worker(units: SharedUnits, queues = [QUEUE]): Promise<QueueWorker> {
    const works = { threads: 2, queues, model: 'model-node20', version: '1.0.0', load: () => Promise.resolve(units) };
    const one = new QueueWorker(await connection(), works, say);
    ends.push(() => one.end());
    return one;
  }

  async function runner(search = SEARCH): Promise<QueueRunner<string, Squared>> {
    const one = await QueueRunner.open(await connection(), search, say);
    ends.push(() => one.destroy());
    return one;
  }

  /** Runs all units as a search does: as many at a time as there is room for, in their order. */
  async function all(one: QueueRunner<string, Squared>, off = (_unit: number) => ''): Promise<Squared[]> {
    const [running, results]: [Promise<Squared>[], Squared[]] = [[], []];
    for (let begun = 0; results.length < SEARCH.units;) {
      for (let room = one.room(running.length); room > 0 && begun < SEARCH.units; room--) {
        const result = one.run(begun, off(begun++));
        result.catch(() => {});
        running.push(result);
      }
      const next = await Promise.race([running[0]!, one.moreRoom()]);
      if (typeof next === 'symbol') continue;
      results.push(next);
      void running.shift();
    }
    return results;
  }
  const expected = (off = (_unit: number) => ''): Squared[] =>
    Array.from({ length: SEARCH.units }, (_, unit) => ({ square: unit * unit, off: off(unit) }));

  it('come back in their order, with what each was told, and leave nothing behind', async () => {
    const off = (unit: number): string => (unit % 2 === 0 ? '' : 'ff');
    await worker(squares());
    const one = await runner();
    expect(await all(one, off)).toEqual(expected(off));
    await one.destroy();
    expect(said).toEqual([expect.stringMatching(/^units were run by [^ ]+:\d+ \(40\)$/)]);
    const { redis: client } = await admin();
    expect((await client.keys(`${PREFIX}:*`)).filter((key) => /search|[0-9a-f]{32}/.test(key))).toEqual([]);
    expect((await client.keys('*')).every((key) => key.startsWith(`${PREFIX}:`))).toBe(true);
    client.disconnect();
  });

  it('are sent again where the broker has lost everything, and wait where it is gone', async () => {
    await worker(squares(20));
    const one = await runner();
    const { redis: client } = await admin();
    const wiping = setTimeout(100).then(() => client.flushall());
    const results = all(one);
    await wiping;
    await setTimeout(1_200);
    await redis.kill();
    await setTimeout(100);
    await redis.again();
    expect(await results).toEqual(expected());
    client.disconnect();
    expect(said.filter((line) => line.includes('is unreachable since')).length).toBeGreaterThan(0);
    expect(said.filter((line) => line.includes('is back')).length).toBeGreaterThan(0);
  });

  it('are given back by a worker that is told to end', async () => {
    const first = await worker(squares(30));
    const one = await runner();
    const results = all(one);
    await setTimeout(200);
    await first.end();
    await worker(squares());
    expect(await results).toEqual(expected());
  });

  it('that a coordinator has left behind need not run again', async () => {
    await worker(squares());
    const { redis: client, peers } = await connection();
    const id = searchId(SEARCH.text);
    await client.set(searchKey(id), SEARCH.text);
    const queue = new peers.Queue(QUEUE, { connection: client, prefix: PREFIX });
    const job = await queue.add('units', chunkOf(id, 0, Array<string>(5).fill('')), { jobId: `${id}-0-5` });
    while (!(await job.isCompleted())) await setTimeout(20);
    await ends.pop()!();
    const ran: number[] = [];
    const counted = squares();
    await worker({ ...counted, run: (unit, ...rest) => (ran.push(unit), counted.run(unit, ...rest)) });
    expect(await all(await runner())).toEqual(expected());
    expect(ran.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 35 }, (_, i) => i + 5));
    client.disconnect();
  });

  const lying = (written: unknown): SharedUnits => ({ ...squares(), run: () => Promise.resolve(written) });
  const here: UnitRunner<string, Squared> = {
    room: () => 1,
    moreRoom: () => null,
    run: (unit, off) => Promise.resolve({ off, square: unit * unit }), // nobody asks for an order of keys
    destroy: () => Promise.resolve(),
  };
  it.each<[string, SharedUnits, AwaySearch<string, Squared>, RegExp]>([
    [
      'what is no result',
      lying({ square: 'four' }),
      SEARCH,
      /the worker [^ ]+:\d+ says of unit 0 what is no result: nothing counts as proved$/,
    ],
    [
      'a failure that is none',
      lying({ square: -1, off: '' }),
      SEARCH,
      /that it has found what does not fail here: nothing counts as proved$/,
    ],
    [
      'something else',
      lying({ square: 7, off: '' }),
      { ...SEARCH, again: { share: 1, runner: here } },
      /says of unit 0 something else than it comes to here: nothing counts as proved$/,
    ],
    [
      'that a search has fewer units',
      { ...squares(), units: 0 },
      SEARCH,
      /: a worker refused unit 0: this search has 0 units, and none 0$/,
    ],
  ])('are refused from a worker that says %s', async (_, units, search, says) => {
    await worker(units);
    await expect(all(await runner(search))).rejects.toThrow(says);
  });

  it('are compared with those that run here, and counted', async () => {
    await worker(squares());
    const one = await runner({ ...SEARCH, again: { share: 1, runner: here } });
    expect(await all(one)).toEqual(expected());
    await one.destroy();
    expect(said).toEqual([expect.stringMatching(/\(40\); run again here, with the same result: 40$/)]);
  });

  it('that were forged in the queue are refused by the worker, and run nothing', async () => {
    const ran: unknown[] = [];
    await worker({ ...squares(), run: (unit) => (ran.push(unit), Promise.resolve(0)) });
    const { redis: client, peers } = await connection();
    const queue = new peers.Queue(QUEUE, { connection: client, prefix: PREFIX });
    const forged = createHash('sha256').update('other').digest('hex').slice(0, 32);
    await client.set(searchKey(forged), SEARCH.text);
    const jobs = [
      await queue.add('units', { require: 'child_process' }),
      await queue.add('units', chunkOf(forged, 0, [''])),
      await queue.add('units', chunkOf(searchId('nobody knows'), 0, [''])),
    ];
    for (const job of jobs) while (!(await job.isFailed())) await setTimeout(20);
    const reasons = await Promise.all(jobs.map(async ({ id }) => (await queue.getJob(id!))!.failedReason));
    expect(reasons).toEqual([
      'this is no chunk of units',
      'the search is not the one whose digest the units have',
      'its search is not there',
    ]);
    expect(ran).toEqual([]);
    expect(said).toEqual([`units were refused: ${reasons[0]}`, `units were refused: ${reasons[1]}`]);
    client.disconnect();
  });

  it('that kill one worker after another are reported', async () => {
    const one = await connection();
    const dying = new one.peers.Worker(QUEUE, () => new Promise(() => {}), {
      connection: one.redis,
      prefix: PREFIX,
      lockDuration: 100,
      skipLockRenewal: true,
      stalledInterval: 150,
      maxStalledCount: 2,
      concurrency: 4,
    });
    dying.on('error', () => {});
    ends.push(async () => {
      await dying.close(true);
      one.redis.disconnect();
    });
    await expect((await runner()).run(3, '')).rejects.toThrow(/^redis:\/\/127\.0\.0\.1:\d+: unit 3 killed three workers$/);
  });

  it('wait for nobody of another build for longer than ten seconds', { timeout: 30_000 }, async () => {
    const one = await connection();
    await worker(squares(), ['units-1-older-node20']);
    await setTimeout(100);
    await expect(awaitWorkers(one, QUEUE)).rejects.toThrow(
      new RegExp(
        'connected within 10 s; 1 connected with another build or without the --job of this search, ' +
          String.raw`such as [^ ]+:\d+ \(build model-node20\): start "cowcheck work --on URL" of this version$`,
      ),
    );
    one.redis.disconnect();
  });
});
