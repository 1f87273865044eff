/** Which coroutines could run after a step, with what, and why the others can't. */
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { nameOf } from '../../model/kernel/step.ts';
import { roleOf } from '../../model/meaning.ts';
import { whoWaits } from '../../properties/waiting.ts';
import { nameOfWho } from '../explain/story/words.ts';
import type { Run } from './run.ts';
import { sentenceOfStep } from './step-words.ts';

export interface Choice {
  readonly id: number;
  readonly who: string;
  /** `copy.read c0` */
  readonly what: string;
  /** What it will do, in words. */
  readonly does: string;
  /** Why it can't run; null: it can. */
  readonly blocked: string | null;
  readonly hasEnded: boolean;
}

/** All that have not ended, in the order of their ids. */
export function choicesAfter(run: Run, n: number): Choice[] {
  const ready = new Set(run.readyAfter(n));
  return run.machine.coroutines.alive().map((coroutine) => choiceOf(run, coroutine, ready));
}

/**
 * One row for each coroutine of the run, in an order that no step changes: those of its beginning by their ids, then those that were
 * spawned, as they came.
 */
export function rowsAfter(run: Run, n: number): Choice[] {
  const ready = new Set(run.readyAfter(n));
  const { coroutines } = run.machine;
  const ids = new Set(run.cast);
  for (const { id } of coroutines.alive()) ids.add(id);
  return [...ids].map((id) => choiceOf(run, coroutines.byId(id), ready));
}

function choiceOf(run: Run, coroutine: Coroutine, ready: ReadonlySet<number>): Choice {
  const { machine } = run;
  const { id, hasEnded } = coroutine;
  const who = machine.coroutineName(coroutine);
  if (hasEnded) return { id, who, what: '', does: '', blocked: 'is done', hasEnded };
  const what = machine.stepName(coroutine.pending);
  return { id, who, what, does: sentenceOfStep(who, what, ''), blocked: ready.has(id) ? null : whyBlocked(run, coroutine), hasEnded };
}

function whyBlocked({ machine }: Run, coroutine: Coroutine): string {
  if (machine.coroutines.isReady(coroutine.id)) return 'another coroutine was woken and runs first in QEMU';
  const [{ others } = { others: [] }] = whoWaits(machine, [coroutine.id]);
  const { guard } = nameOf(coroutine.pending);
  const names = others
    .map(({ other, hasGone }) => `${nameOfWho(machine.coroutineName(other))}${hasGone ? ', which has ended without waking it' : ''}`)
    .join(' and ');
  if (guard === 'unblocked')
    return names === '' ? 'its time has not come' : `comes after ${others.some(({ other }) => other === machine.job) ? 'T0' : names}`;
  if (names === '' && roleOf(coroutine.pending) === 'isParked') return 'waits for a cancel or a resume';
  return names === '' ? 'waits, but nothing is left to wake it' : `waits for ${names}`;
}
