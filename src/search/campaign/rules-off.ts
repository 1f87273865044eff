/** Which of a campaign's rules are off in a unit, as a short text: a digit of hexadecimal for four rules each. */
import type { RuleName } from '../../../model/machine/job-names.ts';

/** @param all that are off in the campaign @param off those of them that are off in the unit @returns '': all of them */
export function rulesOffAsText(all: readonly RuleName[], off: readonly RuleName[]): string {
  if (off.length === all.length) return '';
  return all.reduce((bits, rule, i) => (off.includes(rule) ? bits | (1n << BigInt(i)) : bits), 0n).toString(16);
}

/** @returns null: no text that `rulesOffAsText` gives */
export function rulesOffOfText(all: readonly RuleName[], text: string): readonly RuleName[] | null {
  if (text === '') return all;
  const bits = /^[0-9a-f]{1,64}$/.test(text) ? BigInt(`0x${text}`) : 0n;
  return bits === 0n || bits >> BigInt(all.length) !== 0n ? null : all.filter((_, i) => (bits >> BigInt(i)) & 1n);
}
