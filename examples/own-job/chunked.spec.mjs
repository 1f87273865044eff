/** The job in somebody's test suite. */
import { check } from 'cowcheck';
import { expect, it } from 'vitest';
import chunked from './chunked.mjs';
import forgetful from './forgetful.mjs';

it('keeps the point in time', () => {
  check(chunked, { runs: 500, seed: 'a' });
});

it('keeps it where reads and writes fail', () => {
  check(chunked, { runs: 500, seed: 'a', faults: true });
});

it('is broken where one thing is forgotten', () => {
  expect(() => check(forgetful, { seed: 'a' })).toThrow('snapshot-kept is broken');
});
