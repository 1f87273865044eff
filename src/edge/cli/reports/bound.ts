/** What a search that broke nothing says about failures that it may have missed: as JSON (docs/command.md), or in words. */
import type { Tally } from '../../../search/campaign/tally.ts';
import { count, plural } from '../io/terminal.ts';

const CONFIDENCE = 0.95;

/** With no failure in n runs, the rate of failures is below this (95 %); about 3/n. */
const failureRateBelow = (runs: number): number => 1 - (1 - CONFIDENCE) ** (1 / runs);

/**
 * With a `pct` for each depth that PCT looked at: by its theorem its runs, but for those that overshoot, miss a bug
 * with a probability below `missBelow`.
 */
export function boundJson({ schedules, bounds }: Pick<Tally, 'schedules' | 'bounds'>): object {
  const pct = [...bounds.values()].map(({ logMiss, ...bound }) => ({ ...bound, missBelow: Math.exp(logMiss) }));
  return {
    failureRateBelow: failureRateBelow(schedules),
    confidence: CONFIDENCE,
    holdsFor: 'this strategy and scenario distribution',
    ...(pct.length > 0 ? { pct } : {}),
  };
}

/** @returns sentences, to be wrapped */
export function boundInWords({ schedules, bounds }: Pick<Tally, 'schedules' | 'bounds'>): string[] {
  const rate =
    `No property was broken. With ${CONFIDENCE * 100} % confidence, fewer than 1 ` +
    `in ${count(Math.floor(1 / failureRateBelow(schedules)))} schedules of this strategy and these scenarios ` +
    'break one. This is evidence, not a proof.';
  // A bound of 1 says nothing.
  const byDepth = [...bounds.values()].filter(({ runs, overshoots, logMiss }) => runs > overshoots && roundedUp(Math.exp(logMiss)) !== '1');
  if (byDepth.length === 0) return [rate];
  const runs = byDepth.reduce((sum, bound) => sum + bound.runs - bound.overshoots, 0);
  const misses = byDepth.map(({ depth, logMiss }) => `${roundedUp(Math.exp(logMiss))} for a bug of depth ${depth}`);
  return [rate, `If every scenario has a bug, the probability that all ${plural(runs, 'PCT run')} miss it is below ${misses.join(', ')}.`];
}

const TINY = 1e-12;

/** To two digits. */
export function roundedUp(probability: number): string {
  if (probability < TINY) return String(TINY);
  const unit = 10 ** (Math.floor(Math.log10(probability)) - 1);
  return String(Number((Math.ceil(probability / unit) * unit).toPrecision(2)));
}
