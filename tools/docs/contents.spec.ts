/** Each document stands in the contents once, and each option of the program in the reference of the command line. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { expect, it } from 'vitest';
import { wholeProgram } from '../../src/edge/cli/run.ts';
import { ROOT } from '../copy-of-tree.ts';
import { withOptions } from './command.ts';
import { CONTENTS } from './contents.ts';

const COMMAND = readFileSync(join(ROOT, 'docs/command.md'), 'utf8');

it('has each document of docs/ once', () => {
  const documents = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const files = CONTENTS.flatMap(({ pages }) => pages.map(({ file }) => file));
  expect(files.toSorted()).toEqual([...documents, 'gallery/README.md'].toSorted());
});

it('has a title for each that is no longer than the side of a page', () => {
  for (const { pages } of CONTENTS) for (const { title, about } of pages) expect([title.length < 40, about !== '']).toEqual([true, true]);
});

it('has no text that the site would take for an element', () => {
  const wrong = CONTENTS.flatMap(({ pages }) => pages).flatMap(({ file }) => {
    const text = readFileSync(join(ROOT, 'docs', file), 'utf8').replaceAll(/^ *```[^]*?^ *```|^ {4}.*$|`[^`]*`|<!--[^]*?-->|<br>/gm, '');
    return (text.match(/<[A-Za-z/][^>\n]*>/g) ?? []).map((element) => `${file}: ${element}`);
  });
  expect(wrong).toEqual([]);
});

/** What commander adds to each command, what other programs take in examples, and options of all commands, which are told in words. */
const OF_OTHERS = ['--help', '--maxmemory-policy'];

it('docs/command.md has every option of the program, as the program has it, and no other', async () => {
  const program = await wholeProgram();
  expect(withOptions(COMMAND, program.commands), 'run `npm run docs`').toBe(COMMAND);
  const options = new Set([program, ...program.commands].flatMap((command) => command.options.flatMap(({ long }) => long ?? [])));
  const told = new Set(COMMAND.match(/(?<![\w-])--[a-z][a-z0-9-]*/g));
  expect([...options].filter((option) => !told.has(option)).toSorted()).toEqual([]);
  expect([...told].filter((option) => !options.has(option) && !OF_OTHERS.includes(option)).toSorted()).toEqual([]);
});

it('a table follows the program: another option, default or choice is another table', () => {
  const tableOf = (command: Command): string => withOptions('<!-- options of a -->\n', [command]);
  const one = new Command('a').option('--runs <n>', 'how many (default: 5)').option('--fast', 'soon', false);
  const rows = ['| option | meaning | default |', '| --- | --- | --- |', '| `--runs <n>` | how many | 5 |', '| `--fast` | soon | off |'];
  expect(tableOf(one)).toBe(`<!-- options of a -->\n${rows.join('\n')}\n`);
  const choices = new Command('a').addOption(new Option('--mode <m>', 'which').choices(['full', 'top']).default('full'));
  expect(tableOf(choices)).toContain('| `--mode <m>` | which: `full`, `top` | full |');
  expect(() => withOptions('', [one])).toThrow('no table of options for a');
  expect(() => withOptions('<!-- options of b -->\n', [])).toThrow('there is no command b');
});

it('docs/command.md has every command', async () => {
  for (const command of (await wholeProgram()).commands) expect(COMMAND).toMatch(new RegExp(`\\b${command.name()}\\b`));
});
