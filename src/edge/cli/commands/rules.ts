/** `cowcheck rules`: the rules of a correct backup. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { historyOf } from '../../../../model/families/history.ts';
import { RULES, RULE_NAMES } from '../../../../model/families/notifier/rules.ts';
import type { RuleName } from '../../../../model/machine/job-names.ts';
import type { Rule } from '../../../../model/families/rule.ts';
import { io } from '../io/io.ts';
import { type MatrixFlags, printMatrix } from './matrix.ts';
import { wrap } from '../../../explain/wrap.ts';
import { SHOW_OPTIONS, type ShowFlags, shown } from './show.ts';
import { painter } from '../io/terminal.ts';
import { folder, ruleArguments, seconds, wholeNumber } from '../io/usage.ts';

const INDENT = '    ';

interface Flags extends MatrixFlags, ShowFlags {
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
  cowcheck rules --show qemu-1.6
  cowcheck rules --show correct --without drainBeforeUnhook
`;

export function addRules(program: Command): void {
  const rules = program.command('rules').description('the rules of a correct backup, and what goes wrong without each');
  for (const option of SHOW_OPTIONS) rules.addOption(option);
  rules
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
      const { show } = flags;
      if (show === undefined && flags.with.length + flags.without.length > 0) command.error('--with and --without go with --show');
      if (show !== undefined && (flags.matrix || names.length > 0))
        command.error('--show prints a whole job: neither --matrix nor the names of rules go with it');
      const some = names.length === 0 ? RULE_NAMES : RULE_NAMES.filter((name) => names.includes(name));
      if (show !== undefined) io().out(await shown({ ...flags, show }));
      else if (flags.matrix) io().end(await printMatrix(some, flags));
      else if (flags.json)
        io().out(`${JSON.stringify(some.map((name) => ({ name, ...(RULES[name] as Rule), history: historyOf(RULES[name] as Rule) })))}\n`);
      else io().out(some.map((name) => describe(name, RULES[name], painter(flags.color))).join('\n'));
    });
}

function describe(name: string, rule: Rule, paint: ReturnType<typeof painter>): string {
  const texts = [
    rule.sentence,
    `Without it: ${rule.without}`,
    ...(rule.needsFaults === true ? ['It shows only where I/O fails: check --faults.'] : []),
  ];
  const lines = texts.flatMap((text) => wrap(text, 80 - INDENT.length)).map((line) => `${INDENT}${line}`);
  return [
    paint('bold', name),
    ...lines,
    ...wrap(historyOf(rule), 80 - INDENT.length).map((line) => paint('dim', `${INDENT}${line}`)),
    '',
  ].join('\n');
}
