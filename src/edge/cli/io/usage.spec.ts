import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { ruleNames, seconds, wholeNumber } from './usage.ts';

describe('what an option takes', () => {
  const refused = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidArgumentError);
      return (error as Error).message;
    }
    throw new Error('it was taken');
  };

  it('is a whole number within bounds, and nothing that only looks like one', () => {
    const take = wholeNumber(1, 64);
    expect(['1', '64', '007'].map(take)).toEqual([1, 64, 7]);
    for (const text of [
      '0',
      '65',
      '-1',
      '+1',
      '1.5',
      '1e1',
      '0x10',
      '',
      ' 1',
      '1 ',
      'one',
      'NaN',
      'Infinity',
      '1_0',
      '99999999999999999999',
    ])
      expect(
        refused(() => take(text)),
        text,
      ).toBe('Expected a whole number from 1 to 64.');
  });

  it('is a number of seconds', () => {
    expect(['1', '0.5', '1000000', '00.25'].map(seconds)).toEqual([1, 0.5, 1e6, 0.25]);
    for (const text of ['0', '0.0', '-1', '1.', '.5', '1e3', '1000001', '', 'soon', '1s', 'Infinity'])
      expect(
        refused(() => seconds(text)),
        text,
      ).toBe('Expected a number of seconds above 0 and up to 1000000.');
  });

  it('is a rule, once, in the order in which they were named', () => {
    expect(ruleNames('wakeWaiters', ruleNames('copyBeforeWrite'))).toEqual(['copyBeforeWrite', 'wakeWaiters']);
    expect(ruleNames('wakeWaiters', ['copyBeforeWrite', 'wakeWaiters'])).toEqual(['copyBeforeWrite', 'wakeWaiters']);
    for (const [text, near] of [
      ['copybeforewrite', 'copyBeforeWrite'],
      ['COPYBEFOREWRITE', 'copyBeforeWrite'],
      ['wakewaiter', 'wakeWaiters'],
      ['topDecideOnce', 'topDecidesOnce'],
    ] as const)
      expect(refused(() => ruleNames(text))).toBe(`(did you mean '${near}'?) List the rules with: cowcheck rules.`);
    for (const text of ['', '__proto__', 'toString', 'frobnicate'])
      expect(refused(() => ruleNames(text))).toBe('List the rules with: cowcheck rules.');
  });
});
