/** A challenge that is being played: who has broken what, with which help, and what it counts. Screens ask nothing else. */
import { type ReadonlySignal, type Signal, computed, signal } from '@preact/signals';
import type { Trace } from '../../src/trace/format.ts';
import { settingOf } from '../../src/replay/replay.ts';
import { Session } from '../player/session.ts';
import { Run } from '../../src/run/run.ts';
import { type Cost, type Score, starsFor } from './score.ts';

export interface Win extends Score {
  /** On which way, and there at which step. */
  readonly where: string;
}

export class Game {
  readonly session: Session;
  readonly hints: Signal<number> = signal(0);
  /** The way that the checker has shown; null: it has shown none. */
  readonly #shown: Signal<number | null> = signal(null);
  readonly stars: ReadonlySignal<number>;
  /** What has been played up to where one looks. */
  readonly cost: ReadonlySignal<Cost>;
  /** Null: nothing is broken where one looks, or it was not the player who did it. */
  readonly win: ReadonlySignal<Win | null>;

  constructor(trace: Trace) {
    const { scenario } = trace;
    const session = (this.session = new Session(new Run(scenario, settingOf(trace)), null));
    const costAt = (steps: number): Cost => ({ preemptions: session.run.preemptions(steps), steps });
    this.stars = computed(() => starsFor(this.hints.value, this.#shown.value !== null));
    this.cost = computed(() => costAt(Math.min(session.at.value, session.length.value)));
    this.win = computed(() => {
      const broken = session.broken.value;
      if (broken === null || session.at.value < broken.step || session.number.value === this.#shown.value) return null;
      return { ...costAt(broken.step), stars: this.stars.value, where: `${session.number.value}/${broken.step}` };
    });
  }

  get wasShown(): boolean {
    return this.#shown.value !== null;
  }

  /** Whether the run at hand is the checker's, and not the player's. */
  get isShowing(): boolean {
    return this.session.number.value === this.#shown.value;
  }

  /** The way of the checker, or of the trace, from its start. */
  show(ids: readonly number[]): void {
    this.session.follow(ids);
    this.#shown.value = this.session.number.value;
  }

  /** Another try; this one is kept. */
  again(): void {
    if (this.session.length.value > 0) this.session.follow([]);
  }
}
