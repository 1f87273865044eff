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
cowcheck first replays the trace. It keeps the trace only if the trace fails as
its file says, and holds with the rules of its cause switched on. cowcheck's own
tests check every kept file in the same way.
In your own repository, generate a test that replays it:
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
  if (!basename(path).endsWith(ENDING)) return `a trace in the corpus must be named *${ENDING}: rename it first`;
  if (isQemuJob(trace.job)) return 'it is a trace of a real QEMU, but the corpus holds traces of the model';
  if (isCustomJob(trace.job))
    return 'it is a trace of a custom job, which the corpus cannot run: cowcheck explain --format test generates a test instead';
  const { outcome, detail } = replay(trace);
  if (outcome !== 'reproduced') return `as a test it would fail: ${outcome}, ${detail}`;
  if (!isFailing(trace)) return null;
  if (trace.cause.length === 0)
    return 'it fails with all rules on, so no rule fixes it: cowcheck explain --format test generates a test instead';
  const mended = replay(trace, { with: trace.cause, without: [] });
  if (mended.outcome === 'holds now') return null;
  return `as a test it would fail: with its cause on (${trace.cause.join(', ')}) it is ${mended.outcome}, ${mended.detail}`;
}

/** Every file of cowcheck's own corpus is a test. Elsewhere nothing looks there. */
const whatRunsIt = (kept: string): string =>
  process.cwd() === PACKAGE_ROOT
    ? 'npm test now runs it\n'
    : `no test runs it yet; to generate one: cowcheck explain ${printable(kept)} --format test --out kept.spec.ts\n`;
