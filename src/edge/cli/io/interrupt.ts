/** Ctrl-C: the first one ends the work, but not the command, which says what it has; the second one ends everything. */

import { INTERRUPTED } from './exit-status.ts';

/** A terminal that is closed asks for the end as Ctrl-C does. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npx passes on what the terminal has sent to us as well: one Ctrl-C may come twice, but not this far apart. */
const TWICE_MS = 100;
const HINT_MS = 1_000;

/** @param work is told when it should come to an end; it must leave this thread free to be told */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let first = 0;
  let hint: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    if (abort.signal.aborted && performance.now() - first > TWICE_MS) process.exit(INTERRUPTED);
    if (abort.signal.aborted) return;
    first = performance.now();
    hint = setTimeout(
      () => process.stderr.write('cowcheck: stopping; press Ctrl-C again to exit at once (failures found so far stay unshrunk)\n'),
      HINT_MS,
    );
    abort.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    clearTimeout(hint);
  }
}
