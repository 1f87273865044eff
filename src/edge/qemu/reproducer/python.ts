/** Plain data as Python source. */
import { printable } from '../../../trace/printable.ts';

/** A Python tuple. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(...items: readonly unknown[]) {
    this.items = items;
  }
}

/** An expression as it is: none that has a trace's words in it. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type OptionOfQemu = string | readonly [name: string, keys: object];

/** Options of a QEMU program, each with its keys and values, or as it is: a list of strings. */
export class CommandLine {
  readonly options: readonly OptionOfQemu[];

  constructor(options: readonly OptionOfQemu[]) {
    this.options = options;
  }
}

/** Columns of a line. */
export const LINE_MAX = 100;

/** A docstring. No line of it can end it or be an escape: what a trace says comes from anybody. */
export const docstring = (lines: readonly string[]): string =>
  `"""\n${lines.map((line) => printable(line).replaceAll('\\', '/').replaceAll('"""', "'''")).join('\n')}\n"""`;

/** The rest of a line, of which nothing can end it. */
export const comment = (text: string): string => `# ${printable(text)}`;

/** `NAME = value`, filled into lines. What is too long for one has each of its items begin a line. */
export function assignment(name: string, value: unknown): string {
  if (value instanceof CommandLine) {
    const lines = value.options.map((option) => (typeof option === 'string' ? option : optionLine(`--${option[0]} `, keysOf(option[1]))));
    return [`${name} = f"""`, ...lines, '""".split()'].join('\n');
  }
  const bare = name.includes(',') && value instanceof Tuple ? value.items.map(inline).join(', ') : inline(value);
  if (`${name} = ${bare}`.length <= LINE_MAX) return `${name} = ${bare}`;
  const [open, close] = bracketsOf(value);
  const [only, ...others] = itemsOf(value);
  if (others.length === 0) return filled([...only!.slice(0, -1), only!.at(-1)! + close], `${name} = ${open}`, INDENT);
  const first = filled([...only!.slice(0, -1), `${only!.at(-1)!},`], `${name} = ${open}`, INDENT);
  const further = others.map((words, i) => filled([...words.slice(0, -1), words.at(-1)! + (i < others.length - 1 ? ',' : close)], INDENT));
  return [first, ...further].join('\n');
}

/** `server.path=disks`. Null is left out: the only such key is `backing`, and no image here names a backing file of its own. */
const keysOf = (keys: object, way = ''): string[] =>
  (Object.entries(keys) as [string, string | number | boolean | object | null][]).flatMap(([key, value]) => {
    if (value === null) return [];
    if (typeof value === 'object') return keysOf(value, `${way}${key}.`);
    return [`${way}${key}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`];
  });

/** The option in one word, over several lines if it must be: a backslash ends those that go on. */
function optionLine(option: string, keys: readonly string[]): string {
  const lines: string[] = [];
  let line = option;
  for (const [i, key] of keys.entries()) {
    const word = i === keys.length - 1 ? key : `${key},`;
    if (line.length + word.length >= LINE_MAX) {
      lines.push(`${line}\\`);
      line = '';
    }
    line += word;
  }
  return [...lines, line].join('\n');
}

const INDENT = '    ';

/** One line, however long. */
export const inline = (value: unknown): string => wordsOf(value).join(' ');

/** Words in lines, of which the first begins with `begin`, and the others with `further`. The last line has room for a comma. */
function filled(words: readonly string[], begin: string, further = begin + INDENT): string {
  const lines: string[] = [];
  let line = begin + words[0]!;
  for (const word of words.slice(1)) {
    if (line.length + 1 + word.length < LINE_MAX) line += ` ${word}`;
    else {
      lines.push(line);
      line = further + word;
    }
  }
  return [...lines, line].join('\n');
}

const bracketsOf = (value: unknown): readonly [open: string, close: string] =>
  value instanceof Tuple ? ['(', ')'] : Array.isArray(value) ? ['[', ']'] : ['{', '}'];

/** Of a list, a tuple or a dictionary, the words of each item. */
function itemsOf(value: unknown): string[][] {
  const list = value instanceof Tuple ? value.items : Array.isArray(value) ? (value as unknown[]) : null;
  if (list !== null) return list.map(wordsOf);
  return Object.entries(value as object).map(([key, item]) => {
    const [first = '', ...rest] = wordsOf(item);
    return [`${JSON.stringify(key)}: ${first}`, ...rest];
  });
}

const NONE = 'None';

/** What a line may not break within. */
function wordsOf(value: unknown): string[] {
  if (value === null || value === undefined) return [NONE];
  if (typeof value === 'boolean') return [value ? 'True' : 'False'];
  if (value instanceof Raw) return [value.text];
  if (typeof value !== 'object') return [JSON.stringify(value)]; // of numbers and of printable strings Python thinks the same
  const [open, close] = bracketsOf(value);
  const items = itemsOf(value);
  const end = value instanceof Tuple && items.length === 1 ? `,${close}` : close;
  const words = items.flatMap((item, i) => item.map((word, j) => (j === item.length - 1 && i < items.length - 1 ? `${word},` : word)));
  if (words.length === 0) return [open + end];
  words[0] = open + words[0]!;
  words[words.length - 1] += end;
  return words;
}
