/** What becomes of the failures that a search has found: smaller ones, explained, on disk. */
import { notReproduced } from '../../../../model/machine/contract-broken.ts';
import { explain } from '../../../explain/explain-any.ts';
import type { Explanation } from '../../../explain/explanation.ts';
import type { Found } from '../../../search/campaign/campaign.ts';
import type { Search } from '../../../shrink/failure.ts';
import type { FailingTrace } from '../../../trace/format.ts';
import { type ShrinkOptions, explainLong, isShort, shrinkAll } from '../../workers/failures.ts';
import { printable } from '../../../trace/printable.ts';
import { FailureStore, type Saved } from './failure-store.ts';
import type { Flags } from './flags.ts';
import { io } from './io.ts';
import { type Progress, plural, progress } from './terminal.ts';

/** A failure as it is reported. */
export interface Told extends Saved {
  /** Null: it took too long to explain it. */
  readonly explanation: Explanation | null;
}

/** What is known of why it fails, in a few short sentences. */
export const sentenceOf = ({ explanation, trace }: Told): string => explanation?.sentence ?? trace.verdict.detail;

/** Nothing where a terminal's user gets JSON: a bar would get between. The others are those of `progress`. */
export const barOf = (
  { json: asJson, quiet = false }: Pick<Flags, 'json'> & { readonly quiet?: boolean },
  ...about: Parameters<typeof progress>
): Progress | null => (quiet || (asJson && process.stderr.isTTY) ? null : progress(...about));

/** Proofs take so long at most where nothing else bounds them. */
const PROVE_SECONDS_DEFAULT = 60;
/** A failure that is found in the last moment gets a little time all the same, */
const GRACE_MS = 2_000;
/** and so does what is said of a long one, if there is any left. */
const EXPLAIN_MS = 1_000;

interface TimeLimits extends Pick<ShrinkOptions, 'shrinkBy' | 'proveBy'> {
  /** When what is said of a long trace should be known; after it nothing is said. */
  readonly explainBy: number;
}

/**
 * `--seconds` bounds search, shrinking and proofs together; `--prove-seconds` adds time for the proofs.
 * @param begin of the search, in milliseconds since 1970
 * @param seconds of `--seconds`, or its default; null: no limit
 */
export function timeLimits(begin: number, seconds: number | null, { proveSeconds }: Pick<Flags, 'proveSeconds'>): TimeLimits {
  const end = seconds === null ? null : begin + seconds * 1000;
  return {
    shrinkBy: end === null ? null : end + (Date.now() > end - GRACE_MS ? GRACE_MS : 0),
    explainBy: end === null ? Infinity : end + EXPLAIN_MS,
    proveBy: () => {
      if (proveSeconds === 0) return null;
      const left = end ?? Date.now();
      if (proveSeconds !== undefined) return Math.max(left, Date.now()) + proveSeconds * 1000;
      return end === null ? Date.now() + PROVE_SECONDS_DEFAULT * 1000 : end > Date.now() ? end : null;
    },
  };
}

type FlagsOfFailures = Pick<Flags, 'workers' | 'json'> & { readonly quiet?: boolean };

/**
 * Makes what was found smaller, with progress; what it comes to is in the store. Ctrl-C leaves it as small as it has become.
 * @returns of failures that are taken to be one and the same, the first
 */
export async function toldFailures(
  found: readonly Found[],
  search: Search,
  store: FailureStore,
  limits: TimeLimits,
  flags: FlagsOfFailures,
  signal: AbortSignal,
): Promise<Told[]> {
  store.check();
  if (found.length === 0) {
    store.settle([], []);
    return [];
  }
  const bar = barOf(flags, found.length);
  let text = `0 of ${plural(found.length, 'failure')} shrunk`;
  let done = 0;
  const begin = Date.now();
  const tick = setInterval(() => bar?.update(done, `${text}, ${Math.round((Date.now() - begin) / 1000)} s`), TICK_MS);
  try {
    const small = await shrinkAll(
      found,
      search,
      { workers: flags.workers, ...limits },
      signal,
      (so, of, what) => {
        done = (so / of) * found.length;
        text = `${so} of ${plural(of, 'failure')} ${what}${what === 'shrunk' ? '' : ' (--prove-seconds 0 skips this)'}`;
      },
      (one, failure) => store.smaller(one, failure),
    );
    const kept = small.map((one) => one.found);
    store.settle(
      kept,
      found.filter((one) => !kept.includes(one)),
    );
    const saved = kept.map((one) => store.of(one));
    return await Promise.all(
      saved.map(async (one) => ({
        ...one,
        explanation: isShort(one.trace) ? explained(one.trace) : await explainLong(one.trace, limits.explainBy, signal),
      })),
    );
  } finally {
    clearInterval(tick);
    bar?.stop();
  }
}

/** What a custom job threw besides, once its failures are told: it may be why no more was found, or nothing smaller. */
export function tellThrown(error: Error | null, failures: readonly Pick<Told, 'thrown'>[]): void {
  const said = new Set([error?.message, ...failures.map(({ thrown }) => thrown)]);
  for (const message of said) if (message !== undefined) io().err(`cowcheck: ${printable(message)}\n`);
}

const TICK_MS = 500;

export function explained(trace: FailingTrace): Explanation {
  const explanation = explain(trace);
  if (explanation === null) throw notReproduced(trace.job);
  return explanation;
}
