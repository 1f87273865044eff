/** `cowcheck rules`: the rules of a correct backup. */
import type { Command } from 'commander';
import { RULES, RULE_NAMES, type Rule } from '../../model/backup/rules.ts';
import { wrap } from '../explain/wrap.ts';
import { painter } from './terminal.ts';

const INDENT = '    ';

export function addRules(program: Command): void {
  program
    .command('rules')
    .description('the rules of a correct backup, and what goes wrong without each')
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', '\nExamples:\n  cowcheck rules\n  cowcheck rules --json\n')
    .action((_, command: Command) => {
      const { json, color } = command.optsWithGlobals<{ json: boolean; color: boolean }>();
      if (json) process.stdout.write(`${JSON.stringify(RULE_NAMES.map((name) => ({ name, ...(RULES[name] as Rule) })))}\n`);
      else process.stdout.write(RULE_NAMES.map((name) => describe(name, RULES[name], painter(color))).join('\n'));
    });
}

function describe(name: string, rule: Rule, paint: ReturnType<typeof painter>): string {
  const texts = [rule.sentence, `Without it: ${rule.without}`, ...(rule.needsFaults === true ? ['It shows only where I/O fails: check --faults.'] : [])];
  const lines = texts.flatMap((text) => wrap(text, 80 - INDENT.length)).map((line) => `${INDENT}${line}`);
  return [paint('bold', name), ...lines, ...wrap(rule.history, 80 - INDENT.length).map((line) => paint('dim', `${INDENT}${line}`)), ''].join('\n');
}
