import { describe, expect, it } from 'vitest';
import type { Sweep } from '../../search/exhaustive/sweep.ts';

/** As it is built: worker threads run what was built. */
const BUILT = new URL('../../../dist/src/edge/workers/sweep.js', import.meta.url);
const { runSweep } = (await import(/* @vite-ignore */ BUILT.href)) as typeof import('./sweep.ts');

/** Its largest scenario has 3,835 states. */
const SWEEP: Sweep = {
  scopes: [{ mode: 'full', clusters: 1, clusterSectors: 1, requests: 4, kinds: ['write'], variant: 'plain' }],
  setting: { job: 'block-copy', effects: 'cluster', wake: 'any', without: [], requestsMin: 4 },
  keepGoing: false,
};
/** Room for 5,734 states: a table of 2^13 places, and half as much while it grows to that. */
const BYTES = 2 ** 13 * 16 * 1.5;

describe('a sweep on worker threads', { timeout: 60_000 }, () => {
  it.each([1, 2])('gives each scenario all of the memory, however many workers there are: %i', async (workers) => {
    const limits = { workers, bytesMax: BYTES, seconds: null };
    const outcome = await runSweep(
      SWEEP,
      limits,
      new AbortController().signal,
      () => {},
      () => {},
    );
    expect(outcome).toMatchObject({ complete: true, tally: { cut: null, all: { canonicalScenarios: 12 } } });
  });
});
