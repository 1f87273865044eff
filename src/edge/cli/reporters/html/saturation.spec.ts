/** The estimate against a distribution that is known, and the interval against tables. */
import { expect, it } from 'vitest';
import { randomNumbers } from '../../../../search/strategies/random-numbers.ts';
import { unseenMass } from './saturation.ts';

it('is the share of runs that met something that no other run met', () => {
  expect(unseenMass([1, 1, 5, 90, 0], 1_000)).toMatchObject({ once: 2, estimate: 0.002 });
});

it('has the interval of a Poisson count', () => {
  // Garwood's, as tables print it: 0 has 0 to 3.69, 1 has 0.0253 to 5.57, 10 has 4.80 to 18.39
  const interval = (once: number): number[] => {
    const { low, high } = unseenMass(
      Array.from({ length: once }, () => 1),
      1_000,
    );
    return [low * 1_000, high * 1_000].map((n) => Number(n.toPrecision(3)));
  };
  expect(interval(0)).toEqual([0, 3.69]);
  expect(interval(1)).toEqual([0.0253, 5.57]);
  expect(interval(10)).toEqual([4.8, 18.4]);
});

it('is a probability, however few runs there were', () => {
  expect(unseenMass([1], 1)).toEqual({ once: 1, estimate: 1, low: expect.any(Number), high: 1 });
});

it('has what is really left in its interval, nearly always', () => {
  // 60 situations, each a third as likely as the one before down to 1e-7, which 400 runs meet or not
  const rates = Array.from({ length: 60 }, (_, i) => Math.max(1e-7, 0.9 * 0.8 ** i));
  const random = randomNumbers('saturation');
  const [searches, runs] = [300, 400];
  let inside = 0;
  for (let search = 0; search < searches; search++) {
    const met = rates.map((rate) => Array.from({ length: runs }).filter(() => random.below(1e9) < rate * 1e9).length);
    const left = rates.reduce((sum, rate, i) => sum + (met[i] === 0 ? rate : 0), 0);
    const { low, high } = unseenMass(met, runs);
    if (low <= left && left <= high) inside++;
  }
  expect(inside / searches).toBeGreaterThan(0.9);
});
