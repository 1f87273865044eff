/**
 * How much of what a search can meet it has not met yet, from how rare the situations are that it has. By Good and Turing, the chance
 * that one more run meets a situation that no run has met is about the number of situations met in a single run, divided by the number of
 * runs (I. J. Good, The population frequencies of species, 1953; M. Böhme, STADS, 2018, asks it of fuzzing).
 *
 * The interval takes that number for a Poisson count, and is exact for one (F. Garwood, 1936). It is about situations that have a name,
 * and about this strategy and these scenarios: what no run of them can meet is not in it.
 */

/** Probabilities, per run. */
export interface Unseen {
  /** Situations that a single run has met. */
  readonly once: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const CONFIDENCE = 0.95;

/**
 * @param runsBySituation in how many runs each situation was met
 * @param runs how many there were, at least one
 */
export function unseenMass(runsBySituation: readonly number[], runs: number): Unseen {
  const once = runsBySituation.filter((n) => n === 1).length;
  const tail = (1 - CONFIDENCE) / 2;
  return {
    once,
    estimate: once / runs,
    low: once === 0 ? 0 : Math.min(1, rateWithTail(once - 1, 1 - tail) / runs),
    high: Math.min(1, rateWithTail(once, tail) / runs),
  };
}

/** The rate of a Poisson process that has at most so many events with this probability. */
function rateWithTail(events: number, probability: number): number {
  let [low, high] = [0, 10 + 10 * events];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (atMost(events, middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const BISECTIONS = 60;

/** The probability of at most so many events of a Poisson process of this rate. */
function atMost(events: number, rate: number): number {
  let term = Math.exp(-rate);
  let sum = term;
  for (let k = 1; k <= events; k++) {
    term *= rate / k;
    sum += term;
  }
  return sum;
}
