/** Custom jobs, and the properties of a configuration, in worker threads: a worker loads what the thread that made it has loaded. */
import { Piscina } from 'piscina';
import type { AskedFile } from '../files/asked-here.ts';
import { loadAskedFile } from '../files/asked.ts';
import { type JobFile, loadJobFile } from '../files/custom-job.ts';

let loading: Promise<unknown> | null = null;

/** Called by a worker before it works. */
export async function ownJobs(): Promise<void> {
  const { jobs, asked } = (Piscina.workerData ?? { jobs: [], asked: null }) as { jobs: readonly JobFile[]; asked: AskedFile | null };
  await (loading ??= Promise.all([...jobs.map(loadJobFile), ...(asked === null ? [] : [loadAskedFile(asked)])]));
}
