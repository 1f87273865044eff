/** Asks the checker, in a worker that can be ended at any time. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Explanation } from '../../src/explain/explanation.ts';
import type { Answer, Check, Found, Question, Why } from './question.ts';

export interface Search {
  readonly asked: Check;
  /** So far. */
  readonly states: ReadonlySignal<number>;
  /** Null: it is searching. */
  readonly found: ReadonlySignal<Found | null>;
  stop(): void;
}

export function search(asked: Check): Search {
  const states = signal(0);
  const found = signal<Found | null>(null);
  const worker = ask(
    asked,
    (answer) => {
      if ('states' in answer) states.value = answer.states;
      if ('found' in answer) found.value = answer.found;
    },
    (why) => (found.value = { is: 'failed', why }),
  );
  const stop = (): void => {
    worker?.terminate();
    found.value ??= { is: 'stopped', states: states.value };
  };
  return { asked, states, found, stop };
}

/** @returns what ends it */
export function askWhy(asked: Why, then: (explanation: Explanation | null) => void): () => void {
  const worker = ask(
    asked,
    (answer) => ('explanation' in answer ? then(answer.explanation) : undefined),
    () => then(null),
  );
  return () => worker?.terminate();
}

function ask(question: Question, onAnswer: (answer: Answer) => void, onError: (why: string) => void): Worker | null {
  try {
    url ??= URL.createObjectURL(new Blob([document.getElementById('script')!.textContent], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (!('states' in data)) worker.terminate();
      onAnswer(data);
    });
    worker.addEventListener('error', ({ message }) => onError(message));
    worker.postMessage(question);
    return worker;
  } catch (error) {
    onError(String(error));
    return null;
  }
}

/** Of the page's own script. */
let url: string | null = null;
