/** Options that check what they are given; what is wrong is said in one line. */
import { InvalidArgumentError } from 'commander';
import { closest } from 'fastest-levenshtein';
import { RULE_NAMES, type RuleName } from '../../model/backup/rules.ts';

/** An option that takes a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** An option that takes a number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 1e6) throw new InvalidArgumentError('Expected a number of seconds above 0, at most 1000000.');
  return value;
}

/** An option that takes a rule and may be repeated. */
export function ruleNames(text: string, before: RuleName[] = []): RuleName[] {
  const rule = RULE_NAMES.find((name) => name === text);
  if (rule === undefined) throw new InvalidArgumentError(`There is no such rule. Did you mean ${closest(text, RULE_NAMES)}? "cowcheck rules" lists them all.`);
  return before.includes(rule) ? before : [...before, rule];
}
