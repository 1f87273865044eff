import { expect, it } from 'vitest';
import { parseStretch, printStretch } from './contents-text.ts';

it('writes contents in a row as runs, and reads them back', () => {
  const names = ['zero', 'zero', 's6@0', 's7@0', 's8@0', 's9.g1', 's10.g2', 's11.g2', 'torn', 's2@0'];
  expect(printStretch({ first: 4, names })).toBe('at 4 zero*2 s6-8@0 s9.g1 s10-11.g2 torn s2@0');
  expect(parseStretch('at 4 zero*2 s6-8@0 s9.g1 s10-11.g2 torn s2@0')).toEqual({ first: 4, names });
});

it('reads nothing else, however large', () => {
  for (const text of ['', 'at 4', 'at x zero', 'source read 0-511', 'at 0 s9-3@0', 'at 0 zero*999999999', 'at 0 s0-999999999@0'])
    expect(parseStretch(text), text).toBeNull();
});
