import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { optionsOf } from './options.ts';

describe('optionsOf', () => {
  it('has an answer for all that is not asked for', () => {
    const { seed, ...rest } = optionsOf([]);
    expect(seed).toMatch(/^[0-9a-z]+$/);
    expect(rest).toEqual({
      help: false,
      mutations: 200_000,
      workers: availableParallelism(),
      only: null,
      out: 'cowcheck-traces',
      readersFile: undefined,
    });
  });

  it('takes what is asked for', () => {
    const args = ['--mutations', '7', '--workers', '3', '--seed', 'a b', '--only', '0', '--out', 'x', '--readers', '/r.mjs'];
    expect(optionsOf(args)).toEqual({
      help: false,
      mutations: 7,
      workers: 3,
      seed: 'a b',
      only: 0,
      out: 'x',
      readersFile: 'file:///r.mjs',
    });
  });

  it.each(['--mutations 0', '--mutations many', '--workers 0', '--only -1', '--fast', 'a'])('refuses %s', (args) => {
    expect(() => optionsOf(args.split(' '))).toThrow(TypeError);
  });
});
