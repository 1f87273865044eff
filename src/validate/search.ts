/**
 * Is there a run of the model whose visible part is this log? Depth first over (state of the model, place in the log): a
 * step that shows nothing may run at any time, one that shows something only where the log has it next. Each pair is
 * looked at once, told by 64 bits, as in exhaustive search (search/exhaustive/), with which it shares the cursor.
 */
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import { type StepIo, ioOf, roleOf } from '../../model/meaning.ts';
import type { Machine } from '../../model/machine/machine.ts';
import { Cursor } from '../search/cursor.ts';
import { NEW, StateSet } from '../search/state-set.ts';
import { Deepest, type DeadEnd } from './deepest.ts';
import { EVERYBODY, type LogEvent, type RunLog, gateOf, keyOfStore, keyOfWrite } from './log.ts';
import { type Move, askingOf, idOf, moveOf, take } from './moves.ts';
import { beforeStep, mayShow, rangeOfIo, shownBy } from './shown.ts';

/** In which order the steps that could run are tried. */
export interface SearchOrder {
  readonly silentFirst: boolean;
  readonly descending: boolean;
}

export const ORDERS: readonly SearchOrder[] = [true, false].flatMap((silentFirst) =>
  [false, true].map((descending) => ({ silentFirst, descending })),
);

export interface SearchLimits {
  readonly statesMax: number;
  /** Asked now and then. */
  readonly shouldStop: () => boolean;
}

export interface SearchResult {
  readonly outcome: 'is a run' | 'is no run' | 'unfinished';
  readonly states: number;
  /** The run that shows the log. Empty: there is none. */
  readonly schedule: readonly Move[];
  /** Where the model could not go on, as deep in the log as it came. */
  readonly deadEnds: readonly DeadEnd[];
}

/** A place on the way, with who has still to be tried there. */
interface Visit {
  readonly moment: number;
  /** Of the moment's events, as bits: those that have been shown. */
  readonly shown: number;
  readonly untried: Choice[];
}

interface Choice {
  readonly move: Move;
  /** The event of the moment that the move shows, whatever else it does: a disk denies what it asks for. Null: none. */
  readonly event: number | null;
}

const BYTES_A_STATE = 48;
const ASK_EVERY = 1 << 10;

