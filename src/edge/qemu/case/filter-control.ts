/** A copy-before-write filter in place of a job: T0 is when it is there, and its promise closes when all guests are done. */
import type { Actor } from './actor.ts';
import type { Control } from './job.ts';
import { USER, noteEnd } from './job-control.ts';
import { type Start, printStart } from '../../../validate/start.ts';
import type { CaseView } from '../observe/oracle.ts';

export class FilterControl implements Control {
  readonly refusal = null;
  hasStarted = false;
  readonly isStarting = false;
  readonly #view: CaseView;
  readonly #start: Start;

  constructor(view: CaseView, start: Start) {
    this.#view = view;
    this.#start = start;
  }

  get waiting(): string[] {
    return this.#view.end === null ? ['user'] : [];
  }

  user(): Actor | null {
    const { end, runs } = this.#view;
    if (!this.hasStarted) return { id: USER, who: 'user', what: printStart(this.#start), run: () => (this.hasStarted = true) };
    if (end !== null || runs.some((run) => !run.hasEnded)) return null;
    return { id: USER, who: 'user', what: 'stop', run: () => this.#stop() };
  }

  operator(): null {
    return null;
  }

  arrived(): void {}
  heard(): void {}
  async end(): Promise<void> {}

  #stop(): void {
    this.#view.end = 'cancelled';
    noteEnd(this.#view);
  }
}
