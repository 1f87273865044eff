/**
 * What a step means to those who watch a run: properties, marks, explanations, the page. They ask here, and never compare
 * a label, so that the job of another family can name its steps as it likes. The kernel knows nothing of it: to schedule
 * a step it needs its guard alone.
 */
import { ENDED, NAME_MASK, type Step, type StepName, nameOf, stepNames } from './kernel/step.ts';

/**
 * What a step is in somebody's I/O. `guest`: on its disk; `copy`: of a cluster to the target; `reader`: of the point in
 * time. `any`: of every kind.
 */
export interface StepIo {
  readonly by: 'guest' | 'copy' | 'reader';
  readonly kind: 'read' | 'write' | 'zero' | 'discard' | 'any';
  /** `start`: before the hook and the driver. */
  readonly phase: 'start' | 'submit' | 'effect' | 'complete' | 'fail';
  /** What the requester is told, where it fails. */
  readonly errno?: string;
}

/** What the coroutine does, or did until this step began. One that waits has the role of what it waits for. */
export type Role =
  // The job's course
  | 'takesPoint'
  | 'drainsBeforePoint'
  | 'finishesStart'
  | 'goesToCluster'
  | 'keepsToSpeed'
  | 'asksAllocation'
  | 'isPaused'
  | 'isParked'
  | 'drainsCopies'
  | 'drainsRequests'
  | 'waitsForGroup'
  | 'beginsToEnd'
  | 'closes'
  // A request, the job's or a guest's
  | 'begins'
  | 'waitsForCopy'
  | 'waitsForRequest'
  | 'waitsInLine'
  | 'waitsForLimit'
  | 'waitsForReader'
  | 'waitsForStore'
  | 'looksToCopyUp'
  | 'takesToCopyUp'
  | 'copiesUp'
  // The user and the operator
  | 'cancels'
  | 'pauses'
  | 'resumes'
  | 'resumesStopped'
  | 'quits'
  | 'restarts';

export interface Meaning {
  readonly role: Role | null;
  /** Set where the step is part of an I/O that observers follow. */
  readonly io: StepIo | null;
  /** It asks, for a copy, what the disk has in its cluster. */
  readonly asks: boolean;
  /** It is part of a copy of a cluster, from where the cluster is looked at to the end of the copy. */
  readonly inCopy: boolean;
  /** What it does, behind the name of who does it; `{c}` is the cluster or sector that it is about. */
  readonly words: string;
}

/** By index of the name. */
const meanings: Meaning[] = [];

/**
 * Says what a step means, once, where its name is defined. What is left out does not apply: a step without a role or an
 * I/O is nobody's concern.
 * @returns the same name
 */
export function meaning(name: StepName, { words, ...more }: Partial<Meaning> & Pick<Meaning, 'words'>): StepName {
  const { role = null, io = null, asks = false } = more;
  meanings[name.index] = { role, io, asks, inCopy: more.inCopy ?? io?.by === 'copy', words };
  return name;
}

meaning(nameOf(ENDED), { words: 'has ended' });

/** @throws if nobody has said what it means */
export function meaningOf(step: Step): Meaning {
  return meanings[step & NAME_MASK] ?? unknown(step);
}

function unknown(step: Step): never {
  const label = stepNames()[step & NAME_MASK]?.label ?? step;
  throw new Error(`nobody has said what the step ${label} means`);
}

/** Of all steps, by index of the name. One of which nobody has said anything, as in a spec of the kernel, means no more than its label. */
export const allMeanings = (): Meaning[] =>
  stepNames().map(({ index, label }) => meanings[index] ?? { role: null, io: null, asks: false, inCopy: false, words: label });

export const ioOf = (step: Step): StepIo | null => meaningOf(step).io;
export const roleOf = (step: Step): Role | null => meaningOf(step).role;
