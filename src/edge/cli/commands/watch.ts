/**
 * `check --watch`: the same check again whenever what it checks is saved. Each runs as a process of its own, for a module that has been
 * loaded stays as it was.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { fileError } from '../../files/text.ts';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { INTERRUPTED, HOLDS } from '../io/exit-status.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { printable } from '../../../trace/printable.ts';

/** Editors write a file in several steps, and builds write many. */
const SETTLED_MS = 200;
const BUILT_MS = 2_000;
const MODULE = /\.[cm]?[jt]s$/;

export interface Watched {
  /** What `check` was called with. */
  readonly args: readonly string[];
  /** What `--watch` was given: a custom job, or nothing. */
  readonly watch: string | true;
  readonly job: string;
  readonly corpus?: string | undefined;
  readonly out: string;
}

/**
 * @returns the exit status: interrupted, or that nobody reads standard output any more
 * @throws FileError if what is to be watched is not there
 */
export function watchAndCheck({ args, watch: named, job, corpus, out }: Watched): Promise<number> {
  const checked = named === true ? job : named;
  const isModule = isCustomJob(checked);
  const place: Place = isModule
    ? { folder: dirname(checked), isPartOf: (name) => MODULE.test(name), what: checked }
    : { folder: join(PACKAGE_ROOT, 'dist'), isPartOf: (name) => name.startsWith('command'), what: 'the model is built' };
  const more = [...(named === true ? [] : ['--job', named]), ...(corpus === undefined ? ['--corpus', join(out, 'corpus')] : [])];
  return interruptible((signal) => new Watching([...withoutWatch(args, named), ...more], place, isModule).until(signal));
}

function withoutWatch(args: readonly string[], named: string | true): string[] {
  return args.filter((arg, i) => !arg.startsWith('--watch') && !(arg === named && args[i - 1] === '--watch'));
}

/** Where changes are looked for, and which count. */
interface Place {
  readonly folder: string;
  readonly isPartOf: (name: string) => boolean;
  /** For people. */
  readonly what: string;
}

class Watching {
  readonly #args: readonly string[];
  readonly #place: Place;
  readonly #isModule: boolean;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  /** Something was saved while a check ran that is being ended. */
  #isStale = false;

  constructor(args: readonly string[], place: Place, isModule: boolean) {
    this.#args = args;
    this.#place = place;
    this.#isModule = isModule;
  }

  until(signal: AbortSignal): Promise<number> {
    const watcher = this.#watch();
    return new Promise((resolve) => {
      const end = (status: number) => (): void => {
        if (this.#isOver) return;
        this.#isOver = true;
        watcher.close();
        clearTimeout(this.#timer);
        const child = this.#child;
        if (child === null) return resolve(status);
        child.once('close', () => resolve(status));
        child.kill('SIGINT');
      };
      signal.addEventListener('abort', end(INTERRUPTED));
      process.stdout.once('error', end(HOLDS)); // nobody reads any more
      this.#check();
    });
  }

  #watch(): FSWatcher {
    try {
      return watch(this.#place.folder, { recursive: !this.#isModule }, (_, name) => {
        if (name === null || this.#place.isPartOf(name)) this.#saved();
      });
    } catch (error) {
      throw fileError(this.#place.folder, `it cannot be watched (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  #saved(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (this.#child === null) return this.#check();
        this.#isStale = true;
        this.#child.kill('SIGINT');
      },
      this.#isModule ? SETTLED_MS : BUILT_MS,
    );
  }

  #check(): void {
    const isTerminal = process.stdout.isTTY;
    const child = spawn(process.execPath, [...process.execArgv, join(PACKAGE_ROOT, 'dist', 'command', 'main.js'), ...this.#args], {
      stdio: ['ignore', isTerminal ? 'inherit' : 'pipe', 'inherit'],
    });
    this.#child = child;
    child.stdout?.on('data', (data: Buffer) => void process.stdout.write(data));
    child.on('close', () => {
      this.#child = null;
      if (this.#isOver) return;
      if (this.#isStale) {
        this.#isStale = false;
        return this.#check();
      }
      const change = this.#isModule ? `${printable(this.#place.what)} is saved` : this.#place.what;
      io().err(`cowcheck: waiting until ${change}; press Ctrl-C to stop\n`);
    });
  }
}
