/** The picture moves from one step to a later one step by step, as fast as an eye can follow; pressing anything ends that. */
import { effect } from '@preact/signals';
import type { Session } from './session.ts';

/** Milliseconds a step. */
const PACE = 240;

/** From an earlier step to the one that is shown now, in so many milliseconds a step; with reduced motion it is there already. */
export function travel(session: Session, from: number, pace = PACE): void {
  const to = session.at.value;
  if (matchMedia('(prefers-reduced-motion: reduce)').matches || session.after(from) >= to) return;
  session.goal.value = to;
  session.at.value = session.after(from);
  const timer = setInterval(() => {
    const next = Math.min(to, session.after(session.at.value));
    if (next >= to) arrive(session);
    else session.at.value = next;
  }, pace);
  const end = effect(() => {
    if (session.goal.value === to) return;
    clearInterval(timer);
    queueMicrotask(() => end());
  });
}

/** Ends the journey where it leads. */
export function arrive(session: Session): void {
  if (session.goal.value !== null) session.go(session.goal.value);
}
