/**
 * Is there a run of the model whose visible part is this log? Depth first over (state of the model, place in the log): a
 * step that shows nothing may run at any time, one that shows something only where the log has it next. Each pair is
 * looked at once, told by 64 bits, as in exhaustive search (search/exhaustive/), with which it shares the cursor.
 */
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import type { Step } from '../../model/kernel/step.ts';
import { ioOf, roleOf } from '../../model/meaning.ts';
import type { Machine } from '../../model/machine/machine.ts';
import { Cursor } from '../search/cursor.ts';
import { NEW, StateSet } from '../search/state-set.ts';
import { Deepest, type DeadEnd } from './deepest.ts';
import { EVERYBODY, type LogEvent, type RunLog, gateOf } from './log.ts';
import { beforeStep, mayShow, shownBy } from './shown.ts';

export interface SearchLimits {
  readonly statesMax: number;
  /** Asked now and then. */
  readonly shouldStop: () => boolean;
}

export interface SearchResult {
  readonly outcome: 'is a run' | 'is no run' | 'unfinished';
  readonly states: number;
  /** Who ran, one after the other, in the run that shows the log. Empty: there is none. */
  readonly schedule: readonly number[];
  /** Where the model could not go on, as deep in the log as it came. */
  readonly deadEnds: readonly DeadEnd[];
}

/** A place on the way, with who has still to be tried there. */
interface Visit {
  readonly moment: number;
  /** Of the moment's events, as bits: those that have been shown. */
  readonly shown: number;
  readonly untried: number[];
}

const BYTES_A_STATE = 48;
const ASK_EVERY = 1 << 10;

export function searchLog(machine: Machine, log: RunLog, { statesMax, shouldStop }: SearchLimits): SearchResult {
  return new Search(machine, log, statesMax).run(shouldStop);
}

class Search {
  readonly #machine: Machine;
  readonly #log: RunLog;
  readonly #seen: StateSet;
  readonly #statesMax: number;
  readonly #cursor: Cursor;
  /** By depth of the cursor's marks. */
  readonly #way: Visit[] = [];
  readonly #deepest = new Deepest();

  constructor(machine: Machine, log: RunLog, statesMax: number) {
    this.#machine = machine;
    this.#log = log;
    this.#statesMax = statesMax;
    this.#seen = new StateSet(statesMax * BYTES_A_STATE);
    this.#cursor = new Cursor(machine, null);
  }

  run(shouldStop: () => boolean): SearchResult {
    this.#cursor.begin();
    const outcome = this.#search(shouldStop);
    this.#cursor.end();
    return {
      outcome,
      states: this.#seen.size,
      schedule: outcome === 'is a run' ? [...this.#cursor.ran] : [],
      deadEnds: outcome === 'is a run' ? [] : this.#deepest.ends,
    };
  }

  #search(shouldStop: () => boolean): SearchResult['outcome'] {
    if (this.#arrive(0, 0)) return 'is a run';
    for (let n = 1; this.#way.length > 0; n++) {
      const visit = this.#way.at(-1)!;
      const id = visit.untried.shift();
      if (id === undefined) {
        this.#way.pop();
        continue;
      }
      if (this.#seen.size > this.#statesMax || (n % ASK_EVERY === 0 && shouldStop())) return 'unfinished';
      this.#cursor.backTo(this.#way.length - 1);
      if (this.#tries(visit, id)) return 'is a run';
    }
    return 'is no run';
  }

  /** @returns whether the log has come to its end */
  #tries(visit: Visit, id: number): boolean {
    const { moment, shown } = visit;
    const text = this.#step(id);
    if (text === null) return this.#arrive(moment, shown);
    const found = this.#log.moments[moment]!.findIndex(
      (event, i) => event.text === text && event.ended === undefined && (shown & (1 << i)) === 0,
    );
    if (found >= 0) return this.#arrive(moment, shown | (1 << found));
    this.#deepest.couldShow(visit, this.#cursor.ran.slice(0, -1), id, text);
    return false;
  }

  /** @returns what the step shows; null: nothing that anybody outside could see */
  #step(id: number): string | null {
    const coroutine = this.#machine.coroutines.byId(id);
    const step = coroutine.pending;
    const before = beforeStep(this.#machine, coroutine, step);
    this.#cursor.step(id);
    const text = shownBy(this.#machine, coroutine, step, before);
    return this.#log.isFiltered && text === 'CANCELLED' ? null : text;
  }

  /** The model has come to a state. @returns whether the log has come to its end */
  #arrive(moment: number, shown: number): boolean {
    const { moments } = this.#log;
    let [at, done] = [moment, shown];
    for (;;) {
      const events = moments[at];
      if (events === undefined) return true;
      events.forEach((event, i) => {
        if (event.ended !== undefined && this.#holds(event)) done |= 1 << i;
      });
      if (done !== (1 << events.length) - 1) break;
      [at, done] = [at + 1, 0];
    }
    const { world } = this.#machine;
    const [low, high] = [world.hashLow ^ mixed(at, done), world.hashHigh ^ mixed(done, at + 1)];
    if (this.#seen.add(low, high, 0, 0) !== NEW) return false;
    const untried = this.#choices(at);
    const visit: Visit = {
      moment: at,
      shown: done,
      untried,
    };
    this.#deepest.cameTo(visit, this.#cursor.ran, untried.length === 0);
    this.#cursor.mark(this.#way.push(visit) - 1);
    return false;
  }

  #holds({ ended }: LogEvent): boolean {
    const { guests, job } = this.#machine;
    if (ended === EVERYBODY) return guests.every((guest) => guest.hasEnded) && job.hasEnded;
    return guests.some((guest) => guest.hasEnded && this.#machine.coroutineName(guest) === ended);
  }

  /**
   * Who may go on. Where somebody's step touches nothing but his own cells, and shows nothing, it may as well be the only
   * one. (What nobody notices by the protocol of copy-before-write, as in exhaustive search, may still delay somebody.)
   */
  #choices(moment: number): number[] {
    const machine = this.#machine;
    const ready = Array.from(this.#cursor.ids.subarray(0, this.#cursor.ready()));
    const ids = ready.filter((id) => this.#isOpen(machine.coroutines.byId(id), moment));
    const unnoticed = ids.find(
      (id) => !mayShow(machine.coroutines.byId(id).pending) && machine.mayBeAmple(id) && machine.isLocal(this.#cursor.footprint(id)),
    );
    return unnoticed === undefined ? ids : [unnoticed];
  }

  /** Whether those who would have to ask for it have asked. */
  #isOpen(coroutine: Coroutine, moment: number): boolean {
    const gate = GATES[roleOf(coroutine.pending) ?? ''] ?? this.#landsUnseen(coroutine.pending);
    return gate === null || moment >= (this.#log.gates.get(gateOf(this.#machine.coroutineName(coroutine), gate)) ?? Infinity);
  }

  /** Effects that are not shown, but can't come before QEMU has made a beginning of them. */
  #landsUnseen(step: Step): string | null {
    const io = ioOf(step);
    const kind = this.#machine.source.isRaw ? 'discard' : 'write';
    return io?.by === 'guest' && io.phase === 'effect' && io.kind === kind ? `${kind}.land` : null;
  }
}

/** By role: what the log says when somebody has asked for it. */
const GATES: Readonly<Record<string, string>> = { begins: 'start', cancels: 'cancel', pauses: 'pause', resumes: 'resume' };

/** A place in the log, for the fingerprint. */
function mixed(a: number, b: number): number {
  const h = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca77);
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae3d);
}
