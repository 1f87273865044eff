/**
 * Keeps each failure on disk from the moment in which it is found: first the run as it was found, then, in
 * its place and under its name, each smaller trace of it. Whatever ends the command, a failure that was told can be replayed.
 */
import { basename, join } from 'node:path';
import type { SyncMode } from '../../../../model/sync.ts';
import type { Found, Sighting } from '../../../search/campaign/campaign.ts';
import { FileError } from '../../files/text.ts';
import { removeTrace, saveTraceAs, tracePath } from '../../files/traces.ts';
import { type Failure, type Search, failureAsFound } from '../../../shrink/failure.ts';
import { printable } from '../../../trace/printable.ts';
import { writeTrace } from '../../../trace/write.ts';
import { plural } from './terminal.ts';

/** A failure with the file of its trace. */
export interface Saved extends Failure {
  /** Where its trace is, or would be. */
  readonly path: string;
  /** Why it is not there. */
  readonly loss: string | null;
}

/** A failure as it was found: what is told of it at once. */
export interface FoundJson {
  readonly property: string;
  readonly cause: readonly string[];
  readonly mode: SyncMode;
  readonly steps: number;
  /** Null: it could not be written. */
  readonly trace: string | null;
}

/** A failure whose cause takes longer to find than this is told without it. */
const PATIENCE_MS = 2_000;

interface Kept {
  saved: Saved;
  /** Under which number it was told; null: nobody has heard of it. */
  number: number | null;
}

export class FailureStore {
  readonly #search: Search;
  readonly #folder: string;
  readonly #say: (line: string) => void;
  readonly #onTold: (failure: FoundJson) => void;
  readonly #kept = new Map<string, Kept>();
  /** Properties broken in a mode, as far as a failure of them is kept. */
  readonly #kinds = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #keepGoing: boolean;
  #told = 0;
  /** The search has ended: what workers sight from now on is not kept. */
  #isOver = false;
  #error: unknown = null;

  /**
   * @param keepGoing whether the search goes on after a failure; if not, what workers sight besides is not reported
   * @param say told of each failure, when it is on disk
   * @param onTold told of the same as data
   */
  constructor(
    search: Search,
    folder: string,
    keepGoing: boolean,
    say: (line: string) => void,
    onTold: (failure: FoundJson) => void = () => {},
  ) {
    this.#onTold = onTold;
    this.#keepGoing = keepGoing;
    this.#search = search;
    this.#folder = folder;
    this.#say = say;
  }

