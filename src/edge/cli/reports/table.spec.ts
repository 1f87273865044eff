import { expect, it } from 'vitest';
import { tableOf } from './table.ts';

it('is as wide as its cells, and leaves no spaces behind', () => {
  expect(
    tableOf(
      ['rule', 'broken in', ''],
      [
        ['wakeWaiters', '1.6', ''],
        ['a', 'never', 'S-01'],
      ],
    ),
  ).toEqual(['rule         broken in', 'wakeWaiters  1.6', 'a            never      S-01']);
});
