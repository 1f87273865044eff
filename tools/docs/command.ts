/** The tables of options and exit statuses in docs/command.md: out of the program itself. The rest of it is written by hand. */
import type { Command, Option } from 'commander';
import { EXIT_STATUSES } from '../../src/edge/cli/io/exit-status.ts';
import { OPTION_NOTES } from './option-notes.ts';
import { code, table } from './markdown.ts';

/** Where a table begins: `<!-- options of check -->`, or `<!-- exit statuses -->`. It ends at the next empty line. */
const TABLE = /^<!-- (?:options of (?<name>[a-z]+)|exit statuses) -->\n(?:\|.*\n)*/gm;

/**
 * @param text docs/command.md as it is
 * @param commands all of them, with their options
 * @throws if a command that has options has no table, or a table is of no command
 */
export function withOptions(text: string, commands: readonly Command[]): string {
  const named = new Set([...text.matchAll(TABLE)].map(({ groups }) => groups!['name']));
  const forgotten = commands.find((command) => command.options.length > 0 && !named.has(command.name()));
  if (forgotten !== undefined) throw new Error(`docs/command.md: no table of options for ${forgotten.name()}`);
  return text.replaceAll(TABLE, (found, ...more) => {
    const { name } = more.at(-1) as { readonly name?: string };
    const command = commands.find((one) => one.name() === name);
    if (name !== undefined && command === undefined) throw new Error(`docs/command.md: there is no command ${name}`);
    return `${found.slice(0, found.indexOf('\n') + 1)}${command === undefined ? exitStatuses() : optionsOf(command)}\n`;
  });
}

const exitStatuses = (): string =>
  table(
    ['exit status', ''],
    EXIT_STATUSES.map(({ status, meaning }) => [String(status), meaning]),
  );

function optionsOf(command: Command): string {
  const notes = OPTION_NOTES[command.name()] ?? {};
  const unknown = Object.keys(notes).find((long) => !command.options.some((option) => option.long === long));
  if (unknown !== undefined) throw new Error(`tools/docs/option-notes.ts: ${command.name()} has no option ${unknown}`);
  return table(
    ['option', 'meaning', 'default'],
    command.options.map((option) => [code(option.flags), meaningOf(option, notes[option.long!]), defaultOf(option)]),
  );
}

/** Options, and `<n>`, which a browser would take for an element. */
const withCode = (text: string): string => text.replaceAll(/(?<![\w`-])--[a-z][a-z-]*|<[a-z]+>/g, code);

/** The default has a column of its own. */
const DEFAULT = / ?\(default(?<of>[^:)]*): (?<value>(?:[^()]|\([^()]*\))*)\)/;

function meaningOf({ description, argChoices = [] }: Option, note: string | undefined): string {
  const text = note ?? withCode(description.replace(DEFAULT, ''));
  const isTold = argChoices.every((choice) => text.includes(choice));
  return isTold ? text : `${text}: ${argChoices.map(code).join(', ')}`;
}

function defaultOf(option: Option): string {
  const { defaultValue, defaultValueDescription, description } = option;
  if (defaultValueDescription !== undefined) return defaultValueDescription;
  if (defaultValue === false) return 'off';
  if (Array.isArray(defaultValue)) return '';
  if (typeof defaultValue === 'string' || typeof defaultValue === 'number') return String(defaultValue);
  const told = DEFAULT.exec(description)?.groups;
  return told === undefined ? '' : withCode(`${told['of']!.trim()} ${told['value']!}`.trim());
}
