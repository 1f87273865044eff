/** Finds lines that are too long: the formatter leaves strings, templates, regular expressions and comments as they are. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FLOORS } from './read.ts';

/** As in .oxfmtrc.json. */
const COLUMNS_MAX = 140;
const SOURCE = /\.(ts|tsx|mjs)$/;
const NOT_OURS = /(^|[/\\])(node_modules|dist)[/\\]/;

/**
 * @param folder with the floors, traces/ and examples/, as far as it has them
 * @returns one line each: where it is, and how long
 */
export function longLines(folder: string): string[] {
  return [...FLOORS, 'traces', 'examples']
    .filter((name) => existsSync(join(folder, name)))
    .flatMap((name) =>
      readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
        .filter((path) => SOURCE.test(path) && !NOT_OURS.test(path))
        .toSorted()
        .flatMap((path) => longIn(folder, join(name, path))),
    );
}

function longIn(folder: string, path: string): string[] {
  return readFileSync(join(folder, path), 'utf8')
    .split('\n')
    .map((line) => Array.from(line).length)
    .flatMap((columns, i) => (columns > COLUMNS_MAX ? [`${path}:${i + 1}: ${columns} columns, expected at most ${COLUMNS_MAX}`] : []));
}
