/** `--corpus`: what was found before is run again before a search, and what it finds is added behind it. */
import { Corpus, type CorpusFailure, keyOf } from '../../campaign/corpus.ts';
import { costOf } from '../../../shrink/cost.ts';
import type { SyncMode } from '../../../../model/sync.ts';
import { FileError } from '../../files/text.ts';
import type { FailingTrace } from '../../../trace/format.ts';
import { isShort } from '../../workers/failures.ts';
import { type Told, explained } from './failures.ts';
import type { Flags } from './flags.ts';
import { io } from './io.ts';
import { plural } from './terminal.ts';
import { printable } from '../../../trace/printable.ts';

/** What the JSON of a search says of its corpus. */
export interface CorpusJson {
  /** Traces that still fail, that no longer do, and that are new. */
  readonly still: readonly string[];
  readonly gone: readonly { readonly trace: string; readonly why: string }[];
  readonly added: readonly string[];
}

export interface CorpusRun {
  /** Those that still fail. */
  readonly failures: readonly Told[];
  /** Whether the search need not begin: it has a failure, and was not asked to keep going. */
  readonly isEnough: boolean;
  /** Adds what the search has found. @returns what it found that is not in the corpus already, and what to say of it all */
  end(found: readonly Told[]): { readonly failures: readonly Told[]; readonly corpus: CorpusJson };
}

/**
 * Runs the failures of the corpus again, and says what became of them.
 * @returns null: there is no corpus @throws FileError if it can't be read
 */
export async function runCorpus(
  flags: Flags,
  setting: { readonly wake: Flags['wake']; readonly effects: 'cluster' | 'sector' },
  modes: readonly SyncMode[],
  signal: AbortSignal,
): Promise<CorpusRun | null> {
  if (flags.corpus === undefined) return null;
  const corpus = new Corpus(flags.corpus);
  const { job, without, asked } = flags;
  const still = await corpus.replay(
    { job, without, ...(asked === undefined ? {} : { asked }), wake: setting.wake, effects: setting.effects, modes },
    signal,
  );
  const say = (line: string): void => io().err(`cowcheck: ${line}\n`);
  if (still.length + corpus.gone.length > 0)
    say(`${still.length} of ${plural(still.length + corpus.gone.length, 'failure')} of the corpus still there`);
  for (const { path, trace, why } of corpus.gone)
    say(`${printable(path)} no longer reproduces (${trace.cause.join(', ') || trace.verdict.property}): ${printable(why)}`);
  const failures = still.map(toldOf);
  return {
    failures,
    isEnough: still.length > 0 && !flags.keepGoing,
    end: (found) => {
      const added = found.map(({ trace }) => addedTo(corpus, trace, say)).filter((path) => path !== null);
      const left = failures.filter(({ path }) => corpus.has(path)); // a smaller one may have taken its place
      const known = new Set(left.map(({ trace }) => keyOf(trace)));
      const gone = corpus.gone.map(({ path, why }) => ({ trace: path, why }));
      const isNew = found.filter(({ trace }) => !known.has(keyOf(trace)));
      return { failures: [...left, ...isNew], corpus: { still: left.map(({ path }) => path), gone, added } };
    },
  };
}

/** The verdict stays, whatever becomes of the file. */
function addedTo(corpus: Corpus, trace: FailingTrace, say: (line: string) => void): string | null {
  try {
    return corpus.add(trace);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    say(error.message);
    return null;
  }
}

const toldOf = ({ path, trace }: CorpusFailure): Told => ({
  trace,
  cost: costOf(trace),
  tries: 0,
  path,
  loss: null,
  explanation: isShort(trace) ? explained(trace) : null,
});
