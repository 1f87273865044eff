/** BullMQ and ioredis are not installed with cowcheck: a user of --on installs them, and nothing else loads them. */
import type { Job, Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { FileError } from '../files/text.ts';

export type { Job, Queue, QueueEvents, Redis, Worker };

export interface Peers {
  readonly Queue: typeof Queue;
  readonly QueueEvents: typeof QueueEvents;
  readonly Worker: typeof Worker;
  readonly UnrecoverableError: typeof UnrecoverableError;
  readonly Redis: typeof Redis;
}

/** @throws FileError if they are not installed */
export async function loadPeers(): Promise<Peers> {
  try {
    const [{ Queue, QueueEvents, Worker, UnrecoverableError }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { Queue, QueueEvents, Worker, UnrecoverableError, Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new FileError('--on requires BullMQ and ioredis: npm install bullmq@6 ioredis@6');
  }
}
