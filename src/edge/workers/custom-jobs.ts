/** Custom jobs in worker threads: a worker loads what the thread that made it has loaded. */
import { Piscina } from 'piscina';
import { type JobFile, loadJobFile, loadedJobs } from '../files/custom-job.ts';

/** For the options of a pool. */
export const withOwnJobs = (): { workerData: { jobs: JobFile[] } } => ({ workerData: { jobs: loadedJobs() } });

let loading: Promise<unknown> | null = null;

/** Called by a worker before it works. */
export async function ownJobs(): Promise<void> {
  const { jobs } = (Piscina.workerData ?? { jobs: [] }) as { jobs: readonly JobFile[] };
  await (loading ??= Promise.all(jobs.map(loadJobFile)));
}
