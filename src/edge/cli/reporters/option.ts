/** `--reporter`, `--json`, `--quiet` and `--verbose` of a command. */
import { type Command, Option } from 'commander';
import { refuseIdle } from '../io/one-line.ts';
import { type Asked, REPORTER_NAMES, insteadOfText, reporters, whatClashes } from '../io/reporters-asked.ts';
import { Reporting } from './reporting.ts';

const reporterOption = (without: readonly string[]): Option =>
  new Option(
    '--reporter <name>',
    `${REPORTER_NAMES.filter((name) => !without.includes(name)).join(', ')}; NAME=FILE writes to a file; repeatable`,
  )
    .argParser((text: string, before: readonly Asked[] | undefined) => reporters(text, without, before))
    .default([], 'text');

/**
 * Adds the options that say what is told, and how.
 * @param value what `--json` prints: `object`, or `array`
 * @param words what `--quiet` leaves, and what `--verbose` adds
 * @param without formats that the command has nothing for
 */
export const addReporting = (
  command: Command,
  value: 'object' | 'array',
  words: { readonly quiet: string; readonly verbose: string },
  without: readonly string[] = [],
): Command =>
  command
    .option('--json', `one JSON ${value} on standard output: the same as --reporter json`, false)
    .addOption(reporterOption(without))
    .option('--quiet', words.quiet, false)
    .option('--verbose', words.verbose, false);

export interface ReporterFlags {
  readonly reporter: readonly Asked[];
  readonly json: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What makes no sense together is an error of the command. */
export function reportingOf({ reporter, json, quiet = false, verbose = false }: ReporterFlags, command: Command): Reporting {
  const asked: Asked[] = [...(json ? [{ name: 'json', file: null } as const] : []), ...reporter];
  const clash = quiet && verbose ? "options '--quiet' and '--verbose' cannot be used together" : whatClashes(asked);
  if (clash !== null) command.error(clash);
  const other = insteadOfText(asked);
  if (other !== null)
    refuseIdle(command, ['--details', '--verbose'], `works only with text output, not with ${json ? '--json' : `--reporter ${other}`}`);
  return new Reporting(asked);
}
