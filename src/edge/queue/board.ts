/** Who works, and what is searched: each tells it every few seconds, and is forgotten soon after it has stopped. */
import { z } from 'zod';
import { CAMPAIGNS_KEY, WORKERS_KEY } from './names.ts';
import type { Redis } from './peers.ts';

const text = z.string().max(300);
const count = z.int().min(0);

const worker = z.strictObject({
  id: text,
  /** The queues that it takes work from. */
  queues: z.array(text).max(100),
  model: text,
  version: text,
  threads: count.max(4_096),
  busy: count,
  unitsDone: count,
});
const campaign = z.strictObject({
  id: text,
  what: text,
  queue: text,
  by: text,
  unitsDone: count,
  units: count,
  failures: count,
  seconds: z.number().min(0),
});

export type WorkerNote = z.infer<typeof worker>;
export type CampaignNote = z.infer<typeof campaign>;

export const TELL_EVERY_MS = 2_000;
/** By the broker's clock. */
const GONE_MS = 6_000;
const NOTES_MAX = 100_000;

const noted = z.strictObject({ at: z.number(), note: z.unknown() });

export const tellWorker = (redis: Redis, note: WorkerNote): Promise<void> => tell(redis, WORKERS_KEY, note.id, note);
export const tellCampaign = (redis: Redis, note: CampaignNote): Promise<void> => tell(redis, CAMPAIGNS_KEY, `${note.id} ${note.by}`, note);
export const forgetWorker = (redis: Redis, { id }: WorkerNote): Promise<number> => redis.hdel(WORKERS_KEY, id);
export const forgetCampaign = (redis: Redis, { id, by }: CampaignNote): Promise<number> => redis.hdel(CAMPAIGNS_KEY, `${id} ${by}`);
export const workersNow = (redis: Redis): Promise<WorkerNote[]> => notes(redis, WORKERS_KEY, worker);
export const campaignsNow = (redis: Redis): Promise<CampaignNote[]> => notes(redis, CAMPAIGNS_KEY, campaign);

async function tell(redis: Redis, key: string, field: string, note: object): Promise<void> {
  await redis.hset(key, field, JSON.stringify({ at: await now(redis), note }));
}

/** Those that are no more are removed by the way; what is no note is passed over. */
async function notes<Note>(redis: Redis, key: string, schema: z.ZodType<Note>): Promise<Note[]> {
  if ((await redis.hlen(key)) > NOTES_MAX) return [];
  const [all, at] = [await redis.hgetall(key), await now(redis)];
  const living: Note[] = [];
  for (const [field, written] of Object.entries(all)) {
    const read = noted.safeParse(parsed(written));
    const note = schema.safeParse(read.data?.note);
    const age = at - (read.data?.at ?? -Infinity);
    if (note.success && age < GONE_MS) living.push(note.data);
    else if (!note.success || age > 10 * GONE_MS) await redis.hdel(key, field);
  }
  return living;
}

/** In milliseconds, by the broker's clock: that of each machine may be wrong. */
async function now(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return null;
  }
}
