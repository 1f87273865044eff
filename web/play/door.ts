/** The first screen's game: a backup that has begun, three big moves, and one order of the three that breaks it. */
import { type ReadonlySignal, computed } from '@preact/signals';
import type { Trace } from '../../src/trace/format.ts';
import { nextOf } from '../../src/run/of-trace.ts';
import { capital, nameOfWho } from '../../src/explain/story/words.ts';
import { Game } from './game.ts';

/** The order that most people try, and the one that breaks the backup. */
const FIRST_TRY = ['job', 'g1', 'g2'];
const BREAKS = ['job', 'g2', 'g1'];

/** Of a move's steps those that change what it is about, in plain words. */
const DEEDS: readonly { readonly step: RegExp; readonly shows: RegExp; readonly words: (saw: string) => string }[] = [
  { step: /^ask /, shows: /^unallocated/, words: () => 'finds nothing to copy' },
  { step: /./, shows: /hook unlinked/, words: () => 'takes the hook off' },
  { step: /^copy\.land /, shows: /./, words: (saw) => `saves ${saw} to the target` },
  { step: /^write\.land /, shows: /./, words: (saw) => `writes ${saw} to the disk` },
  { step: /^close$/, shows: /COMPLETED/, words: () => 'completes the backup' },
];

export class Door {
  readonly game: Game;
  /** From 1. */
  readonly tries: ReadonlySignal<number>;
  /** So many steps were made before the visitor came: the backup has begun, and g1 has asked to write. */
  readonly begun: number;
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.game = new Game(trace);
    this.tries = computed(() => this.game.session.number.value);
    this.begun = trace.schedule.findIndex(({ who }) => who !== 'job') + 1;
    this.#begin();
  }

  /** The coroutine whose button is marked: after a first try it shows the way. Null: none can run, or it is broken. */
  get primary(): string | null {
    const { session } = this.game;
    const { value: broken } = session.broken;
    if (broken !== null && (session.goal.value ?? session.at.value) >= broken.step) return null;
    const canRun = (who: string): boolean => session.choices.value.some((row) => row.who === who && row.blocked === null);
    return (this.tries.value === 1 ? FIRST_TRY : BREAKS).find(canRun) ?? null;
  }

  /** Whose moves the visitor has made so far, up to where the picture is going. */
  get moves(): readonly string[] {
    const { run, goal, at } = this.game.session;
    const made = run.steps.slice(this.begun, goal.value ?? at.value).map(({ who }) => who);
    return made.filter((who, i) => who !== made[i - 1]);
  }

  /** What of the latest move a visitor should have seen; null: nothing. */
  get told(): string | null {
    const { run, at } = this.game.session;
    const made = run.steps.slice(this.begun, at.value);
    const who = made.at(-1)?.who;
    const latest = made.slice(made.findLastIndex((step) => step.who !== who) + 1);
    const did = latest.flatMap(({ what, saw }) =>
      DEEDS.flatMap(({ step, shows, words }) => (step.test(what) && shows.test(saw) ? words(saw) : [])),
    );
    if (who === undefined || did.length === 0) return null;
    return `${capital(nameOfWho(who))} ${did.join(' and ')}.`;
  }

  get isOver(): boolean {
    return this.game.session.choices.value.every(({ hasEnded }) => hasEnded);
  }

  /** Another try, from where the visitor came in. The one before is kept. */
  again(): void {
    this.game.session.follow([]);
    this.#begin();
  }

  #begin(): void {
    const { session } = this.game;
    for (const { who } of this.#trace.schedule.slice(0, this.begun)) {
      const { run } = session;
      const id = run.readyAfter(run.length).find((ready) => nextOf(run, ready).who === who);
      if (id === undefined) throw new Error(`${who} can not begin`);
      session.take(id);
    }
  }
}
