/**
 * What the way to workers costs: many workers that only wait, on a real Redis, each with connections of its own, as a machine has them.
 *
 *     node dist/tools/simulated-workers/main.js [workers [seconds a unit [units a worker]]]    1000, 5, 24
 *
 * It prints how busy they were, from the first unit's begin to the last one's end, and the most memory that the Redis had in use.
 */
import { setTimeout } from 'node:timers/promises';
import { addressOf } from '../../src/edge/queue/address.ts';
import { connect } from '../../src/edge/queue/connection.ts';
import { QueueRunner } from '../../src/edge/queue/queue-runner.ts';
import { QueueWorker, type SharedUnits } from '../../src/edge/queue/queue-worker.ts';
import { startRedis } from './redis.ts';

const [workers = 1_000, seconds = 5, each = 24] = process.argv.slice(2).map(Number);
const units = workers * each;
/** About as long as the result of a unit at random. */
const RESULT = 'x'.repeat(500);
const QUEUE = 'units-1-simulated-node20';

let [first, last, busyMs] = [Infinity, 0, 0];
const waiting: SharedUnits = {
  units,
  run: async () => {
    const begin = performance.now();
    first = Math.min(first, begin);
    await setTimeout(seconds * 1_000);
    last = performance.now();
    busyMs += last - begin;
    return RESULT;
  },
  destroy: () => Promise.resolve(),
};

const redis = await startRedis();
const address = addressOf(redis.url);
const silent = (): void => {};
const works = { threads: 1, queues: [QUEUE], model: 'simulated-node20', version: '0', load: () => Promise.resolve(waiting) };
const start = async (_: unknown, i: number): Promise<QueueWorker> =>
  new QueueWorker(await connect(address), { ...works, name: `simulated:${i}` }, silent);
for (let i = 0; i < workers; i += 20) await Promise.all(Array.from({ length: Math.min(20, workers - i) }, (_, j) => start(_, i + j)));
const client = await connect(address);
await setTimeout(3_000); // all have told that they are there

const search = {
  text: '{"simulated":true}',
  queue: QUEUE,
  what: 'simulated',
  units,
  codec: { write: (result: string) => result, read: String },
  offOf: () => '',
  failuresIn: () => 0,
  again: null,
};
const runner = await QueueRunner.open<null, string>(await connect(address), search, silent);
const running: Promise<string>[] = [];
for (let [begun, done] = [0, 0]; done < units;) {
  for (let room = runner.room(running.length); room > 0 && begun < units; room--) running.push(runner.run(begun++, null));
  const next = await Promise.race([running[0]!, runner.moreRoom()]);
  if (typeof next === 'symbol') continue;
  void running.shift();
  done++;
}
const info = await client.redis.info('memory');
const peak = Number(/^used_memory_peak:(\d+)/m.exec(info)![1]);
const cpu = await client.redis.info('cpu');
const spent = ['user', 'sys'].reduce((sum, of) => sum + Number(new RegExp(`^used_cpu_${of}:([\\d.]+)`, 'm').exec(cpu)![1]), 0);
console.log(`${workers} workers, ${units} units of ${seconds} s: ${((100 * busyMs) / (workers * (last - first))).toFixed(1)} % busy in`);
console.log(`${((last - first) / 1_000).toFixed(1)} s; Redis: ${(peak / 1e6).toFixed(1)} MB at most, ${spent.toFixed(1)} s of CPU`);
await runner.destroy();
redis.end();
process.exit(0); // to end all workers one by one takes longer than their work
