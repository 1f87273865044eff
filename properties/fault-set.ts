/** A set of errors in one cell: those that have been met, of which one may be told. */
import type { BlockError } from '../model/block/errors.ts';
import type { Step } from '../model/kernel/step.ts';
import { meaningOf } from '../model/meaning.ts';

/** Bit i: error i. */
export type FaultSet = number;

export const withFault = (set: FaultSet, error: BlockError): FaultSet => set | (1 << error);
export const hasFault = (set: FaultSet, error: BlockError): boolean => (set & (1 << error)) !== 0;

export function faultsIn(set: FaultSet): BlockError[] {
  const errors: BlockError[] = [];
  for (let error = 1; set >> error !== 0; error++) if (hasFault(set, error)) errors.push(error);
  return errors;
}

/** Whether a fault in such a step is an error. A block status query that fails is none: the call takes the cluster for data. */
export function isAboutIo(step: Step): boolean {
  const { io, role } = meaningOf(step);
  return io !== null || role !== null;
}
