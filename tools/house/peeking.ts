/**
 * Finds code that looks behind a seam: observers that go by the label of a step in place of its meaning
 * (model/meaning.ts), and code that asks of which family a job is, in place of asking the job. Either works for
 * the families of today, and breaks with the next one.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FLOORS } from './read.ts';

interface Peeking {
  readonly pattern: RegExp;
  /** What is told of it. */
  readonly told: string;
  /** The files that may. */
  readonly may: readonly RegExp[];
}

const PEEKING: readonly Peeking[] = [
  {
    // `stepNamed`, which finds a name by its label; and the label of a name, also taken out of it: `{ label } = nameOf(...)`.
    pattern: /\bstepNamed\b|\bnameOf\([^;]*?\)\.label\b|\{[^{}]*\blabel\b[^{}]*\}\s*=\s*nameOf\(|stepNames\(\)[^;]*\blabel\b/gs,
    told: 'goes by the label of a step; ask for its meaning (model/meaning.ts)',
    // Where a label is defined, printed and parsed, and where steps are looked up in a text.
    may: [
      /^web\/common\/told-steps\.ts$/,
      /^model[/\\]kernel[/\\]/,
      /^model[/\\]meaning\.ts$/,
      /^model[/\\]families[/\\]custom[/\\]names\.ts$/,
      /^src[/\\]run[/\\]step-words\.ts$/,
      /^src[/\\]edge[/\\]qemu[/\\]campaign[/\\]projection\.ts$/,
      /^tools[/\\]docs[/\\]glossary\.ts$/,
      /^tools[/\\]house[/\\]peeking\.ts$/,
    ],
  },
  {
    pattern: /\binstanceof\s+\w*Job(?:State)?\b/g,
    told: 'asks of which family a job is; let each family answer for itself',
    may: [],
  },
];

const SPEC = /(\.spec\.tsx?|[/\\]testing\.ts)$/;

/**
 * @param folder with the floors, as far as it has them
 * @returns one line each: where it is
 */
export function peekingCode(folder: string): string[] {
  return FLOORS.filter((name) => existsSync(join(folder, name))).flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .map((path) => join(name, path))
      .filter((path) => /\.tsx?$/.test(path) && !SPEC.test(path))
      .toSorted()
      .flatMap((path) => peekingIn(path, readFileSync(join(folder, path), 'utf8'))),
  );
}

const peekingIn = (path: string, text: string): string[] =>
  PEEKING.filter(({ may }) => !may.some((one) => one.test(path))).flatMap(({ pattern, told }) =>
    [...text.matchAll(pattern)].map(({ index }) => `${path}:${text.slice(0, index).split('\n').length}: ${told}`),
  );
