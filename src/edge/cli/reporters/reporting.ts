/** What a command tells, by all reporters that were asked for: text and events as they come, the others when all is over. */
import { refuseOutput, writeOutput } from '../../files/output.ts';
import { cowcheckVersion } from '../../files/package-root.ts';
import { FileError } from '../../files/text.ts';
import { printable } from '../../../trace/printable.ts';
import { BAD_USAGE, HOLDS } from '../io/exit-status.ts';
import type { FoundJson } from '../io/failure-store.ts';
import { io, withIo } from '../io/io.ts';
import { json } from '../io/terminal.ts';
import { EventStream } from './event-stream.ts';
import type { Reporter } from './reporter.ts';
import { type Asked, type ReporterName, withText } from '../io/reporters-asked.ts';
import type { About, Case, Result, Sample, SearchJson } from './result.ts';

/** They are loaded when they are needed: most commands print text. */
const REPORTERS: Readonly<Record<Exclude<ReporterName, 'text' | 'json' | 'ndjson'>, () => Promise<Reporter>>> = {
  junit: async () => (await import('./junit.ts')).junit,
  github: async () => (await import('./github.ts')).github,
  sarif: async () => (await import('./sarif.ts')).sarif,
  tap: async () => (await import('./tap.ts')).tap,
  html: async () => (await import('./html/page.ts')).html,
};

/** Of a whole search so many samples are kept at most, evenly over its time. */
const SAMPLES_MAX = 200;

/** What is told of one search or replay. */
export interface Telling {
  /** Such as `check correct`. */
  readonly name: string;
  readonly json: object;
  /** Null: it is no search. */
  readonly search: SearchJson | null;
  readonly cases: readonly Case[];
  /** Prints it for people, to `io()`; `file`: all of it, whatever was printed on standard output as it came. */
  readonly text: (to: 'output' | 'file') => void;
}

export class Reporting {
  readonly #asked: readonly Asked[];
  readonly #streams: ReadonlyMap<Asked, EventStream>;
  readonly #results: Result[] = [];
  #samples: Sample[] = [];
  #everyMs = 100;
  #begin = Date.now();
  /** Of text that goes to files. */
  #text = '';

  /** @throws FileError if what is to be written can't be a file */
  constructor(asked: readonly Asked[]) {
    this.#asked = withText(asked);
    this.#streams = new Map(asked.filter(({ name }) => name === 'ndjson').map((one) => [one, new EventStream(one.file)]));
    for (const { file } of asked) if (file !== null) refuseOutput(file);
  }

  /** Whether text or nothing of JSON goes to standard output, so that a bar may be shown. */
  get isForPeople(): boolean {
    return this.#asked.some(({ name, file }) => name === 'text' && file === null);
  }

  /** A search, or a replay, begins. @param about what is known of a search by then */
  begin(name: string, about: { readonly scope?: string; readonly options?: object } = {}): void {
    this.#begin = Date.now();
    const begun = { name, cowcheck: cowcheckVersion(), started: new Date(this.#begin).toISOString(), ...about };
    for (const stream of this.#streams.values()) stream.start(begun);
  }

  /** A failure is on disk, as it was found. */
  found(failure: FoundJson): void {
    for (const stream of this.#streams.values()) stream.happened('found', failure);
  }

  /** A trace has been replayed. */
  case(one: Case): void {
    for (const stream of this.#streams.values()) stream.happened('case', one);
  }

  /** How far a search is that takes no samples. */
  progress(now: () => object): void {
    for (const stream of this.#streams.values()) stream.progress(() => ({ seconds: (Date.now() - this.#begin) / 1000, ...now() }));
  }

  /** How far the search is that is told of next. */
  sample(now: () => Omit<Sample, 'seconds'>): void {
    this.progress(now);
    const last = this.#samples.at(-1);
    const seconds = (Date.now() - this.#begin) / 1000;
    if (last !== undefined && (seconds - last.seconds) * 1000 < this.#everyMs) return;
    this.#samples.push({ seconds, ...now() });
    if (this.#samples.length < SAMPLES_MAX) return;
    this.#samples = this.#samples.filter((_, i) => i % 2 === 1);
    this.#everyMs *= 2;
  }

  /** What it has come to. What is printed as it comes is printed now. */
  tell({ name, json: told, search, cases, text }: Telling): void {
    const about: About = {
      cowcheck: cowcheckVersion(),
      started: new Date(this.#begin).toISOString(),
      duration: (Date.now() - this.#begin) / 1000,
    };
    const result: Result = {
      name,
      json: Array.isArray(told) ? told : { ...told, ...about },
      search,
      cases,
      samples: this.#samples,
      ...about,
    };
    this.#results.push(result);
    [this.#samples, this.#begin] = [[], Date.now()];
    for (const stream of this.#streams.values()) stream.end(result);
    for (const { name: reporter, file } of this.#asked) {
      if (reporter === 'json' && file === null) io().out(json(result.json));
      if (reporter === 'text' && file === null) text('output');
      if (reporter === 'text' && file !== null) this.#text += textOf(() => text('file'));
    }
  }

  /**
   * Writes what is written at the end. What can't be written is told in a line.
   * @param status that the command ends with
   * @returns the same, or bad usage where it held and a report is lost
   */
  async end(status: number): Promise<number> {
    let ended = status;
    for (const asked of this.#asked) if (!(await this.#isTold(asked)) && ended === HOLDS) ended = BAD_USAGE;
    return ended;
  }

  /** Writes what is written at the end. @returns whether all of it is where it was asked for */
  async #isTold(asked: Asked): Promise<boolean> {
    const { name, file } = asked;
    const stream = this.#streams.get(asked);
    if (stream !== undefined) return isDone(() => stream.close());
    if (file === null && (name === 'text' || name === 'json')) return true;
    const text = await this.#written(name as Exclude<ReporterName, 'ndjson'>);
    if (file !== null) return isDone(() => writeOutput(file, text, null));
    io().out(text);
    return true;
  }

  async #written(name: Exclude<ReporterName, 'ndjson'>): Promise<string> {
    if (name === 'text') return this.#text;
    if (name === 'json') return this.#results.map((result) => json(result.json)).join('');
    return (await REPORTERS[name]())(this.#results);
  }
}

/** @returns whether it was possible; if not, a line says why */
function isDone(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    io().err(`cowcheck: ${printable(error.message)}\n`);
    return false;
  }
}

function textOf(print: () => void): string {
  let text = '';
  withIo({ out: (part) => void (text += part), err: (part) => io().err(part), end: () => {} }, print);
  return text;
}
