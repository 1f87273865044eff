/** `--reporter NAME[=FILE]`: the formats there are, and what is asked for. */
import { InvalidArgumentError } from 'commander';
import { choice, invalidName } from './suggestion.ts';

/** `text` is for people, and each command's own. */
export const REPORTER_NAMES = ['text', 'json', 'ndjson', 'junit', 'github', 'sarif', 'tap', 'html'] as const;
export type ReporterName = (typeof REPORTER_NAMES)[number];

export interface Asked {
  readonly name: ReporterName;
  /** Null: standard output. */
  readonly file: string | null;
}

/** An option that takes a reporter and may be repeated. */
export function reporters(text: string, without: readonly string[] = [], before: readonly Asked[] = []): Asked[] {
  const names = REPORTER_NAMES.filter((known) => !without.includes(known));
  const [typed = ''] = text.split('=', 1);
  const name = names.find((known) => known === typed);
  if (name === undefined) throw invalidName(typed, names, `NAME or NAME=FILE, where NAME is ${choice(names)}`);
  const file = text === typed ? null : text.slice(typed.length + 1);
  if (file === '') throw new InvalidArgumentError(`Expected a file name after ${name}=.`);
  return [...before, { name, file }];
}

/** Text is printed, unless another format has standard output. GitHub's annotations are lines between others. */
export const withText = (asked: readonly Asked[]): readonly Asked[] =>
  asked.some(({ file, name }) => file === null && name !== 'github') ? asked : [{ name: 'text', file: null }, ...asked];

/** The format in whose place no text is told at all, be it to standard output or to a file; null: there is text. */
export const insteadOfText = (asked: readonly Asked[]): ReporterName | null =>
  withText(asked).some(({ name }) => name === 'text') ? null : asked.find(({ file }) => file === null)!.name;

/** What makes no sense together. @returns one line, or null */
export function whatClashes(asked: readonly Asked[]): string | null {
  const toOutput = asked.filter(({ name, file }) => file === null && name !== 'github');
  if (toOutput.length > 1)
    return (
      `only one of --reporter ${toOutput.map(({ name }) => name).join(' and ')} can write to standard output: ` +
      `give the other a file, such as ${toOutput.at(-1)!.name}=FILE`
    );
  if (toOutput[0] !== undefined && toOutput[0].name !== 'text' && asked.some(({ name, file }) => name === 'github' && file === null))
    return `--reporter github would write between the lines of ${toOutput[0].name}: give one of them a file`;
  const files = asked.map(({ file }) => file).filter((file) => file !== null);
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  return twice === undefined ? null : `two reporters cannot write to the same file, ${twice}`;
}
