import { expect, it } from 'vitest';
import { notTried } from './not-tried.ts';

const USUAL = { faults: false, effects: 'sector', wake: 'any', clusters: 4, writes: 3 };

it('names errors first, then what the options leave out, then sizes', () => {
  expect(notTried(USUAL)).toEqual([
    'I/O errors (--faults)',
    'I/O that takes effect per cluster (--effects cluster)',
    'more than 4 clusters (--clusters) and 3 requests (--writes)',
  ]);
});

it('names nothing that was tried', () => {
  expect(notTried({ ...USUAL, faults: true, effects: 'cluster', wake: 'qemu' })).toEqual([
    'I/O that takes effect per sector (--effects sector)',
    'other wake orders (--wake any)',
    'more than 4 clusters (--clusters) and 3 requests (--writes)',
  ]);
});
