/** Who could go on after a step, with what, and why the others can't. */
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { nameOf } from '../../model/kernel/step.ts';
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
  /** Why it can't go on; null: it can. */
  readonly blocked: string | null;
}

/** All who have not ended, in the order of their ids. */
export function choicesAfter(run: Run, n: number): Choice[] {
  const ready = new Set(run.readyAfter(n));
  const { machine } = run;
  return machine.coroutines.alive().map((coroutine) => {
    const [who, what] = [machine.coroutineName(coroutine), machine.stepName(coroutine.pending)];
    return {
      id: coroutine.id,
      who,
      what,
      does: sentenceOfStep(who, what, ''),
      blocked: ready.has(coroutine.id) ? null : whyBlocked(run, coroutine),
    };
  });
}

function whyBlocked({ machine }: Run, coroutine: Coroutine): string {
  if (machine.coroutines.isReady(coroutine.id)) return 'another coroutine was woken: in QEMU it runs first';
  const [{ others } = { others: [] }] = whoWaits(machine, [coroutine.id]);
  const { guard } = nameOf(coroutine.pending);
  const names = others
    .map(({ other, hasGone }) => `${nameOfWho(machine.coroutineName(other))}${hasGone ? ', which is over: nobody woke it' : ''}`)
    .join(' and ');
  if (guard === 'unblocked')
    return names === '' ? 'its time has not come' : `comes after ${others.some(({ other }) => other === machine.job) ? 'T0' : names}`;
  return names === '' ? 'waits, and nobody is there to wake it' : `waits for ${names}`;
}