export function searchLog(machine: Machine, log: RunLog, { statesMax, shouldStop }: SearchLimits, order: SearchOrder): SearchResult {
  return new Search(machine, log, statesMax, order).run(shouldStop);
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
  /** Those on the way to the state at hand, and what is left of longer ways. */
  readonly #moves: Move[] = [];

  readonly #order: SearchOrder;

  constructor(machine: Machine, log: RunLog, statesMax: number, order: SearchOrder) {
    this.#order = order;
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
      schedule: outcome === 'is a run' ? this.#moves.slice(0, this.#cursor.steps) : [],
      deadEnds: outcome === 'is a run' ? [] : this.#deepest.ends,
    };
  }

  #search(shouldStop: () => boolean): SearchResult['outcome'] {
    if (this.#arrive(0, 0)) return 'is a run';
    for (let n = 1; this.#way.length > 0; n++) {
      const visit = this.#way.at(-1)!;
      const choice = visit.untried.shift();
      if (choice === undefined) {
        this.#way.pop();
        continue;
      }
      if (this.#seen.size > this.#statesMax || (n % ASK_EVERY === 0 && shouldStop())) return 'unfinished';
      this.#cursor.backTo(this.#way.length - 1);
      if (this.#tries(visit, choice)) return 'is a run';
    }
    return 'is no run';
  }

  /** @returns whether the log has come to its end */
  #tries(visit: Visit, { move, event }: Choice): boolean {
    const { moment, shown } = visit;
    const texts = this.#take(move);
    if (texts === null) return false;
    let after = event === null ? shown : shown | (1 << event);
    for (const text of texts) {
      const found = this.#log.moments[moment]!.findIndex(
        (one, i) => one.text === text && one.ended === undefined && one.fails === undefined && (after & (1 << i)) === 0,
      );
      if (found < 0) {
        this.#deepest.couldShow(visit, this.#moves.slice(0, this.#cursor.steps - 1), idOf(move), texts.join(', '));
        return false;
      }
      after |= 1 << found;
    }
    return this.#arrive(moment, after);
  }

  /** @returns what the step shows, which may be nothing that anybody outside could see; null: it can't be denied what it should be */
  #take(move: Move): string[] | null {
    let texts: string[] = [];
    const isTaken = take(this.#machine, move, (id) => {
      const coroutine = this.#machine.coroutines.byId(id);
      const step = coroutine.pending;
      const before = beforeStep(this.#machine, coroutine, step);
      this.#cursor.step(id);
      texts = shownBy(this.#machine, coroutine, step, before);
    });
    this.#moves[this.#cursor.steps - 1] = move;
    if (!isTaken) return null;
    return this.#log.isFiltered ? texts.filter((text) => text !== 'CANCELLED') : texts;
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
    const untried = this.#choices(at, done);
    const visit: Visit = {
      moment: at,
      shown: done,
      untried,
    };
    this.#deepest.cameTo(visit, this.#moves.slice(0, this.#cursor.steps), untried.length === 0);
    this.#cursor.mark(this.#way.push(visit) - 1);
    return false;
  }

  #holds({ ended }: LogEvent): boolean {
    const { guests, job } = this.#machine;
    if (ended === EVERYBODY) return guests.every((guest) => guest.hasEnded) && job.hasEnded;
    return guests.every((guest) => guest.hasEnded || !ended!.includes(this.#machine.coroutineName(guest)));
  }

  /**
   * Who may go on. Where somebody's step touches nothing but his own cells, and shows nothing, it may as well be the only
   * one. (What nobody notices by the protocol of copy-before-write, as in exhaustive search, may still delay somebody.)
   */
  #choices(moment: number, shown: number): Choice[] {
    const machine = this.#machine;
    const ready = Array.from(this.#cursor.ids.subarray(0, this.#cursor.ready()));
    const ids = ready.filter((id) => this.#isOpen(machine.coroutines.byId(id), moment));
    const unnoticed = ids.find(
      (id) => !mayShow(machine.coroutines.byId(id).pending) && machine.mayBeAmple(id) && machine.isLocal(this.#cursor.footprint(id)),
    );
    const granted = (unnoticed === undefined ? this.#inOrder(ids) : [unnoticed]).map((id): Choice => ({
      move: moveOf(id, null),
      event: null,
    }));
    return unnoticed === undefined ? [...ids.flatMap((id) => this.#denied(id, moment, shown)), ...granted] : granted;
  }

  /** Those first that show nothing, or last; the others as they are, or the other way round. Any order finds the same, sooner or later. */
  #inOrder(ids: readonly number[]): number[] {
    const { silentFirst, descending } = this.#order;
    const rank = (id: number): number => (mayShow(this.#machine.coroutines.byId(id).pending) === silentFirst ? 1 : 0);
    return ids.toSorted((a, b) => rank(a) - rank(b) || (descending ? b - a : a - b));
  }

  /** What a coroutine asks for is denied where the log has that next. */
  #denied(id: number, moment: number, shown: number): Choice[] {
    const { deniedUnseen, failed, moments } = this.#log;
    const events = moments[moment]!;
    const coroutine = this.#machine.coroutines.byId(id);
    const mayBe = deniedUnseen.length > 0 || events.some(({ fails }) => fails !== undefined);
    const asking = mayBe ? askingOf(this.#machine, coroutine) : null;
    if (asking === null) return [];
    if (asking.op !== 'ask' && !this.#machine.source.isRaw && (asking.faults.side === 'source' || asking.isReader)) {
      const isGuests = ioOf(coroutine.pending)?.by !== 'copy';
      const told = failed.get(this.#machine.coroutineName(coroutine)) ?? null;
      const errnos = deniedUnseen.filter(({ op, from }) => op === asking.op && from <= moment).map(({ errno }) => errno);
      const unseen = [...new Set(errnos)].filter((errno) => !isGuests || told === errno);
      if (unseen.length > 0 || !asking.isReader) return unseen.map((errno) => ({ move: moveOf(id, errno), event: null }));
    }
    return events.flatMap(({ fails }, event) =>
      fails === undefined ||
      (shown & (1 << event)) !== 0 ||
      fails.op !== asking.op ||
      (fails.side !== asking.faults.side && !asking.isReader)
        ? []
        : [{ move: moveOf(id, fails.errno), event }],
    );
  }

  /** Whether those who would have to ask for it have asked, and those who would have to answer have answered. */
  #isOpen(coroutine: Coroutine, moment: number): boolean {
    const { gates, failed } = this.#log;
    const { pending } = coroutine;
    const name = this.#machine.coroutineName(coroutine);
    const gate = GATES[roleOf(pending) ?? ''];
    const isPassed = (step: string): boolean => moment >= (gates.get(gateOf(name, step)) ?? Infinity);
    if (gate !== undefined) return isPassed(gate);
    const io = ioOf(pending);
    if (io === null || io.kind === 'read') return io?.phase !== 'fail' || failed.get(name) !== null;
    if (io.by === 'guest') {
      if (io.phase === 'fail') return failed.get(name) !== null;
      if (io.phase === 'complete' && (failed.get(name) ?? null) !== null) return false;
      // Effects that are not shown, but can't come before QEMU has made a beginning of them.
      if (io.kind === 'discard') return !this.#machine.source.isRaw || !GATED.has(io.phase) || isPassed(`discard.${GATED.get(io.phase)}`);
      if (!this.#machine.source.isRaw) return io.phase !== 'effect' || io.kind !== 'write' || isPassed('write.land');
    }
    return io.phase !== 'complete' || this.#isAnswered(coroutine, io.by, moment);
  }

  /** Whether more of this has landed in the model, and is not over, than the disk has yet to answer. */
  #isAnswered(coroutine: Coroutine, by: StepIo['by'], moment: number): boolean {
    const { first, end } = rangeOfIo(this.#machine, coroutine, coroutine.pending);
    const waiting = (key: string): number =>
      (this.#log.unanswered.get(key) ?? []).filter(({ from, to }) => from < moment && moment < to).length;
    if (by === 'guest') return waiting(keyOfWrite(first, end)) < this.#landed(first, end);
    const size = this.#machine.clusterSectors;
    for (let c = Math.floor(first / size); c * size < end; c++) if (waiting(keyOfStore(c)) > 0) return false;
    return true;
  }

  /** Requests of the guest that have written these sectors, and have not been told. */
  #landed(first: number, end: number): number {
    return this.#machine.guests.filter((guest) => {
      const io = ioOf(guest.pending);
      const { first: from, end: to } = guest.rangeSeen;
      return io?.by === 'guest' && io.phase === 'complete' && io.kind !== 'read' && from === first && to === end;
    }).length;
  }
}

/** By role: what the log says when somebody has asked for it. */
const GATES: Readonly<Record<string, string>> = {
  takesPoint: 'start',
  begins: 'start',
  cancels: 'cancel',
  pauses: 'pause',
  resumes: 'resume',
  resumesStopped: 'resume',
  beginsToEnd: 'finalize',
};

/** By phase of a discard: what the log says of it. */
const GATED: ReadonlyMap<string, string> = new Map([
  ['effect', 'land'],
  ['complete', 'done'],
]);

/** A place in the log, for the fingerprint. */
function mixed(a: number, b: number): number {
  const h = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca77);
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae3d);
}
