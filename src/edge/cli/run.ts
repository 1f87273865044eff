/** The command line, run in this process or inside another program. The exit status is told in exit-status.ts. */
import { Command, CommanderError, Help, type Option } from 'commander';
import { isJobError } from '../../../model/families/custom/job-error.ts';
import { isUnsoundReduction } from '../../search/exhaustive/unsound-reduction.ts';
import { setAskedHere } from '../files/asked-here.ts';
import { setJobHere } from '../files/job-here.ts';
import { cowcheckVersion } from '../files/package-root.ts';
import { STANDARD_INPUT } from '../files/standard-input.ts';
import { FileError } from '../files/text.ts';
import { printable } from '../../trace/printable.ts';
import { QemuGone } from '../qemu/daemon/gone.ts';
import { NotFetched } from '../qemu/releases/not-fetched.ts';
import type { ConfigFlags } from './config/apply.ts';
import { forgetInEffect } from './config/in-effect.ts';
import { configsHere } from './config/names.ts';
import { BAD_USAGE, EXIT_STATUSES, INTERNAL_ERROR } from './io/exit-status.ts';
import { io } from './io/io.ts';
import { readPackaged } from './io/packaged-paths.ts';
import { addHelp, sayInOneLine } from './io/one-line.ts';

// What runs a command inside another program needs both, of the one bundle.
export { withIo } from './io/io.ts';

/** Longer than any path with what is wrong with its file. */
const MESSAGE_MAX = 6_000;

/** Columns, whatever the terminal: lines that are longer are hard to read. */
const HELP_WIDTH = 80;

const examples = (): string => `
Examples:
  cowcheck check                            every sync mode, about ten seconds
  cowcheck check --without copyBeforeWrite  without a rule: see what breaks
  cowcheck replay cowcheck-traces/*.yaml    replay the failures found
  cowcheck explain some.trace.yaml          explain one of them
  cowcheck rules                            the rules of a correct backup
  cowcheck learn                            lessons in the browser

Exit status:
${EXIT_STATUSES.map(({ status, brief }) => `  ${String(status).padEnd(4)}${brief}`).join('\n')}
`;

interface Listed {
  /** One line, for the help of cowcheck. */
  readonly about: string;
  /** What its options are, and what it does. */
  readonly load: () => Promise<(command: Command) => void>;
}

/** In the order of the help, by its headings. A command is loaded only if it is asked for: to load them all takes longer than most do. */
const COMMANDS: Record<string, Record<string, Listed>> = {
  'Search:': {
    check: {
      about: 'search for a schedule that breaks a property',
      load: async () => (await import('./commands/check.ts')).defineCheck,
    },
    merge: {
      about: 'merge the reports of all shards of a check',
      load: async () => (await import('./commands/merge.ts')).defineMerge,
    },
    work: {
      about: 'run as a worker: run units of checks started elsewhere with --on',
      load: async () => (await import('./commands/work.ts')).defineWork,
    },
    status: {
      about: 'show what the workers of a broker are doing',
      load: async () => (await import('./commands/status.ts')).defineStatus,
    },
    qemu: {
      about: 'run the checks on a real QEMU instead of the model',
      load: async () => (await import('./commands/qemu.ts')).defineQemu,
    },
  },
  'Traces:': {
    replay: { about: 'replay traces', load: async () => (await import('./commands/replay.ts')).defineReplay },
    explain: { about: 'explain why a trace fails', load: async () => (await import('./commands/explain.ts')).defineExplain },
    shrink: { about: 'make a trace smaller', load: async () => (await import('./commands/shrink.ts')).defineShrink },
    trace: {
      about: 'format, check or record hand-edited trace files',
      load: async () => (await import('./commands/trace.ts')).defineTrace,
    },
    keep: { about: `move a trace into the corpus, traces/found/`, load: async () => (await import('./commands/keep.ts')).defineKeep },
  },
  'Learn:': {
    learn: {
      about: 'open the lessons: step through a backup, and break it',
      load: async () => (await import('./commands/learn.ts')).defineLearn,
    },
    docs: { about: 'open the documentation, offline', load: async () => (await import('./commands/docs.ts')).defineDocs },
    rules: {
      about: 'list the rules of a correct backup',
      load: async () => (await import('./commands/rules.ts')).defineRules,
    },
  },
  'Your machine:': {
    doctor: {
      about: 'check what is installed and what is missing',
      load: async () => (await import('./commands/doctor.ts')).defineDoctor,
    },
    completion: {
      about: 'print a completion script for bash, zsh or fish',
      load: async () => {
        const { defineCompletion } = await import('./commands/completion.ts');
        return (command) => defineCompletion(command, wholeProgram);
      },
    },
    releases: { about: 'fetch and list real releases of QEMU', load: async () => (await import('./commands/releases.ts')).defineReleases },
    bench: {
      about: 'run the benchmarks on this machine',
      load: async () => (await import('./commands/bench.ts')).defineBench,
    },
  },
};

