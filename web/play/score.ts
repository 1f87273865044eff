/** What a challenge counts. */
import { LATER_WORDS } from '../common/later-words.ts';

/** Preemptions count first, then steps. */
export interface Cost {
  readonly preemptions: number;
  readonly steps: number;
}

export interface Score extends Cost {
  readonly stars: number;
}

export const STARS = 3;

/** One less for each hint; none once the checker's way was shown. */
export const starsFor = (hints: number, wasShown: boolean): number => (wasShown ? 0 : Math.max(0, STARS - hints));

export const starsWords = (stars: number): string => `${'★'.repeat(stars)}${'☆'.repeat(STARS - stars)} ${stars} of ${STARS} stars`;

/** Below 0: the first is the better one. */
export const compareCosts = (a: Cost, b: Cost): number => a.preemptions - b.preemptions || a.steps - b.steps;

export function againstPar(mine: Cost, par: Cost): string {
  const by = compareCosts(mine, par);
  if (by === 0) return LATER_WORDS.parEqual;
  return by < 0 ? LATER_WORDS.parBeaten : LATER_WORDS.parMissed;
}
