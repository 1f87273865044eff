/** Custom jobs in worker threads: a worker loads what the thread that made it has loaded. */
import { Piscina } from 'piscina';
import { type JobFile, loadJobFile } from '../files/custom-job.ts';

let loading: Promise<unknown> | null = null;

/** Called by a worker before it works. */
export async function ownJobs(): Promise<void> {
  const { jobs } = (Piscina.workerData ?? { jobs: [] }) as { jobs: readonly JobFile[] };
  await (loading ??= Promise.all(jobs.map(loadJobFile)));
}