/** Runs the command with these arguments; what it writes, and its exit status, go to `io()`. Whatever it throws has been told. */
export async function runCommand(args: readonly string[]): Promise<void> {
  const putBy: (() => void)[] = [];
  try {
    const asked = commandIn(args);
    const program = await programOf((name) => name === asked);
    if (args.some((arg) => arg.endsWith(STANDARD_INPUT)))
      program.hook('preAction', async (_, command) => void putBy.push(...(await inputOf(command))));
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    io().end(statusOfError(error));
  } finally {
    for (const remove of putBy) remove();
  }
}

/** What has to be removed in the end. */
async function inputOf(command: Command): Promise<(() => void)[]> {
  const remove = await (await import('./io/standard-input.ts')).standardInputOf(command);
  return remove === null ? [] : [remove];
}

/** All commands with all their options: for what is made of them. */
export const wholeProgram = (): Promise<Command> => programOf(() => true);

/** @param isWanted whether a command of this name is to be loaded */
async function programOf(isWanted: (name: string) => boolean): Promise<Command> {
  const program = new Command('cowcheck')
    .description('Checks that a backup of a disk in use shows the disk as it was at one instant.')
    .version(cowcheckVersion())
    .optionsGroup('Options:')
    .option('--no-color', 'never use colours')
    .option('--config <file>', 'configuration file (default: cowcheck.config.mjs, .ts or .json)')
    .option('--profile <name>', 'profile of the configuration file')
    .option('--print-config', 'print the options in effect and exit')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name(), optionDescription })
    .configureOutput({ getOutHelpWidth: () => HELP_WIDTH, writeOut: (text) => io().out(text), writeErr: (text) => io().err(text) })
    .addHelpText('after', examples)
    .hook('preAction', (_, command) => configured(command))
    .hook('preAction', (_, command) => readPackaged(command));
  for (const [heading, group] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading);
    for (const [name, { about, load }] of Object.entries(group)) {
      const command = program.command(name).description(about);
      if (!isWanted(name)) {
        // A command that runs without its options would do nothing, and succeed.
        command.action(() => {
          throw new Error(`the command ${name} is not loaded`);
        });
        continue;
      }
      (await loaded(load))(command);
      command.optionsGroup('Options:'); // of `--help`, which comes last
    }
  }
  addHelp(program);
  sayInOneLine(program, 'cowcheck');
  for (const command of program.commands) sayInOneLine(command, `cowcheck ${command.name()}`);
  return program;
}

/** That a switch is off, and a list empty, goes without saying. */
function optionDescription(option: Option): string {
  const { defaultValue, description } = option;
  const isPlain =
    defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0 && option.defaultValueDescription === undefined);
  return isPlain ? description : new Help().optionDescription(option);
}

/** Options from a configuration, or from the environment, if there is any. */
async function configured(command: Command): Promise<void> {
  setAskedHere(null); // of a command before this one
  setJobHere(null);
  forgetInEffect();
  const flags = command.optsWithGlobals<ConfigFlags>();
  const isAsked = flags.config !== undefined || flags.profile !== undefined || flags.printConfig === true;
  if (command.name() === 'help' || (!isAsked && configsHere().length === 0 && (process.env['COWCHECK_SEED'] ?? '') === '')) return;
  await (await import('./config/apply.ts')).applyConfig(command, flags, async () => (await wholeProgram()).commands);
}

/** What is known of jobs and steps comes first: steps are numbered as their modules load. */
async function loaded(load: Listed['load']): ReturnType<Listed['load']> {
  await import('../../families/block-copy.ts');
  return load();
}

/** Options before the command that take a value. */
const TAKE_A_VALUE: readonly (string | undefined)[] = ['--config', '--profile'];

/** The command that is asked for, or asked about: `cowcheck help check`. */
function commandIn(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg, i) => !arg.startsWith('-') && !TAKE_A_VALUE.includes(args[i - 1]));
  return first === 'help' ? second : first;
}

/** Bad usage and bad input are one line; anything else is our own mistake, and its stack is wanted. */
export function statusOfError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE; // commander has said what is wrong
  if (
    !(error instanceof FileError) &&
    !isJobError(error) &&
    !isUnsoundReduction(error) &&
    !(error instanceof QemuGone) &&
    !(error instanceof NotFetched)
  ) {
    io().err(`${error instanceof Error ? error.stack : String(error)}\n`);
    return INTERNAL_ERROR;
  }
  const message = printable(error.message);
  io().err(`cowcheck: ${message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}...` : message}\n`);
  return BAD_USAGE;
}