  /**
   * Keeps a failure whose cause is not yet known, if there is none that breaks the same property.
   * Called whenever a worker has one: what goes wrong here is thrown by `check`.
   */
  sighted(sighting: Sighting): void {
    const kind = kindOf(sighting);
    if (this.#kinds.has(kind) || this.#isOver) return;
    this.#kinds.add(kind);
    try {
      this.smaller({ ...sighting, cause: [] }, failureAsFound({ ...sighting, cause: [] }, this.#search));
      this.#timers.add(setTimeout(() => this.#tell(keyOf(sighting)), PATIENCE_MS).unref());
    } catch (error) {
      this.#error ??= error;
    }
  }

  /** @throws what went wrong when a failure was kept: its run does not fail again, say */
  check(): void {
    if (this.#error !== null) throw this.#error;
  }

  /** Keeps and tells a failure whose cause is known. @param isNew whether it is the first one of its cause */
  found(found: Found, isNew: boolean): void {
    if (!isNew) return this.#removeSame(found);
    this.#kinds.add(kindOf(found));
    const failure = failureAsFound(found, this.#search);
    const sighted = this.#kept.get(keyOf(found));
    const named = this.#keep(found, failure, nameOf(failure));
    if (sighted?.number != null && named.path !== sighted.saved.path)
      this.#say(`failure ${sighted.number} is caused by ${found.cause.join(', ')}: its trace is now ${printable(named.path)}`);
    this.#tell(keyOf(found));
    if (!this.#keepGoing) this.#tellNoMore();
  }

  /** A trace of this failure takes the place of the one that is there, under its name, if it can be written. */
  smaller(found: Found, failure: Failure): Saved {
    const before = this.#kept.get(keyOf(found));
    return this.#keep(found, failure, before === undefined ? nameOf(failure) : basename(before.saved.path));
  }

  #keep(found: Found, failure: Failure, name: string): Saved {
    const before = this.#kept.get(keyOf(found));
    const after = saved(failure, this.#folder, name);
    this.#kept.set(keyOf(found), { saved: after, number: before?.number ?? null });
    if (before !== undefined && after.loss === null && before.saved.path !== after.path) this.#remove(before.saved);
    return after;
  }

  /** What is kept of a failure: as small as it has become. */
  of(found: Found): Saved {
    return this.#kept.get(keyOf(found))?.saved ?? this.smaller(found, failureAsFound(found, this.#search));
  }

  /**
   * Tells what is reported and was not told. Removes the traces of failures that turned out to be the same as another one, and of those
   * that are neither reported nor were told.
   */
  settle(reported: readonly Found[], same: readonly Found[]): void {
    this.#tellNoMore();
    for (const one of same) this.#removeSame(one);
    const keys = new Set(reported.map(keyOf));
    for (const [key, { saved: other, number }] of this.#kept) {
      if (keys.has(key)) {
        this.#tell(key); // what was reported while its cause was being looked for
        continue;
      }
      if (number !== null) {
        if (reported.length > 0 && !this.#keepGoing)
          this.#say(`failure ${number} is not reported: without --keep-going the first failure ends the search`);
        continue;
      }
      this.#kept.delete(key);
      this.#remove(other);
    }
  }

  #tellNoMore(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #removeSame(found: Found): void {
    const kept = this.#kept.get(keyOf(found));
    if (kept === undefined) return;
    if (kept.number !== null) this.#say(`failure ${kept.number} duplicates another one: its trace is removed`);
    this.#kept.delete(keyOf(found));
    this.#remove(kept.saved);
  }

  #tell(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.number !== null) return;
    kept.number = ++this.#told;
    const {
      trace: { verdict, scenario, schedule, cause },
      path,
      loss,
    } = kept.saved;
    const steps = schedule.length;
    this.#onTold({ property: verdict.property, cause, mode: scenario.mode, steps, trace: loss === null ? path : null });
    const rules = cause.length === 0 ? '' : ` without ${cause.join(', ')}`;
    this.#say(
      `failure ${kept.number}: ${verdict.property} is broken in ${scenario.mode.toUpperCase()}${rules}, ` +
        `after ${plural(steps, 'step')}${loss === null ? `: ${printable(path)}` : ', but its trace could not be written'}`,
    );
  }

  #remove({ path, loss }: Saved): void {
    const isShared = [...this.#kept.values()].some((other) => other.saved.path === path);
    if (loss === null && !isShared) removeTrace(path);
  }
}

const kindOf = ({ scenario, violation }: Sighting): string => `${scenario.mode} ${violation.property}`;
/** The same for the same run. */
const keyOf = ({ scenario, unit, run }: Sighting): string => `${scenario.mode} ${unit} ${run}`;

/** Of the file of a failure: that of its trace as it was found, so that it stays the same, however small the trace becomes. */
const nameOf = ({ trace }: Failure): string => basename(tracePath(trace, ''));

/** Writes the trace of a failure to a folder, if that is possible. */
function saved(failure: Failure, folder: string, name: string): Saved {
  try {
    return { ...failure, path: saveTraceAs(name, failure.trace, folder), loss: null };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ...failure, path: join(folder, name), loss: error.message };
  }
}

/** A trace that could not be written, for standard error: what was found must not be lost with it. */
export function describeLoss({ trace, loss }: Pick<Saved, 'trace' | 'loss'>): string {
  const lines = writeTrace(trace).trimEnd().split('\n');
  return `cowcheck: ${loss}; this is the trace:\n${lines.map((line) => `${printable(line)}\n`).join('')}`;
}
