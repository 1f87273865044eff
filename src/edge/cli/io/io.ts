/** Where a command writes, and its exit status: of this process, or of a program that runs the command inside itself. */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Io {
  /** Standard output. */
  out(text: string): void;
  /** Standard error. */
  err(text: string): void;
  /** The exit status, 0 if nothing is said; the last call wins. */
  end(status: number): void;
}

const OF_PROCESS: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  end: (status) => {
    process.exitCode = status;
  },
};

const within = new AsyncLocalStorage<Io>();

/** The one of the command that runs here. */
export const io = (): Io => within.getStore() ?? OF_PROCESS;

/**
 * Everything that the work writes, also in timers and callbacks that it starts, goes to this one. It makes each promise dearer,
 * which a measurement notices: the executable does without.
 */
export const withIo = <T>(mine: Io, work: () => T): T => within.run(mine, work);
