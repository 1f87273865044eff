/** What a fuzzer does to a text: a byte turned, pieces lost, doubled, moved or taken from another text, words of the formats put in. */
import type { RandomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { WORDS } from './words.ts';

/** Of a text, from `begin` up to, not including, `end`. */
type Range = [begin: number, end: number];

/** A number below an end that may be more than RandomNumbers takes. */
export const below = (random: RandomNumbers, end: number): number => (end <= 65_536 ? random.below(end) : (random.bits() >>> 0) % end);

/** A piece of a text: mostly a short one. */
function piece(text: string, random: RandomNumbers): Range {
  const begin = below(random, text.length + 1);
  const length = random.below(4) === 0 ? below(random, text.length + 1) : random.below(17);
  return [begin, Math.min(text.length, begin + length)];
}

const splice = (text: string, begin: number, end: number, put: string): string => text.slice(0, begin) + put + text.slice(end);
const word = (random: RandomNumbers): string => WORDS[random.below(WORDS.length)]!;

/** A line, with its end. */
function line(text: string, random: RandomNumbers): Range {
  const at = below(random, text.length + 1);
  const end = text.indexOf('\n', at);
  return [text.lastIndexOf('\n', at - 1) + 1, end < 0 ? text.length : end + 1];
}

type Mutation = (text: string, random: RandomNumbers, other: string) => string;

const MUTATIONS: readonly Mutation[] = [
  function turnBits(text, random) {
    const at = below(random, text.length);
    return text === '' ? text : splice(text, at, at + 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))));
  },
  function otherCharacter(text, random) {
    const at = below(random, text.length + 1);
    return splice(text, at, at + 1, String.fromCharCode(random.below(8) === 0 ? random.below(65_536) : random.below(128)));
  },
  function drop(text, random) {
    return splice(text, ...piece(text, random), '');
  },
  function double(text, random) {
    const [begin, end] = piece(text, random);
    return splice(text, end, end, text.slice(begin, end));
  },
  function move(text, random) {
    const [begin, end] = piece(text, random);
    const rest = splice(text, begin, end, '');
    const at = below(random, rest.length + 1);
    return splice(rest, at, at, text.slice(begin, end));
  },
  function spliceIn(text, random, other) {
    return splice(text, ...piece(text, random), other.slice(...piece(other, random)));
  },
  function truncate(text, random) {
    return text.slice(0, below(random, text.length + 1));
  },
  function putWord(text, random) {
    const at = below(random, text.length + 1);
    return splice(text, at, at, word(random));
  },
  function replaceByWord(text, random) {
    return splice(text, ...piece(text, random), word(random));
  },
  function otherNumber(text, random) {
    const from = below(random, text.length + 1);
    const at = text.slice(from, from + 200).search(/\d/);
    if (at < 0) return text;
    const [number] = /^\d+/.exec(text.slice(from + at, from + at + 50))!;
    return splice(
      text,
      from + at,
      from + at + number.length,
      random.below(2) === 0 ? word(random) : String(Number(number) + random.below(5) - 2),
    );
  },
  function dropLine(text, random) {
    return splice(text, ...line(text, random), '');
  },
  function doubleLine(text, random) {
    const [begin, end] = line(text, random);
    return splice(text, end, end, text.slice(begin, end));
  },
  function moveLine(text, random) {
    const [begin, end] = line(text, random);
    const rest = splice(text, begin, end, '');
    const [at] = line(rest, random);
    return splice(rest, at, at, text.slice(begin, end));
  },
  function lineOfAnother(text, random, other) {
    const [at] = line(text, random);
    return splice(text, at, at, other.slice(...line(other, random)));
  },
];

/** One to five changes: one as often as all others together, so that many texts come past the first check. */
export function mutated(text: string, random: RandomNumbers, other: string): string {
  let mutant = text;
  do mutant = MUTATIONS[random.below(MUTATIONS.length)]!(mutant, random, other);
  while (random.below(2) === 0 && random.below(5) > 0);
  return mutant;
}
