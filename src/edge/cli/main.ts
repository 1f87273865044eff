#!/usr/bin/env node
/** The executable: the command line on this process' own streams. */
import { BAD_USAGE } from './io/exit-status.ts';
import { runCommand, statusOfError } from './run.ts';

let isOutputLost = false;

// The reader of our output may stop reading (`| head`): that is no failure of ours. A full disk is one.
process.stderr.on('error', () => {}); // nobody is left who could be told
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE' || isOutputLost) return;
  isOutputLost = true;
  process.stderr.write(`cowcheck: standard output cannot be written (${code})\n`);
});
process.on('exit', () => {
  if (isOutputLost && (process.exitCode ?? 0) === 0) process.exitCode = BAD_USAGE;
});

process.on('uncaughtException', (error) => process.exit(statusOfError(error)));
await runCommand(process.argv.slice(2));
