/** The command line, run in this process or inside another program. The exit status is told in exit-status.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { isJobError } from '../../../model/families/custom/job-error.ts';
import '../../families/block-copy.ts';
import { isUnsoundReduction } from '../../search/exhaustive/ample-check.ts';
import { PACKAGE_ROOT } from '../files/package-root.ts';
import { FileError } from '../files/text.ts';
import { printable } from '../../trace/printable.ts';
import { QemuGone } from '../qemu/daemon/barrier.ts';
import { NotFetched } from '../qemu/releases/apt.ts';
import { BAD_USAGE, INTERNAL_ERROR } from './io/exit-status.ts';
import { io } from './io/io.ts';
import { addHelp, sayInOneLine } from './io/usage.ts';

// What runs a command inside another program needs both, of the one bundle.
export { withIo } from './io/io.ts';

/** Longer than any path with what is wrong with its file. */
const MESSAGE_MAX = 6_000;

const EXAMPLES = `
Examples:
  cowcheck check                                  check every sync mode for ten seconds
  cowcheck check --without copyBeforeWrite        switch a rule off and see what breaks
  cowcheck replay cowcheck-traces/*.trace.yaml    run what was found again
  cowcheck explain cowcheck-traces/a.trace.yaml   why it fails, in one sentence
  cowcheck rules                                  the rules of a correct backup
  cowcheck learn                                  lessons, in the browser

Exit status: 0 holds, 1 a property is broken, 2 bad usage or unreadable input,
3 unfinished: a limit came before the verdict, 70 a mistake of cowcheck's own,
130 interrupted (what was found by then is kept and printed).
`;

/** In the order of the help. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  check: async () => (await import('./commands/check.ts')).addCheck,
  explain: async () => (await import('./commands/explain.ts')).addExplain,
  replay: async () => (await import('./commands/replay.ts')).addReplay,
  shrink: async () => (await import('./commands/shrink.ts')).addShrink,
  keep: async () => (await import('./commands/keep.ts')).addKeep,
  rules: async () => (await import('./commands/rules.ts')).addRules,
  learn: async () => (await import('./commands/learn.ts')).addLearn,
  bench: async () => (await import('./commands/bench.ts')).addBench,
  qemu: async () => (await import('./commands/qemu.ts')).addQemu,
  releases: async () => (await import('./commands/releases.ts')).addReleases,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
};

/** Runs the command with these arguments; what it writes, and its exit status, go to `io()`. Whatever it throws has been told. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await (await programFor(args)).parseAsync(args, { from: 'user' });
  } catch (error) {
    io().end(statusOfError(error));
  }
}

async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('cowcheck')
    .description('Checks that a backup of a running disk shows the disk as it was at one instant.')
    .version(version())
    .option('--no-color', 'no colour, whatever the terminal')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => io().out(text), writeErr: (text) => io().err(text) })
    .addHelpText('after', EXAMPLES);
  for (const name of wantedCommands(args)) (await COMMANDS[name]!())(program);
  addHelp(program);
  sayInOneLine(program, 'cowcheck');
  for (const command of program.commands) sayInOneLine(command, `cowcheck ${command.name()}`);
  return program;
}

/** To load them all takes as long as most commands do: where one is named, it is the only one. */
function wantedCommands(args: readonly string[]): string[] {
  const [first = ''] = args.filter((arg) => !arg.startsWith('-'));
  return Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
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
