/** A worker thread: tells failures apart, and shrinks one at a time. */
import { type Failure, bucketBeforeShrinking, failureOf } from '../shrink/failure.ts';
import type { FailureJob } from './job.ts';

export function bucket({ found, search }: FailureJob): string {
  return bucketBeforeShrinking(found, search);
}

export function shrink({ found, search, stop }: FailureJob): Failure {
  return failureOf(found, search, () => Atomics.load(stop, 0) !== 0);
}
