/**
 * What a custom job may `yield*`. A verb that is made and never begun was called without `yield*`,
 * and one that is yielded as it is without the star: both would go by unnoticed otherwise.
 */
import type { Run } from '../../kernel/coroutine.ts';
import type { Requester } from '../../block/requester.ts';
import type { Step } from '../../kernel/step.ts';
import { HiddenState } from '../../kernel/engine.ts';
import { SpinError } from '../../kernel/misuse.ts';
import { JobError } from './job-error.ts';
import type { Verb } from './job.ts';
import { Misused } from './misused.ts';

export class Verbs {
  readonly name: string;
  readonly #printStep: (step: Step) => string;
  /** Those made since the job was last resumed that have not begun. */
  readonly #idle = new Set<Made<unknown>>();
  /** What the verb that runs has just yielded; 0: none has. */
  #offered: Step = 0;
  #running: Requester | null = null;
  /** Whether it is noted where verbs are called, which takes long, and where the latest was. */
  #isTracing = false;
  #place: string | null = null;

  /** @param name the job's, for messages */
  constructor(name: string, printStep: (step: Step) => string) {
    this.name = name;
    this.#printStep = printStep;
  }

  /** @param what `source.read`, for messages */
  verb<Result>(what: string, run: () => Run<Result>): Verb<Result> {
    const made: Made<Result> = new Made(what, () => {
      this.#idle.delete(made);
      if (this.#isTracing) this.#place = placeOf(new Error());
      const running = run();
      return { next: () => this.#offering(running.next()) };
    });
    this.#idle.add(made);
    return made;
  }

  /**
   * Refuses to work for a copier that is not the one that runs. What a copier has to itself, its buffer for
   * example, exhaustive search takes for untouched by others; and a wait puts its own copier to sleep.
   */
  checkRuns(requester: Requester): void {
    if (requester !== this.#running)
      throw new Misused(
        `${requester.name} was named as the copier, and ${this.#running?.name ?? 'none'} runs: a hook has its ` +
          '"me", and backup.job is for the job alone',
      );
  }

  /** @returns where the verb that is under way in the end was called, as `my-job.mjs:23:5`; null: none is, or its place is not known */
  placeReached(bring: () => void): string | null {
    this.#isTracing = true;
    this.#place = null;
    try {
      bring();
    } catch {
      // so far it came
    }
    this.#isTracing = false;
    return this.#place;
  }

  /** Runs what the job's author has written, step by step, and complains where it is not as it should be. */
  *guarded<Result>(me: Requester, body: () => Run<Result>): Run<Result> {
    const running = body();
    for (let step = me.pending; ;) {
      this.#running = me;
      const next = this.#resume(running, step);
      if (next.done === true) {
        this.#place = null; // what comes now is not its author's
        return next.value;
      }
      step = next.value;
      yield step;
    }
  }

  #resume<Result>(running: Run<Result>, after: Step): IteratorResult<Step, Result> {
    this.#idle.clear();
    this.#offered = 0;
    const next = this.#tryToResume(running, after);
    if (next.done !== true && next.value !== this.#offered) throw this.#error(after, `yields ${whatIsYielded(next.value)}`);
    for (const { what } of this.#idle) throw this.#error(after, `calls ${what} without yield*, so nothing of it happens`);
    return next;
  }

  #tryToResume<Result>(running: Run<Result>, after: Step): IteratorResult<Step, Result> {
    try {
      return running.next();
    } catch (error) {
      if (!isAuthors(error)) throw error;
      throw this.#error(after, `throws ${thrown(error)}`);
    }
  }

  #offering<Result>(next: IteratorResult<Step, Result>): IteratorResult<Step, Result> {
    if (next.done !== true) this.#offered = next.value;
    return next;
  }

  #error(after: Step, what: string): JobError {
    return new JobError(`${this.name}: after step "${this.#printStep(after)}", the job ${what}`);
  }
}

/** A verb as the author gets it. */
class Made<Result> implements Iterable<Step, Result> {
  readonly what: string;
  readonly #begin: () => Iterator<Step, Result>;

  constructor(what: string, begin: () => Iterator<Step, Result>) {
    this.what = what;
    this.#begin = begin;
  }

  [Symbol.iterator](): Iterator<Step, Result> {
    return this.#begin();
  }
}

/** What the engine throws through a job is not the job's: a step that spins, and what was told already. */
const isAuthors = (error: unknown): boolean => !(error instanceof SpinError || error instanceof JobError || error instanceof HiddenState);

function whatIsYielded(value: unknown): string {
  if (value instanceof Made) return `${value.what} as it is: write yield* in place of yield`;
  if (typeof value === 'object' && value !== null && Symbol.iterator in value)
    return 'a generator as it is: write yield* in place of yield';
  return (
    `${typeof value === 'number' ? value : `a value of type ${value === null ? 'null' : typeof value}`}, ` +
    `which is not a step. Use yield* with one of the backup's verbs`
  );
}

/** `TypeError: x is not a function (my-job.mjs:23:5)` */
function thrown(error: unknown): string {
  if (!(error instanceof Error)) return `a value of type ${typeof error}`;
  const place = placeOf(error);
  const said = error instanceof Misused ? `an error: ${error.message}` : `${error.name}: ${error.message.split('\n')[0]}`;
  const at = place === null ? said : `${said} (${place})`;
  return UNDECLARED.test(error.message) ? `${at}: a cell or queue must be declared in "cells" or "queues"` : at;
}

/** What a cell or queue that is not there says when it is used. */
const UNDECLARED = /reading '(?:get|set|wait|wakeAll|wakeFirst)'/;

/** This folder or, where files were joined, that of the joined ones. */
const OURS = decodeURI(new URL('.', import.meta.url).pathname);

/** Where it was thrown, as far as its stack tells: the first place that is not ours. */
function placeOf({ stack = '' }: Error): string | null {
  const frame = stack.split('\n').find((line) => /^\s+at .*:\d+:\d+\)?$/.test(line) && !/^[\w-]+\.[jt]s:/.test(line.split(OURS)[1] ?? ''));
  return /([^/\\(\s]+:\d+:\d+)\)?$/.exec(frame ?? '')?.[1] ?? null;
}
