import { expect, it } from 'vitest';
import type { Outcome } from './laboratory.ts';
import { type Row, conclusionOf, lineOf } from './table.ts';

const row = (outcome: Outcome, kind = 'looked once instead of until'): Row => ({
  id: '01234567',
  file: 'copy-before-write.ts',
  kind,
  says: 'line 1:\n  - a\n  + b',
  searched: { outcome, schedules: 20_000, why: '' },
});
const rows = (found: number, missed: number): Row[] => [
  ...Array.from({ length: found }, () => row('found')),
  ...Array.from({ length: missed }, () => row('missed')),
];

it('has lines of at most 80 columns, and shows the code of what was not found', () => {
  const line = lineOf(row('found'), 100, 147);
  expect(line).toBe('100/147 01234567 found   20000 copy-before-write.ts looked once instead of until\n');
  expect(line.trimEnd().length).toBe(80);
  expect(lineOf(row('missed'), 1, 147)).toContain('\n  line 1:\n  - a\n  + b\n');
  for (const printed of conclusionOf(rows(3, 1), 2).text.split('\n')) expect(printed.length).toBeLessThanOrEqual(80);
});

it.each([
  [19, 1, true],
  [18, 1, false],
  [20, 0, true],
  [0, 0, false],
])('with %i found and %i missed is enough: %s', (found, missed, isEnough) => {
  expect(conclusionOf(rows(found, missed), 0).isEnough).toBe(isEnough);
});

it('counts what crashes or is refused for neither', () => {
  const { text, isEnough } = conclusionOf([...rows(1, 0), row('crashed'), row('refused')], 0);
  expect(isEnough).toBe(true);
  expect(text).toContain('1 of 1 mistakes were found');
});
