/** Plain data as Python source. */
import { printable } from '../../../trace/printable.ts';

/** A Python tuple. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(...items: readonly unknown[]) {
    this.items = items;
  }
}

const LINE_MAX = 136;

/** A docstring. No line of it can end it or be an escape: what a trace says comes from anybody. */
export const docstring = (lines: readonly string[]): string =>
  `"""\n${lines.map((line) => printable(line).replaceAll('\\', '/').replaceAll('"""', "'''")).join('\n')}\n"""`;

/** The rest of a line, of which nothing can end it. */
export const comment = (text: string): string => `# ${printable(text)}`;

/** @param indent of the line in which it begins; what is too long for a line has an item on each, so that it can be read and diffed */
export function python(value: unknown, indent = ''): string {
  const flat = inline(value);
  if (indent.length + flat.length <= LINE_MAX || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}    `;
  const list = value instanceof Tuple ? value.items : Array.isArray(value) ? value : null;
  const items =
    list?.map((item) => python(item, inner)) ?? Object.entries(value).map(([key, item]) => `${inline(key)}: ${python(item, inner)}`);
  const [open, close] = value instanceof Tuple ? '()' : list === null ? '{}' : '[]';
  return [open, ...items.map((item) => `${inner}${item},`), `${indent}${close}`].join('\n');
}

function inline(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof Tuple) return `(${value.items.map(inline).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, item]) => `${inline(key)}: ${inline(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value); // of numbers and of printable strings Python thinks the same
}
