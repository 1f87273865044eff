/** The first screen's game: a backup that has begun, two writes, and moves that are large enough to be told in a sentence. */
import { type ReadonlySignal, computed, signal } from '@preact/signals';
import type { Choice } from '../../src/run/choices.ts';
import { nextOf } from '../../src/run/of-trace.ts';
import { Run, type RunStep } from '../../src/run/run.ts';
import { capital, nameOfWho } from '../../src/explain/story/words.ts';
import type { Trace } from '../../src/trace/format.ts';
import { Game } from './game.ts';

/** An order that is safe: g1 comes after the copy of its sector, g2 before that of its own. */
const SAFE = ['job', 'job', 'g1', 'g2', 'job'];

/** Of one coroutine, what one press runs. */
export interface Move {
  readonly who: string;
  /** What of it has been seen, in a sentence. */
  readonly told: string;
}

export class Door {
  readonly game: Game;
  /** After so many steps the visitor comes in: the backup has begun. */
  readonly begun: number;
  /** Whether the run that is shown is the safe one, which the page made. */
  readonly isShow = signal(false);
  /** Whether the visitor has asked which move comes next: from then on it is marked. */
  readonly isGuided = signal(false);
  /** Which coroutine to run next, by id, to break it soonest; null: no order breaks it any more. */
  readonly nextToBreak: ReadonlySignal<number | null>;

  constructor(trace: Trace) {
    this.game = new Game(trace);
    this.begun = 1;
    this.nextToBreak = computed(() => (void this.#session.choices.value, this.#wayToBreak()[0] ?? null));
    this.#begin();
  }

  /** Up to where the picture is going it is broken, though it may not be there yet. */
  get willBreak(): boolean {
    const { broken, goal, at } = this.#session;
    return broken.value !== null && (goal.value ?? at.value) >= broken.value.step;
  }

  /** Whether no move has been made, nor is under way. */
  get isUntouched(): boolean {
    return this.#session.length.value === this.begun;
  }

  /** Marks each next move, which costs a star. */
  guide(): void {
    this.isGuided.value = true;
    this.game.hints.value++;
  }

  /** Which move leads on, by id: where to begin, or the next one that the visitor has asked for. Null: none is marked. */
  get marked(): number | null {
    if (this.isShow.value || this.willBreak) return null;
    // What is first seen waits for no search: every way that breaks it begins with the job.
    if (this.isUntouched) return this.#session.choices.value.find(({ who }) => who === 'job')!.id;
    return this.isGuided.value ? this.nextToBreak.value : null;
  }

  /** What was done, up to what is shown. */
  get moves(): readonly Move[] {
    const moves: RunStep[][] = [];
    const made = this.#session.run.steps.slice(this.begun, this.#session.at.value);
    for (const [i, step] of made.entries()) {
      const before = made[i - 1];
      if (before?.who === step.who && !isStop(before)) moves.at(-1)!.push(step);
      else moves.push([step]);
    }
    return moves.map((steps) => ({ who: steps[0]!.who, told: told(steps) }));
  }

  /** What a press of a coroutine that can run does. */
  does({ id, who, what }: Choice): string {
    const { run, goal, at } = this.#session;
    if (what.startsWith('copy.took')) return `Get sector ${placeOf(what)}, store it`;
    run.show(goal.value ?? at.value);
    const { machine } = run;
    const isCopied = (sector: number): boolean => machine.world.cells[machine.job.copied.cellOf(sector)] !== 0;
    if (who !== 'job') {
      const sector = run.scenario.guest.find((request) => request.id === who)!.first;
      return isCopied(sector) ? `Write sector ${sector}` : `Save the old data, write sector ${sector}`;
    }
    const left = Array.from({ length: machine.shape.sectors }, (_, s) => s).find((s) => !isCopied(s));
    return left === undefined || machine.coroutines.byId(id).hasEnded ? 'Complete the backup' : `Ask the disk for sector ${left}`;
  }

  /** @returns the step from which on it ran */
  move(id: number): number {
    this.isShow.value = false;
    return this.#session.runOn(id, isStop);
  }

  /** Another try, from where the visitor came in. The one before is kept. */
  again(): void {
    this.isShow.value = false;
    this.isGuided.value = false;
    this.game.hints.value = 0;
    this.#session.follow([]);
    this.#begin();
  }

  /** Makes all moves of an order that is safe. @returns the step from which on they ran */
  showSafe(): number {
    this.again();
    for (const who of SAFE) this.move(this.#session.choices.value.find((row) => row.who === who)!.id);
    this.isShow.value = true;
    return this.begun;
  }

  get #session(): Game['session'] {
    return this.game.session;
  }

  #begin(): void {
    const { run } = this.#session;
    const job = run.readyAfter(run.length).find((id) => nextOf(run, id).who === 'job')!;
    this.#session.take(job);
  }

  /** The shortest, by ids: tried in a run of its own, as there are few orders of so few moves. */
  #wayToBreak(): readonly number[] {
    const { run, goal, at } = this.#session;
    const tried = new Run(run.scenario, run.setting);
    for (const { id } of run.steps.slice(0, goal.value ?? at.value)) tried.take(id);
    if (tried.broken !== null) return [];
    const search = (left: number): readonly number[] | null => {
      if (tried.broken !== null) return [];
      if (left === 0) return null;
      const from = tried.length;
      for (const id of tried.readyAfter(from)) {
        do tried.take(id);
        while (tried.broken === null && !isStop(tried.steps.at(-1)!) && tried.readyAfter(tried.length).includes(id));
        const rest = search(left - 1);
        tried.cut(from);
        if (rest !== null) return [id, ...rest];
      }
      return null;
    };
    for (let moves = 1; moves <= MOVES_MAX; moves++) {
      const way = search(moves);
      if (way !== null) return way;
    }
    return [];
  }
}

