/**
 * The checker's side of the worker. A page from a disk can load no second script, so the worker runs the same one
 * as the page (main.tsx), which finds no document there, and comes here.
 */
import { type Explanation, explain } from '../../src/explain/explanation.ts';
import { traceOfRun } from '../../src/run/of-trace.ts';
import { Run } from '../../src/run/run.ts';
import { check } from './check.ts';
import type { Answer, Question, Why } from './question.ts';

/** Milliseconds from one message about how far it is to the next. */
const TELL_EVERY = 150;

export function answerQuestions(): void {
  addEventListener('message', ({ data }: MessageEvent<Question>) => answer(data));
}

function answer(question: Question): void {
  if (question.kind === 'why') return post({ explanation: why(question) });
  let told = performance.now();
  const found = check(question, (states) => {
    if (performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    post({ states });
  });
  post({ found });
}

function why({ trace, scenario, setting, ids }: Why): Explanation | null {
  if (trace !== null) return explain(trace);
  const run = new Run(scenario, setting);
  for (const id of ids) run.take(id);
  return explain(traceOfRun(run));
}

const post = (message: Answer): void => postMessage(message);
