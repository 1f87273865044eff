/** What a trace says about itself is read as it was written. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { About } from './about.ts';
import { TraceError } from './format.ts';
import { readTrace } from './read.ts';
import { writeTrace } from './write.ts';

const TRACE = readTrace(readFileSync(new URL('golden/format-1.trace.yaml', import.meta.url), 'utf8'));
const ABOUT: About = {
  title: 'A title: with "quotes", and # more',
  seen: `${'many words '.repeat(40)}- and: a #dash`,
  needs: '- *x*',
  reach: 'unknown',
  because: 'x'.repeat(300),
};

describe('about', () => {
  it('comes back, whatever the words, in lines that people can read', () => {
    const text = writeTrace({ ...TRACE, about: ABOUT });
    expect(readTrace(text)).toEqual({ ...TRACE, about: ABOUT });
    expect(
      text
        .split('\n')
        .filter((line) => line.startsWith('    many'))
        .every((line) => line.length <= 100),
    ).toBe(true);
  });

  it('need not be there', () => {
    expect('about' in readTrace(writeTrace(TRACE))).toBe(false);
  });

  it.each([{ title: 'two  spaces' }, { seen: '' }, { needs: 'two\nlines' }, { reach: 'perhaps' }, { more: 'x' }])(
    'is refused in one line if it can not be told again: %j',
    (change) => {
      const text = writeTrace({ ...TRACE, about: { ...ABOUT, title: 'x', seen: 'x', needs: 'x', because: 'x' } }).replace(
        /about:\n(?: .*\n)+/,
        `about: ${JSON.stringify({ title: 'x', seen: 'x', needs: 'x', reach: 'open', because: 'x', ...change })}\n`,
      );
      expect(() => readTrace(text)).toThrow(TraceError);
    },
  );
});
