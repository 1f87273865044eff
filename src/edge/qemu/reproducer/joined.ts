/**
 * The runtime with what a trace needs, and nothing else. A line that ends in `#? NEED` is there only if the trace has that need, with all
 * lines below it that are further in; with `#?=` it is about that line alone, which shares them with another. `#? a & !b | c`: a without
 * b, or c.
 */
import { runtimeSource } from '../../files/sources.ts';
import type { Need } from './needs.ts';

const MARK = /^(?<line>.*?) {2}#\?(?<alone>=?) (?<condition>[\w!&| ]+)$/;

/** Of the standard library. */
const MODULES = [
  'argparse',
  'contextlib',
  'ctypes',
  'errno',
  'functools',
  'glob',
  'json',
  'os',
  're',
  'shutil',
  'signal',
  'socket',
  'socketserver',
  'struct',
  'subprocess',
  'sys',
  'tempfile',
  'threading',
  'time',
  'traceback',
] as const;

export const runtimeFor = (needs: ReadonlySet<Need>): string => onlyNeeded(runtimeSource('reproducer.py'), needs);

/** Those that a program uses. */
export const importsOf = (code: string): string[] => MODULES.filter((name) => new RegExp(`\\b${name}\\.|\\(${name},`).test(code));

function onlyNeeded(code: string, needs: ReadonlySet<Need>): string {
  const lines: string[] = [];
  let leftOutFrom: number | null = null;
  for (const whole of code.split('\n')) {
    const { line = whole, condition, alone } = MARK.exec(whole)?.groups ?? {};
    const indent = line.length - line.trimStart().length;
    if (leftOutFrom !== null && line !== '' && indent > leftOutFrom) continue;
    if (alone === '=' && !isNeeded(condition!, needs)) continue;
    leftOutFrom = condition === undefined || isNeeded(condition, needs) ? (line === '' ? leftOutFrom : null) : indent;
    if (leftOutFrom === null || (line === '' && lines.at(-1) !== '')) lines.push(line);
  }
  return lines.join('\n');
}

const isNeeded = (condition: string, needs: ReadonlySet<Need>): boolean =>
  condition
    .split(' | ')
    .some((all) => all.split(' & ').every((one) => (one.startsWith('!') ? !needs.has(one.slice(1) as Need) : needs.has(one as Need))));
