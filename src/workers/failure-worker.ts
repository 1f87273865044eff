/** A worker thread: tells failures apart, shrinks one at a time, and proves that it is the smallest. */
import { costOf } from '../shrink/cost.ts';
import { type Failure, bucketBeforeShrinking, failureOf, provenFailure, shrunkTrace } from '../shrink/failure.ts';
import { type FailureJob, type ProofJob, type ShrunkTrace, Stop, type StopCell, type TraceJob } from './job.ts';

const isToldTo = (stop: StopCell, what: number): boolean => Atomics.load(stop, 0) >= what;

export function bucket({ found, search }: FailureJob): string {
  return bucketBeforeShrinking(found, search);
}

export function shrink({ found, search, stop }: FailureJob): Failure {
  return failureOf(found, search, () => isToldTo(stop, Stop.all));
}

export function shrinkAgain({ trace, stop }: TraceJob): ShrunkTrace {
  return { before: costOf(trace), after: shrunkTrace(trace, () => isToldTo(stop, Stop.all)) };
}

export function prove({ failure, deadline, stop }: ProofJob): Failure {
  return provenFailure(failure, () => isToldTo(stop, Stop.proofs) || Date.now() >= deadline);
}
