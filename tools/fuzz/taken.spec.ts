import { afterEach, describe, expect, it, vi } from 'vitest';
import { taken } from './taken.ts';

class Refusal extends Error {}

const takenBy = (read: () => void) => taken({ read, Refusal }, 'text');

afterEach(() => void vi.restoreAllMocks());

describe('a text', () => {
  it('is read', () => {
    expect(takenBy(() => {})).toEqual({ how: 'read', message: '' });
  });

  it('is refused in one line', () => {
    expect(
      takenBy(() => {
        throw new Refusal('a.log:1: no');
      }),
    ).toEqual({ how: 'refused', message: 'a.log:1: no' });
  });
});

describe('a reader is wrong that', () => {
  const WRONG: readonly [about: string, thrown: () => unknown, says: RegExp][] = [
    ['throws what it should not', () => new TypeError('null has no length'), /^threw TypeError: null has no length .* at /],
    ['throws something that is no error', () => 7, /^threw 7$/],
    ['refuses in two lines', () => new Refusal('one\ntwo'), /^refused it with control characters or in several lines: "one\\ntwo"$/],
    ['refuses in words that a terminal obeys', () => new Refusal('\u009b2J'), /^refused it with control characters/],
    ['refuses in a word too long', () => new Refusal('x'.repeat(5000)), /^refused it in 5000 characters$/],
  ];

  it.each(WRONG)('%s', (_, thrown, says) => {
    const { how, message } = takenBy(() => {
      throw thrown();
    });
    expect({ how, message }).toEqual({ how: 'wrong', message: expect.stringMatching(says) as string });
  });

  /** A reader whose nth call takes so long, by the clock that `taken` reads. */
  function slow(...ms: number[]): () => void {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    return () => void (now += ms.shift()!);
  }

  it('takes long, each time', () => {
    expect(takenBy(slow(2_300, 2_500, 2_400, 2_600))).toEqual({ how: 'wrong', message: 'took 2400 ms, and no less in 3 calls' });
  });

  it('takes long, but not once for a machine that was busy', () => {
    expect(takenBy(slow(2_300, 2_500, 1_900, 2_600)).how).toBe('read');
  });
});
