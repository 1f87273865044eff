/** `cowcheck replay`: runs traces again, and says in one of three ways how each ends. */
import type { Command } from 'commander';
import type { RuleName } from '../../model/backup/rules.ts';
import { loadTrace } from '../files/traces.ts';
import { type ReplayResult, replay } from '../trace/replay.ts';
import { painter } from './terminal.ts';
import { ruleNames } from './usage.ts';

interface Flags {
  with: RuleName[];
  without: RuleName[];
  json: boolean;
  color: boolean;
}

const ABOUT = `
A trace ends in one of three ways:
  reproduced   the same property breaks at the same step
  holds now    it does not, because a rule is on that was off, or nothing breaks any more
  diverged     its order can no longer be followed: the model has changed under it

Exit status: 0 if each trace ends as its file says (reproduced), 1 if not.

Examples:
  cowcheck replay traces/found/*.trace.yaml
  cowcheck replay some.trace.yaml --with drainBeforeUnhook
`;

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('run traces again')
    .argument('<trace...>', 'trace files')
    .option('--with <rule>', 'switch a rule on that the trace has off; may be repeated', ruleNames, [])
    .option('--without <rule>', 'switch a rule off; may be repeated', ruleNames, [])
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', ABOUT)
    .action((paths: string[], _, command: Command) => {
      process.exitCode = replayAll(paths, command.optsWithGlobals<Flags>());
    });
}

/** @returns the exit status */
function replayAll(paths: readonly string[], flags: Flags): number {
  const traces = paths.map((path) => ({ path, trace: loadTrace(path) })); // all are read before the first runs
  const results = traces.map(({ path, trace }) => ({ path, result: replay(trace, { with: flags.with, without: flags.without }) }));
  if (flags.json) process.stdout.write(`${JSON.stringify(results.map(({ path, result: { outcome, step, expected, ready } }) => ({ trace: path, outcome, step, expected, ready })))}\n`);
  else for (const { path, result } of results) print(path, result, painter(flags.color));
  return results.every(({ result }) => result.outcome === 'reproduced') ? 0 : 1;
}

function print(path: string, { outcome, detail }: ReplayResult, paint: ReturnType<typeof painter>): void {
  const style = outcome === 'reproduced' ? 'green' : outcome === 'holds now' ? 'yellow' : 'red';
  process.stdout.write(`${paint(style, outcome)}  ${path}\n  ${detail}\n`);
}
