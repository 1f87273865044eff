/** `cowcheck rules`: the rules of a correct backup. */
import type { Command } from 'commander';
import { historyOf } from '../../model/backup/history.ts';
import { RULES, RULE_NAMES, type Rule } from '../../model/backup/rules.ts';
import { wrap } from '../explain/wrap.ts';
import { SHOW_OPTIONS, type ShowFlags, shown } from './show.ts';
import { painter } from './terminal.ts';

const INDENT = '    ';

const EXAMPLES = `
Examples:
  cowcheck rules
  cowcheck rules --json
  cowcheck rules --show qemu-1.6
  cowcheck rules --show correct --without drainBeforeUnhook
`;

export function addRules(program: Command): void {
  const rules = program.command('rules').description('the rules of a correct backup, and what goes wrong without each');
  for (const option of SHOW_OPTIONS) rules.addOption(option);
  rules
    .option('--json', 'one JSON value on standard output', false)
    .addHelpText('after', EXAMPLES)
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<ShowFlags & { color: boolean }>();
      const { show, json, color } = flags;
      if (show === undefined && flags.with.length + flags.without.length > 0) command.error('--with and --without go with --show');
      if (show !== undefined) process.stdout.write(await shown({ ...flags, show }));
      else if (json) process.stdout.write(`${JSON.stringify(RULE_NAMES.map((name) => ({ name, ...(RULES[name] as Rule), history: historyOf(RULES[name] as Rule) })))}\n`);
      else process.stdout.write(RULE_NAMES.map((name) => describe(name, RULES[name], painter(color))).join('\n'));
    });
}

function describe(name: string, rule: Rule, paint: ReturnType<typeof painter>): string {
  const texts = [rule.sentence, `Without it: ${rule.without}`, ...(rule.needsFaults === true ? ['It shows only where I/O fails: check --faults.'] : [])];
  const lines = texts.flatMap((text) => wrap(text, 80 - INDENT.length)).map((line) => `${INDENT}${line}`);
  return [paint('bold', name), ...lines, ...wrap(historyOf(rule), 80 - INDENT.length).map((line) => paint('dim', `${INDENT}${line}`)), ''].join('\n');
}
