import { describe, expect, it } from 'vitest';
import { wrap } from '../../../explain/wrap.ts';
import { CONTROL, GOLDEN, run, runHere } from '../testing.ts';
import { count, painter, plural } from './terminal.ts';

describe('colour', { timeout: 120_000 }, () => {
  /** What is done on a terminal, or elsewhere, with these in the environment. */
  async function on<T>(isTTY: boolean, env: Record<string, string>, act: () => T | Promise<T>): Promise<T> {
    const before = { isTTY: process.stdout.isTTY, env: { ...process.env } };
    try {
      process.stdout.isTTY = isTTY;
      for (const name of ['NO_COLOR', 'TERM', 'FORCE_COLOR']) delete process.env[name];
      Object.assign(process.env, env);
      return await act();
    } finally {
      process.stdout.isTTY = before.isTTY;
      for (const name of ['NO_COLOR', 'TERM', 'FORCE_COLOR']) {
        if (before.env[name] === undefined) delete process.env[name];
        else process.env[name] = before.env[name];
      }
    }
  }

  const painted = (colour: boolean, isTTY: boolean, env: Record<string, string>): Promise<string> =>
    on(isTTY, env, () => painter(colour)('red', 'text'));

  it('is for terminals, and for those who want it', async () => {
    expect(await painted(true, true, {})).toBe('\u001B[31mtext\u001B[39m');
    expect(await painted(true, true, { NO_COLOR: '' })).toBe('\u001B[31mtext\u001B[39m'); // empty: as if it were not there
    expect(await painted(true, false, {})).toBe('text');
    expect(await painted(false, true, {})).toBe('text');
    expect(await painted(true, true, { NO_COLOR: '1' })).toBe('text');
    expect(await painted(true, true, { TERM: 'dumb' })).toBe('text');
  });

  it('is in what commands print on a terminal, unless --no-color asks for none', async () => {
    for (const args of [['replay', GOLDEN], ['rules']]) {
      expect((await on(true, {}, () => runHere(args))).out).toMatch(CONTROL);
      const { out } = await on(true, {}, () => runHere([...args, '--no-color']));
      expect(out).not.toBe('');
      expect(out).not.toMatch(CONTROL);
    }
  });

  it('does not come into a pipe, from whatever terminal', async () => {
    const { status, out, err } = await run(['replay', GOLDEN], { env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' } });
    expect(status).toBe(0);
    expect(out).toContain('reproduced');
    expect(out).not.toMatch(CONTROL);
    expect(err).toBe('');
  });
});

describe('what is printed', () => {
  it('has numbers and lines that people can read', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect([plural(0, 'step'), plural(1, 'step'), plural(2_000, 'step')]).toEqual(['0 steps', '1 step', '2,000 steps']);
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('a-word-that-is-too-long for it', 9)).toEqual(['a-word-that-is-too-long', 'for it']);
  });
});
