/** Whatever was played comes back from the address, and what a hand has put there is not followed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Place, readPlace, writePlace } from './place.ts';

const way = fc.record({ number: fc.integer({ min: 1, max: 99 }), ids: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 }) });
const place: fc.Arbitrary<Place> = fc.record({ at: fc.nat(40), way, others: fc.array(way, { maxLength: 4 }) });

it('reads what it has written', () => {
  fc.assert(
    fc.property(place, (some) => {
      const { step, run, tries } = writePlace(some, false);
      expect(readPlace(step === '' ? null : step, run, tries)).toEqual(some);
    }),
    { seed: 3, numRuns: 300 },
  );
});

it('does not say the way that the screen begins with', () => {
  expect(writePlace({ at: 3, way: { number: 1, ids: [1, 2] }, others: [] }, true)).toEqual({ step: '3', run: '', tries: '' });
});

it('leaves the oldest tries out of an address that would be too long', () => {
  const long = (number: number) => ({ number, ids: Array.from({ length: 900 }, (_, i) => (i % 2) + 1) });
  const { tries } = writePlace({ at: 1, way: { number: 3, ids: [1] }, others: [long(1), long(2)] }, false);
  expect(tries).toMatch(/^2-(?:ab)+$/);
});

it.each([
  ['x', null, null],
  ['1', '0-a', null],
  ['1', '1-é', null],
  ['1', '1-a', '2-a.x'],
  ['-1', null, null],
])('does not follow step=%s run=%s tries=%s', (step, run, tries) => {
  expect(readPlace(step, run, tries)).toBeNull();
});
