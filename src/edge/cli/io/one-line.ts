/** What is wrong with the use of a command, in one line. Every command starts with this, so it loads nothing else of the product. */
import { type Command, Option } from 'commander';
import { didYouMean } from '../../../trace/nearest.ts';
import { printable } from '../../../trace/printable.ts';
import { choice, invalidName } from './suggestion.ts';

/** `cowcheck help COMMAND`, which commander's own answers with a page where there is no such command. */
export function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('display help for command')
    .argument('[command]')
    .action((name: string | undefined) => {
      const about = name === undefined ? program : program.commands.find((command) => command.name() === name);
      const names = program.commands.map((command) => command.name());
      if (about === undefined) program.error(`unknown command '${name}'${didYouMean(name!, names)}`);
      about.outputHelp();
    });
}

/** An option that takes several of its choices, comma-separated, and checks them itself. */
export class ListOption extends Option {
  constructor(flags: string, description: string, choices: readonly string[], parse: (text: string) => unknown) {
    super(flags, description);
    this.argChoices = [...choices];
    this.argParser(parse);
  }
}

/**
 * Refuses options that were typed and change nothing: their user takes them to change something.
 * @param flags such as `--width`
 * @param why what follows the option's name
 */
export function refuseIdle(command: Command, flags: readonly string[], why: string): void {
  const typed = command.options.find((option) => flags.includes(option.long!) && isTyped(command, option));
  if (typed !== undefined) command.error(`option '${typed.long}' ${why}`);
}

const isTyped = (command: Command, option: Option): boolean => command.getOptionValueSource(option.attributeName()) === 'cli';

/** Makes a command say what is wrong with its use in one line, which ends with where to read more. */
export function sayInOneLine(command: Command, name: string): void {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(`cowcheck: ${withPointer(oneLine(text), name)}\n`) });
  for (const option of command.options) {
    const { argChoices: choices } = option;
    if (choices !== undefined && !(option instanceof ListOption)) option.argParser((text) => oneOf(choices, text));
  }
}

/** Where to read more, unless the line says so itself. */
const withPointer = (line: string, name: string): string => (/ with: cowcheck [a-z]+\.$/.test(line) ? line : `${line} See: ${name} --help`);

function oneOf(choices: readonly string[], text: string): string {
  if (!choices.includes(text)) throw invalidName(text, choices, choice(choices));
  return text;
}

const TEXT_MAX = 1_000;
/** Of what was given, no more is quoted. */
const ARGUMENT_MAX = 80;

/** Commander's own words, which may be of several lines and quote any argument whole. */
function oneLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replace(/^option '(\S+)[^']*' argument '([^]*?)' is invalid\. /, "invalid value '$2' for '$1'. ")
    .replace(/^command-argument value '([^]*?)' is invalid for argument '([^']*)'\. /, "invalid value '$1' for '$2'. ")
    .replace(/^(invalid value '[^]*?' for '[^']*')\.  *(\(did you mean '[^']*'\?\))/, '$1 $2.')
    .replace(/^option '(\S+)[^']*' argument missing$/, "option '$1' requires a value")
    .replace(/^option '(\S+)[^']*' cannot be used with option '(\S+)[^']*'/, "options '$1' and '$2' cannot be used together")
    .replace(
      /^unknown option '--skip'.*/,
      "unknown option '--skip'. To switch a property off, set skip in the configuration file or in the job",
    )
    .replace(/\(Did you mean (\S+)\?\)$/, "(did you mean '$1'?)")
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/'[^']*'/g, (quoted) => (quoted.length > ARGUMENT_MAX + 2 ? `${quoted.slice(0, ARGUMENT_MAX)}...'` : quoted));
  const short = line.length > TEXT_MAX ? `${line.slice(0, TEXT_MAX)}...` : line;
  return printable(/[.?]$/.test(short) ? short : `${short}.`);
}
