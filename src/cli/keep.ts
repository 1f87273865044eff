/** `cowcheck keep`: moves a trace into the corpus, on purpose. */
import type { Command } from 'commander';
import { fileError } from '../files/text.ts';
import { keepTrace, loadTrace } from '../files/traces.ts';
import { versionOf } from '../qemu/real-trace.ts';
import { printable } from '../trace/printable.ts';
import { io } from './io.ts';
import { json } from './terminal.ts';

export function addKeep(program: Command): void {
  program
    .command('keep')
    .description('move a trace into the corpus, where every file is a test')
    .argument('<trace>', 'trace file')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', '\nExample:\n  cowcheck keep cowcheck-traces/top-drainBeforeUnhook-1a2b3c4d.trace.yaml\n')
    .action((path: string, flags: { json: boolean }) => {
      if (versionOf(loadTrace(path)) !== null) throw fileError(path, 'it is of a real QEMU, and the corpus has traces of the model');
      const kept = keepTrace(path, 'traces/found');
      io().out(flags.json ? json({ path: kept }) : `kept as ${printable(kept)}\n`);
    });
}
