/** Each document stands in the contents once, and each option of the program in the reference of the command line. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wholeProgram } from '../../src/edge/cli/run.ts';
import { ROOT } from '../copy-of-tree.ts';
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

/** What commander adds to each command, and what other programs take in examples. */
const OF_OTHERS = ['--help', '--maxmemory-policy'];

it('docs/command.md has every option of the program, and no other', async () => {
  const program = await wholeProgram();
  const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands: inner }) => inner)];
  const options = new Set(commands.flatMap((command) => command.options.flatMap(({ long }) => long ?? [])));
  const told = new Set(COMMAND.match(/(?<![\w-])--[a-z][a-z0-9-]*/g));
  expect([...options].filter((option) => !told.has(option)).toSorted()).toEqual([]);
  expect([...told].filter((option) => !options.has(option) && !OF_OTHERS.includes(option)).toSorted()).toEqual([]);
});

it('docs/command.md has every command', async () => {
  for (const command of (await wholeProgram()).commands) expect(COMMAND).toMatch(new RegExp(`\\b${command.name()}\\b`));
});
