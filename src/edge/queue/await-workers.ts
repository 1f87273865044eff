/** A search begins once somebody is there who can run it. */
import { setTimeout } from 'node:timers/promises';
import { fileError } from '../files/text.ts';
import { workersNow } from './board.ts';
import type { Connection } from './connection.ts';

const WORKERS_WITHIN_MS = 10_000;

/** Waits for somebody who takes work from a queue. @throws FileError if nobody comes */
export async function awaitWorkers({ redis, address }: Connection, queue: string): Promise<void> {
  for (const end = Date.now() + WORKERS_WITHIN_MS; ; await setTimeout(250)) {
    const all = await workersNow(redis);
    if (all.some(({ queues }) => queues.includes(queue))) return;
    if (Date.now() < end) continue;
    const [other] = all;
    const others =
      other === undefined
        ? ''
        : `; ${all.length} connected with another build or without the --job of this search, such as ${other.id} (build ${other.model})`;
    throw fileError(
      address.shown,
      `no worker for this search connected within ${WORKERS_WITHIN_MS / 1_000} s${others}: ` +
        `start "cowcheck work --on URL" of this version${queue.split('-').length > 4 ? ', with the same --job' : ''}`,
    );
  }
}
