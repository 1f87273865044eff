/**
 * Finds who goes by the label of a step. Observers ask for its meaning (model/meaning.ts): a job of another family has
 * labels of its own.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FLOORS } from './read.ts';

/** Where a label is defined, printed and parsed, and where steps are looked up in a text. */
const MAY = [
  /^model[/\\]kernel[/\\]/,
  /^model[/\\]meaning\.ts$/,
  /^model[/\\]families[/\\]custom[/\\]names\.ts$/,
  /^src[/\\]run[/\\]step-words\.ts$/,
  /^src[/\\]edge[/\\]qemu[/\\]campaign[/\\]projection\.ts$/,
  /^tools[/\\]docs[/\\]glossary\.ts$/,
  /^tools[/\\]house[/\\]labels\.ts$/,
];
const SPEC = /(\.spec\.tsx?|[/\\]testing\.ts)$/;

/** `stepNamed`, which finds a name by its label; and the label of a name, also taken out of it: `{ label } = nameOf(...)`. */
const GOES_BY_LABEL = /\bstepNamed\b|\bnameOf\([^;]*?\)\.label\b|\{[^{}]*\blabel\b[^{}]*\}\s*=\s*nameOf\(|stepNames\(\)[^;]*\blabel\b/gs;

/**
 * @param folder with the floors, as far as it has them
 * @returns one line each: where it is
 */
export function labelReaders(folder: string): string[] {
  return FLOORS.filter((name) => existsSync(join(folder, name))).flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .map((path) => join(name, path))
      .filter((path) => /\.tsx?$/.test(path) && !SPEC.test(path) && !MAY.some((may) => may.test(path)))
      .toSorted()
      .flatMap((path) => readersIn(path, readFileSync(join(folder, path), 'utf8'))),
  );
}

function readersIn(path: string, text: string): string[] {
  return [...text.matchAll(GOES_BY_LABEL)].map(
    ({ index }) =>
      `${path}:${text.slice(0, index).split('\n').length}: goes by the label of a step; ask for its meaning (model/meaning.ts)`,
  );
}
