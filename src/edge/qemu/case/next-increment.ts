/**
 * What a bitmap is worth: after a job, however it has ended, the increment that it stands for is made onto the target of that
 * job. If a bit is missing, or was cleared too early, the target is not the disk then. QEMU is answered at once all the while.
 */
import { NEXT_INCREMENT } from '../../../../properties/next-increment.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { QmpFailure } from '../daemon/qmp.ts';
import type { Graph } from './graph.ts';
import { nextIncrement } from './job.ts';

/** @returns why there is none; null: it was made */
export async function makeNextIncrement(daemon: Daemon, graph: Pick<Graph, 'named'>): Promise<Violation | null> {
  const job = graph.named('next');
  const ended = new Promise<string | null>((resolve) => {
    daemon.qmp.onEvent = ({ event, data }) => {
      if (data['device'] === job && event === 'BLOCK_JOB_COMPLETED') resolve((data['error'] as string | undefined) ?? null);
    };
  });
  try {
    await daemon.answered(daemon.qmp.call('blockdev-backup', nextIncrement(job, graph.named)));
  } catch (error) {
    if (!(error instanceof QmpFailure)) throw error;
    return { property: NEXT_INCREMENT, detail: `the job is over, and the next increment can not be started: ${error.error.desc}` };
  }
  const error = await daemon.answered(ended);
  return error === null ? null : { property: NEXT_INCREMENT, detail: `the next increment failed, and no error was injected: ${error}` };
}
