/** `cowcheck rules`: the rules of a correct backup. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { historyOf } from '../../model/backup/history.ts';
import { RULES, RULE_NAMES, type Rule, type RuleName } from '../../model/backup/rules.ts';
import { type MatrixFlags, printMatrix } from './matrix.ts';
import { wrap } from './report.ts';
import { painter } from './terminal.ts';
import { folder, ruleArguments, seconds, wholeNumber } from './usage.ts';

const INDENT = '    ';

interface Flags extends MatrixFlags {
  readonly matrix: boolean;
}

const EXAMPLES = `
With --matrix each rule is switched off in each mode, and what breaks is looked for
in both wake orders: minutes. The same seed gives the same matrix.

Examples:
  cowcheck rules
  cowcheck rules --json
  cowcheck rules --matrix
  cowcheck rules drainBeforeUnhook --matrix
`;

export function addRules(program: Command): void {
  program
    .command('rules')
    .description('the rules of a correct backup, and what goes wrong without each')
    .argument('[rule...]', 'these only', ruleArguments)
    .option('--matrix', 'switch each off in each mode, and say what breaks', false)
    .option('--seed <text>', 'for --matrix', 'rule')
    .option('--seconds <s>', 'how long --matrix may take', seconds)
    .option('--workers <n>', 'worker threads', wholeNumber(1, 256), availableParallelism())
    .option('--out <dir>', 'where --matrix writes traces', folder, 'cowcheck-traces')
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', EXAMPLES)
    .action(async (names: RuleName[], _, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const rules = names.length === 0 ? RULE_NAMES : RULE_NAMES.filter((name) => names.includes(name));
      if (flags.matrix) process.exitCode = await printMatrix(rules, flags);
      else if (flags.json) process.stdout.write(`${JSON.stringify(rules.map((name) => ({ name, ...(RULES[name] as Rule), history: historyOf(RULES[name] as Rule) })))}\n`);
      else process.stdout.write(rules.map((name) => describe(name, RULES[name], painter(flags.color))).join('\n'));
    });
}

function describe(name: string, rule: Rule, paint: ReturnType<typeof painter>): string {
  const texts = [rule.sentence, `Without it: ${rule.without}`, ...(rule.needsFaults === true ? ['It shows only where I/O fails: check --faults.'] : [])];
  const lines = texts.flatMap((text) => wrap(text, 80 - INDENT.length)).map((line) => `${INDENT}${line}`);
  return [paint('bold', name), ...lines, ...wrap(historyOf(rule), 80 - INDENT.length).map((line) => paint('dim', `${INDENT}${line}`)), ''].join('\n');
}
