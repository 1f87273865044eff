/** `cowcheck keep`: moves a trace into the corpus, on purpose. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { replay } from '../../../replay/replay.ts';
import { type Trace, isFailing, isQemuJob } from '../../../trace/format.ts';
import { printable } from '../../../trace/printable.ts';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { fileError } from '../../files/text.ts';
import { keepTrace, loadTrace } from '../../files/traces.ts';
import { io } from '../io/io.ts';
import { json } from '../io/terminal.ts';

const CORPUS = 'traces/found';
const ENDING = '.trace.yaml';

const ABOUT = `
The trace is run first. It is kept if it breaks as it says, and holds once
its cause is on again: cowcheck's own tests ask that of every file there.
In a repository of yours, have it replayed by a test of yours:
cowcheck explain TRACE --format test

Example:
  cowcheck keep cowcheck-traces/top-drainBeforeUnhook-1a2b3c4d.trace.yaml
`;

export function defineKeep(command: Command): void {
  command
    .argument('<trace>', 'trace file')
    .optionsGroup('Output:')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', ABOUT)
    .action((path: string, flags: { json: boolean }) => {
      const reason = whyNoTest(path, loadTrace(path));
      if (reason !== null) throw fileError(path, reason);
      const kept = keepTrace(path, CORPUS);
      io().out(flags.json ? json({ path: kept }) : `kept as ${printable(kept)}\n${whatRunsIt(kept)}`);
    });
}

/** What the test of the corpus (traces/traces.spec.ts) would complain about, in one line; null: about nothing. */
function whyNoTest(path: string, trace: Trace): string | null {
  if (!basename(path).endsWith(ENDING)) return `a trace in the corpus is called SOMETHING${ENDING}: give it such a name first`;
  if (isQemuJob(trace.job)) return 'it is of a real QEMU, and the corpus has traces of the model';
  if (isCustomJob(trace.job))
    return 'it is of a custom job, which no test of the corpus knows: cowcheck explain --format test makes it one of yours';
  const { outcome, detail } = replay(trace);
  if (outcome !== 'reproduced') return `it would be a test that fails: ${outcome}, ${detail}`;
  if (!isFailing(trace)) return null;
  if (trace.cause.length === 0)
    return 'it breaks with all rules on, so that no rule mends it: cowcheck explain --format test makes it a test';
  const mended = replay(trace, { with: trace.cause, without: [] });
  if (mended.outcome === 'holds now') return null;
  return `it would be a test that fails: with its cause on (${trace.cause.join(', ')}) it is ${mended.outcome}, ${mended.detail}`;
}

/** Every file of cowcheck's own corpus is a test. Elsewhere nothing looks there. */
const whatRunsIt = (kept: string): string =>
  process.cwd() === PACKAGE_ROOT
    ? 'npm test runs it from now on\n'
    : `no test runs it yet; this makes one: cowcheck explain ${printable(kept)} --format test --out kept.spec.ts\n`;
