/** `--reporter`, `--json`, `--quiet` and `--verbose` of a command. */
import { type Command, Option } from 'commander';
import { type Asked, REPORTER_NAMES, reporters, whatClashes } from '../io/reporters-asked.ts';
import { Reporting } from './reporting.ts';

/** @param without formats that the command has nothing for */
export const reporterOption = (...without: readonly string[]): Option =>
  new Option(
    '--reporter <name>',
    `${REPORTER_NAMES.filter((name) => !without.includes(name)).join(', ')}; NAME=FILE writes to a file; may be repeated`,
  )
    .argParser((text: string, before: readonly Asked[] | undefined) => reporters(text, without, before))
    .default([], 'text');

export interface ReporterFlags {
  readonly reporter: readonly Asked[];
  readonly json: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What makes no sense together is an error of the command. */
export function reportingOf({ reporter, json, quiet = false, verbose = false }: ReporterFlags, command: Command): Reporting {
  const asked: Asked[] = [...(json ? [{ name: 'json', file: null } as const] : []), ...reporter];
  const clash = quiet && verbose ? "option '--quiet' does not go with '--verbose'" : whatClashes(asked);
  if (clash !== null) command.error(clash);
  return new Reporting(asked);
}