/** Of any order: two for each sector, the end, and the two writes. */
const MOVES_MAX = 7;

/** Here a move of the job ends, though it could go on: its read is in flight, or its copy is made. A write is one move. */
const isStop = ({ who, what }: RunStep): boolean => who === 'job' && /^copy\.(?:read|done) /.test(what);

const placeOf = (what: string): number => Number(/\d+$/.exec(what)![0]);

/** `s0.g1`: whose data that is. */
const dataOf = (saw: string): string => (saw.includes('@') ? 'the old data' : `${saw.split('.')[1]}'s new data`);

function told(steps: readonly RunStep[]): string {
  const find = (label: string): RunStep | undefined => steps.find(({ what }) => what.startsWith(label));
  const who = capital(nameOfWho(steps[0]!.who));
  const [asks, gets, stores, writes] = [find('copy.read'), find('copy.took'), find('copy.land'), find('write.land')];
  if (steps[0]!.who === 'job') {
    const end = stores === undefined ? '' : ', and stores it in the backup';
    if (gets !== undefined) return `${who} gets ${dataOf(gets.saw)} of sector ${placeOf(gets.what)}${end}.`;
    if (asks !== undefined) return `${who} asks the disk for sector ${placeOf(asks.what)}.`;
    return find('close') === undefined ? `${who} looks for what is left to copy.` : `${who} completes the backup.`;
  }
  const saves =
    asks === undefined
      ? null
      : stores === undefined
        ? `reads the old data of sector ${placeOf(asks.what)}, to save it`
        : `saves the old data of sector ${placeOf(stores.what)} in the backup`;
  const lands = writes === undefined ? null : saves === null ? `writes sector ${placeOf(writes.what)}` : 'writes the sector';
  const deeds = [saves, lands].filter((deed) => deed !== null);
  return `${who} ${deeds.length === 0 ? 'begins its write' : deeds.join(', and then ')}.`;
}
