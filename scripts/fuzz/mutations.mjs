/** What a fuzzer does to a text: a byte turned, pieces lost, doubled, moved or taken from another text, words of the formats put in. */

/** Long enough to hit every limit on names, and short enough to be drawn often. */
const LONG = 400;

// Words that mean something to a reader, or to what it is made of; and what is no text, and too much of it.
const YAML = [
  '\n',
  '\r\n',
  '\n  ',
  '\n- ',
  '\n  - ',
  ': ',
  '- ',
  '? ',
  ', ',
  '[',
  ']',
  '{',
  '}',
  '{}',
  '[]',
  '"',
  "'",
  '|',
  '>',
  '|+',
  '>-',
  '|9',
  '#',
  ' # ',
  '&a ',
  '*a',
  '<<: *a',
  '!!str ',
  '!!int ',
  '!!binary ',
  '!!set ',
  '!!omap ',
  '!',
  '!<tag:yaml.org,2002:map> ',
  '%YAML 1.1\n---\n',
  '%TAG ! !a\n---\n',
  '---\n',
  '...\n',
  '\t',
  '~',
  'null',
  'true',
  'no',
  '.inf',
  '.nan',
  '<<',
  '=',
  '@',
  '`',
  '\\',
  '\\x41',
  '\\u0000',
  '\\ud800',
  '"\\e[2J"',
  '[[[[[[[[',
  '{{{{{{{{',
  '? ? ? ? ',
  '- - - - ',
];
const TRACES = [
  'trace: 1',
  'trace: 2',
  'job: ',
  'without: ',
  'scenario:',
  'mode: top',
  'mode: none',
  'disk:',
  'sectors: ',
  'clusterSectors: ',
  'zero: ',
  'overlay:',
  'allocated: ',
  'zeroClusters: ',
  'baseSectors: ',
  'target: raw',
  'guest:',
  'after: [g1]',
  'early: true',
  'cancel: ',
  'schedule:\n',
  '  - job: start -> T0, hook linked\n',
  '  - g1: write.start\n',
  'verdict:',
  'property: ',
  'cause: [',
  'found: ',
  'g1',
  'c0',
  's0@0',
  ' -> ',
  'copyBeforeWrite',
  'snapshot-kept',
  '0-3',
  '3-0',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
];
const LOGS = [
  'connection=1 ',
  ' Connect ',
  'Read ',
  'Write ',
  'Zero ',
  'Trim ',
  'Flush ',
  '...',
  'id=1',
  'offset=',
  'count=',
  'size=',
  'return=0',
  'return=-1 error=EIO',
  ' ...',
  'export="" ',
  'fio version 2 iolog\n',
  'fio version 3 iolog\n',
  ' add\n',
  ' open\n',
  ' close\n',
  ' read ',
  ' write ',
  ' sync 0 0\n',
  ' trim ',
  ' wait ',
  ' datasync 0 0\n',
];
const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1',
  '2',
  '7',
  '63',
  '64',
  '65',
  '255',
  '256',
  '511',
  '512',
  '4096',
  '65535',
  '65536',
  '2097151',
  '2097152',
  '2097153',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '1e3',
  '1e999',
  '0.5',
  '0x',
  '0x0',
  '0x200',
  '0x40000000',
  '0xffffffffffffffff',
  '0o17',
  '1_0',
  '+1',
  '1:30',
];
const NO_TEXT = [
  '\u0000',
  '\u0007',
  '\u001B[2J',
  '\u007F',
  '\u0085',
  '\u009B',
  '\u00AD',
  '\u200E',
  '\u2028',
  '\u202E',
  '\uFEFF',
  '\uD800',
  '\uDFFF',
  '\uFFFD',
  '🐄',
  '9'.repeat(LONG),
  'x'.repeat(LONG),
  ' '.repeat(LONG),
  '\n'.repeat(LONG),
  '['.repeat(LONG),
  'a: '.repeat(LONG),
];
const WORDS = [...YAML, ...TRACES, ...LOGS, ...NUMBERS, ...NO_TEXT];

/** @typedef {{ below(end: number): number, bits(): number }} RandomNumbers */

/** A number below an end that may be more than RandomNumbers takes. */
export const below = (random, end) => (end <= 65_536 ? random.below(end) : (random.bits() >>> 0) % end);

/** A piece of a text: mostly a short one. @returns {[begin: number, end: number]} */
function piece(text, random) {
  const begin = below(random, text.length + 1);
  const length = random.below(4) === 0 ? below(random, text.length + 1) : random.below(17);
  return [begin, Math.min(text.length, begin + length)];
}

const splice = (text, begin, end, put) => text.slice(0, begin) + put + text.slice(end);
const word = (random) => WORDS[random.below(WORDS.length)];

/** A line, with its end. */
function line(text, random) {
  const at = below(random, text.length + 1);
  const end = text.indexOf('\n', at);
  return [text.lastIndexOf('\n', at - 1) + 1, end < 0 ? text.length : end + 1];
}

/** Each: (text, random, another text) to a text. */
const MUTATIONS = [
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
    const [number] = /^\d+/.exec(text.slice(from + at, from + at + 50));
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
export function mutated(text, random, other) {
  let mutant = text;
  do mutant = MUTATIONS[random.below(MUTATIONS.length)](mutant, random, other);
  while (random.below(2) === 0 && random.below(5) > 0);
  return mutant;
}
