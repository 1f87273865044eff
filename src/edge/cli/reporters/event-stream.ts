/**
 * `--reporter ndjson`: one JSON object a line, each with an `event`, written when it happens: a program that reads it line by line can
 * follow the search.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { FileError, fileError } from '../../files/text.ts';
import { io } from '../io/io.ts';
import { json } from '../io/terminal.ts';
import type { Result } from './result.ts';

/** Progress of one search is told so often at most. */
const PROGRESS_EVERY_MS = 1_000;

/** What is known when a search, or a replay, begins. */
export interface Begun {
  /** Such as `check correct`. */
  readonly name: string;
  readonly cowcheck: string;
  /** In UTC, as ISO 8601 has it. */
  readonly started: string;
  /** Of a search. */
  readonly scope?: string;
  readonly options?: object;
}

export class EventStream {
  readonly #file: string | null;
  #descriptor: number | null = null;
  #name = '';
  #nextProgress = 0;
  /** Why events are lost. */
  #loss: FileError | null = null;

  /** @param file null: standard output */
  constructor(file: string | null) {
    this.#file = file;
  }

  start({ name, ...about }: Begun): void {
    this.#name = name;
    this.#nextProgress = 0;
    this.#write({ event: 'start', name, ...about });
  }

  /** @param about asked for only when it is written */
  progress(about: () => object): void {
    if (Date.now() < this.#nextProgress) return;
    this.#nextProgress = Date.now() + PROGRESS_EVERY_MS;
    this.#write({ event: 'progress', name: this.#name, ...about() });
  }

  /** A failure as it was found, or a trace that was replayed. */
  happened(event: 'found' | 'case', about: object): void {
    this.#write({ event, ...about });
  }

  /** The failures, made small, and what the search came to. What the start has said is not repeated. */
  end({ name, duration, search }: Result): void {
    const { failures = [], scope: _scope, options: _options, ...rest } = search ?? {};
    for (const failure of failures) this.#write({ event: 'failure', ...failure });
    this.#write({ event: 'end', name, duration, ...rest });
  }

  /** @throws FileError if events could not be written */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    if (this.#loss !== null) throw this.#loss;
  }

  #write(event: object): void {
    const line = json(event);
    if (this.#file === null) return io().out(line);
    if (this.#loss !== null) return;
    try {
      this.#descriptor ??= openSync(this.#file, 'w');
      writeSync(this.#descriptor, line);
    } catch (error) {
      this.#loss = fileError(this.#file, `cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
  }
}
