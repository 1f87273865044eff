/** A worker thread: shrinks one failure at a time. */
import { type Failure, failureOf } from '../shrink/failure.ts';
import type { FailureJob } from './job.ts';

export default function shrink({ found, search, stop }: FailureJob): Failure {
  return failureOf(found, search, () => Atomics.load(stop, 0) !== 0);
}
