/** Choices as letters: `a` the first of those who were ready, `b` the second; a number behind it, so many times. */

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** What a link may say at most. */
const STEPS_MAX = 100_000;

/** @returns null if there are not enough letters */
export function writeChoices(choices: readonly number[]): string | null {
  if (choices.some((choice) => choice >= LETTERS.length)) return null;
  let text = '';
  for (let i = 0, end = 0; i < choices.length; i = end) {
    for (end = i; choices[end] === choices[i] && end < choices.length;) end++;
    text += `${LETTERS[choices[i]!]}${end - i > 1 ? end - i : ''}`;
  }
  return text;
}

/** @returns null if it was not written so */
export function readChoices(text: string): number[] | null {
  if (!/^(?:[A-Za-z](?:[1-9]\d{0,5})?)*$/.test(text)) return null;
  const choices: number[] = [];
  for (const [, letter, times] of text.matchAll(/([A-Za-z])(\d*)/g)) {
    const n = times === '' ? 1 : Number(times);
    if (choices.length + n > STEPS_MAX) return null;
    for (let k = 0; k < n; k++) choices.push(LETTERS.indexOf(letter!));
  }
  return choices;
}
