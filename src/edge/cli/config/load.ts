/** The file of a configuration: `cowcheck.config.mjs`, `.ts` or `.json` of this folder, or the one that is named. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AskedProperties } from '../../files/asked.ts';
import { importModule } from '../../files/module.ts';
import { fileError, readTextFile } from '../../files/text.ts';
import { didYouMean } from '../../../trace/nearest.ts';
import { configsHere } from './names.ts';
import { configSchema } from './schema.ts';

const BYTES_MAX = 2 ** 20;

/** Options of a command, by their long names in camel case. */
export type Section = Readonly<Record<string, unknown>>;

/** By name of the command. */
type Sections = Readonly<Record<string, Section | undefined>>;

export interface Config {
  readonly path: string;
  readonly sections: Sections;
  readonly profiles: Readonly<Record<string, Sections>>;
  /** Properties that are asked of every job besides, and names of some that are not; null: it says nothing of them. */
  readonly asked: AskedProperties | null;
}

/**
 * @param named by the command line
 * @param commands with their options, for what the file may say
 * @returns null: none is named, and none is there
 * @throws FileError with one line: there are two, it can't be read, or it says what it may not
 */
export async function loadConfig(named: string | undefined, commands: () => Promise<readonly Command[]>): Promise<Config | null> {
  const there = configsHere();
  if (named === undefined && there.length > 1)
    throw fileError(there[1]!, `${there[0]} also exists: keep one of them, or choose one with --config`);
  const path = named ?? there[0];
  if (path === undefined) return null;
  const value = path.endsWith('.json') ? parsed(path) : await exportedBy(path);
  const result = configSchema(await commands()).safeParse(value);
  if (!result.success) throw fileError(path, complaint(result.error.issues[0]!, await commands()));
  const {
    profiles = {},
    $schema: _schema,
    properties,
    skip,
    ...sections
  } = result.data as AskedProperties & {
    profiles?: Config['profiles'];
    $schema?: string;
  };
  const asked = properties === undefined && skip === undefined ? null : { properties, skip };
  return { path, sections, profiles, asked };
}

function parsed(path: string): unknown {
  const text = readTextFile(path, BYTES_MAX);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fileError(path, `it is not JSON: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`);
  }
}

async function exportedBy(path: string): Promise<unknown> {
  if (!/\.(mjs|js|cjs|ts)$/.test(path)) throw fileError(path, 'expected a configuration file that ends in .mjs, .js, .cjs, .ts or .json');
  if (!existsSync(path)) throw fileError(path, 'no such file');
  const { default: config } = await importModule({ name: path, path: resolve(path) });
  if (config === undefined) throw fileError(path, 'it has no default export: expected "export default { check: { ... } }"');
  return config;
}

interface Issue {
  readonly code: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

/** What is wrong, and where. A key that is not known may mean one that is. */
function complaint({ code, message, path, keys = [] }: Issue, commands: readonly Command[]): string {
  const at = path.map(String).join('.');
  if (code !== 'unrecognized_keys') return `${at === '' ? '' : `${at}: `}${message}`;
  const command = commands.find((one) => one.name() === path.at(-1));
  const names = command?.options.map((option) => option.attributeName()) ?? [
    ...commands.map((one) => one.name()),
    'profiles',
    'properties',
    'skip',
  ];
  const what = command === undefined ? 'command' : 'option';
  return `${at === '' ? '' : `${at}: `}unknown ${what} "${keys[0]!}"${didYouMean(keys[0]!, names, '"')}`;
}
