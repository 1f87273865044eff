/** A campaign on a real QEMU: run after run, on worker threads that have a QEMU each (qemu-worker.ts). */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SearchLimit } from '../../workers/search-limit.ts';
import { QemuGone } from '../daemon/gone.ts';
import { Counter } from './counter.ts';
import { CELLS, Cell, type QemuCampaign, type QemuJob, type QemuMessage, type QemuRun, type QemuStarted } from './job.ts';
import type { QemuTally } from './tally.ts';
import type { ValidationTally } from './validation-tally.ts';

export interface QemuResult extends QemuStarted {
  readonly tally: QemuTally;
  /** Null: nobody wanted to know. */
  readonly validation: ValidationTally | null;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/**
 * With a limit of runs the outcome is the same for any number of workers.
 * @param signal ends it: runs under way come to their end, and still count
 * @param onCount called whenever runs have been counted
 * @param onRun called with each run that counts, in their order
 * @throws QemuGone if there is no QEMU, or one ends and not by a fault of its own
 */
export async function runQemuCampaign(
  campaign: QemuCampaign,
  workers: number,
  signal: AbortSignal,
  onCount: (tally: QemuTally) => void,
  onRun: (run: QemuRun, of: QemuStarted) => void = () => {},
): Promise<QemuResult> {
  const begin = Date.now();
  const limit = new SearchLimit(campaign.seconds, campaign.keepGoing);
  limit.begin();
  const cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  const stop = (): void => void Atomics.store(cells, Cell.stop, 1);
  limit.onEnd(stop);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  let counter = null as Counter | null;
  const hear = (message: QemuMessage): void => {
    if ('gone' in message) throw new QemuGone(message.gone);
    if ('started' in message) counter ??= new Counter(campaign, message.started, onRun);
    else if (counter!.add(message.ended) > 0) {
      if (counter!.tally.found.length > 0) limit.hasFound();
      if (counter!.isOver) stop();
      onCount(counter!.tally);
    }
  };
  const job: QemuJob = { campaign, deadline: begin + (campaign.seconds ?? Infinity) * 1000, cells };
  try {
    const threads = Array.from({ length: Math.min(workers, campaign.runs ?? Infinity) }, () => runThread(job, hear).finally(stop));
    for (const thread of await Promise.allSettled(threads)) if (thread.status === 'rejected') throw thread.reason;
  } finally {
    limit.clear();
    signal.removeEventListener('abort', stop);
  }
  const { started, tally, validation } = counter!;
  return {
    ...started,
    tally,
    validation,
    seconds: (Date.now() - begin) / 1000,
    interrupted: signal.aborted,
  };
}

/** Until the thread has come to its end. @param hear called with each message; what it throws is thrown */
async function runThread(job: QemuJob, hear: (message: QemuMessage) => void): Promise<void> {
  const worker = new Worker(new URL('./qemu-worker.js', import.meta.url), { workerData: job });
  const failures: unknown[] = [];
  worker.on('message', (message: QemuMessage) => {
    try {
      hear(message);
    } catch (error) {
      failures.push(error);
    }
  });
  await once(worker, 'exit');
  if (failures.length > 0) throw failures[0];
}
