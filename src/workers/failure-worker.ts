/** A worker thread: tells failures apart, shrinks one at a time, and proves that it is the smallest. */
import { costOf } from '../shrink/cost.ts';
import { type Failure, bucketBeforeShrinking, failureOf, provenFailure, shrunkTrace } from '../shrink/failure.ts';
import { type FailureJob, type ProofJob, type ShrunkTrace, Stop, type StopCell, type TraceJob } from './job.ts';
import { ownJobs } from './own-jobs.ts';

const isToldTo = (stop: StopCell, what: number): boolean => Atomics.load(stop, 0) >= what;

export async function bucket({ found, search }: FailureJob): Promise<string> {
  await ownJobs();
  return bucketBeforeShrinking(found, search);
}

export async function shrink({ found, search, stop }: FailureJob): Promise<Failure> {
  await ownJobs();
  return failureOf(found, search, () => isToldTo(stop, Stop.all));
}

export async function shrinkAgain({ trace, stop }: TraceJob): Promise<ShrunkTrace> {
  await ownJobs();
  return { before: costOf(trace), after: shrunkTrace(trace, () => isToldTo(stop, Stop.all)) };
}

export async function prove({ failure, deadline, stop }: ProofJob): Promise<Failure> {
  await ownJobs();
  return provenFailure(failure, () => isToldTo(stop, Stop.proofs) || Date.now() >= deadline);
}
