/** A worker thread: shrinks a failure, proves that it is the smallest, and explains it. */
import '../../families/block-copy.ts';
import { notReproduced } from '../../../model/machine/contract-broken.ts';
import { explain as explanationOf } from '../../explain/explain-any.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { costOf } from '../../shrink/cost.ts';
import { type Failure, failureOf, provenFailure, shrunkTrace } from '../../shrink/failure.ts';
import { type ExplainJob, type FailureJob, type ProofJob, type ShrunkTrace, Stop, type StopCell, type TraceJob } from './job.ts';
import { ownJobs } from './custom-jobs.ts';

const isToldTo = (stop: StopCell, what: number): boolean => Atomics.load(stop, 0) >= what;

export async function shrink({ found, search, deadline, stop }: FailureJob): Promise<Failure> {
  await ownJobs();
  return failureOf(found, search, () => isToldTo(stop, Stop.all) || (deadline !== null && Date.now() >= deadline));
}

export async function shrinkAgain({ trace, stop }: TraceJob): Promise<ShrunkTrace> {
  await ownJobs();
  return { before: costOf(trace), after: shrunkTrace(trace, () => isToldTo(stop, Stop.all)) };
}

export async function prove({ failure, deadline, stop }: ProofJob): Promise<Failure> {
  await ownJobs();
  return provenFailure(failure, () => isToldTo(stop, Stop.proofs) || Date.now() >= deadline);
}

/** @throws if nothing breaks in the trace, which would be our own mistake */
export async function explain({ trace }: ExplainJob): Promise<Explanation> {
  await ownJobs();
  const explanation = explanationOf(trace);
  if (explanation === null) throw notReproduced(trace.job);
  return explanation;
}
