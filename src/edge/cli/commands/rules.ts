/** `cowcheck rules`: the rules of a correct backup. */
import { type Command, Option } from 'commander';
import { defectsOf, fixOf, historyOf, releasesOf } from '../../../../model/families/history.ts';
import { RULE_NAMES, type RuleName as NotifierRule } from '../../../../model/families/notifier/rules.ts';
import type { Rule } from '../../../../model/families/rule.ts';
import { type FamilyName, type RuleName, FAMILY_NAMES } from '../../../../model/machine/job-names.ts';
import { rulesOfFamily } from '../../../../model/machine/jobs.ts';
import { io } from '../io/io.ts';
import type { MatrixFlags } from './matrix.ts';
import { wrap } from '../../../explain/wrap.ts';
import { TABLE_FROM, tableOf } from '../reports/table.ts';
import { SHOW_OPTIONS, type ShowFlags, shown } from './show.ts';
import { refuseIdle } from '../io/one-line.ts';
import { painter } from '../io/terminal.ts';
import { folder, ruleArguments, seconds, workersOption } from '../io/usage.ts';

const INDENT = '    ';

interface Flags extends MatrixFlags, ShowFlags {
  readonly matrix: boolean;
  readonly family: FamilyName;
  readonly verbose: boolean;
}

const EXAMPLES = `
With --matrix each rule is switched off in each mode, and what breaks is looked
for in both wake orders: minutes. The same seed gives the same matrix.

Examples:
  cowcheck rules
  cowcheck rules S-25                   the rule of a defect, or of its commit
  cowcheck rules --json
  cowcheck rules --family block-copy
  cowcheck rules --matrix
  cowcheck rules drainBeforeUnhook --matrix
  cowcheck rules --show qemu-1.6
  cowcheck rules --show correct --without drainBeforeUnhook
`;

export function defineRules(command: Command): void {
  command
    .argument('[rule...]', 'these only, by name, defect (S-25) or the commit that fixed it (ec050f77a5)', ruleArguments)
    .optionsGroup('Which rules:')
    .addOption(new Option('--family <name>', 'whose rules').choices([...FAMILY_NAMES]).default('notifier'))
    .optionsGroup('What breaks without each:')
    .option('--matrix', 'switch each off in each mode, and say what breaks', false)
    .option('--seed <text>', 'for --matrix', 'rule')
    .option('--seconds <s>', 'how long --matrix may take', seconds)
    .addOption(workersOption('worker threads'))
    .option('--out <dir>', 'where --matrix writes traces', folder, 'cowcheck-traces')
    .optionsGroup('A job with its rules folded in:');
  for (const option of SHOW_OPTIONS) command.addOption(option);
  command
    .optionsGroup('Output:')
    .option('--json', 'one JSON array on standard output', false)
    .option('--verbose', 'of all rules what each says, and what goes wrong without it', false)
    .addHelpText('after', EXAMPLES)
    .action(async (names: RuleName[]) => {
      const flags = command.optsWithGlobals<Flags>();
      const { show, family } = flags;
      const asked = command.getOptionValueSource('family') !== 'default' || flags.matrix;
      if (!flags.matrix) refuseIdle(command, ['--seed', '--seconds', '--workers', '--out'], 'goes with --matrix');
      if (show === undefined) refuseIdle(command, ['--with', '--without'], 'goes with --show');
      if (show !== undefined || flags.matrix)
        refuseIdle(command, ['--family'], 'is about the table: --show and --matrix are of the notifier');
      const isTable = show === undefined && !flags.matrix && names.length === 0 && !flags.json;
      if (!isTable) refuseIdle(command, ['--verbose'], 'is about the table of all rules');
      if (show !== undefined && (flags.matrix || names.length > 0))
        command.error('--show prints a whole job: neither --matrix nor the names of rules go with it');
      if (family !== 'notifier' && (show !== undefined || flags.matrix))
        command.error(`--matrix and --show are of the family notifier, not of ${family}`);
      const table = rulesOfFamily(
        asked ? family : (FAMILY_NAMES.find((one) => names.every((name) => name in rulesOfFamily(one))) ?? family),
      );
      const foreign = names.find((name) => !(name in table));
      if (foreign !== undefined) command.error(`the family ${family} has no rule ${foreign}`);
      const some = Object.entries(table).filter(([name]) => names.length === 0 || names.includes(name as RuleName));
      if (show !== undefined) io().out(await shown({ ...flags, show }));
      else if (flags.matrix)
        io().end(
          await (
            await import('./matrix.ts')
          ).printMatrix(names.length === 0 ? RULE_NAMES : (some.map(([name]) => name) as NotifierRule[]), flags),
        );
      else if (flags.json) io().out(`${JSON.stringify(some.map(([name, rule]) => ({ name, ...rule, history: historyOf(rule) })))}\n`);
      else if (some.length < TABLE_FROM || flags.verbose)
        io().out(some.map(([name, rule]) => describe(name, rule, painter(flags.color))).join('\n'));
      else io().out(asTable(some, painter(flags.color)));
    });
}

/** `cowcheck rules NAME` has the rest. */
function asTable(rules: readonly (readonly [string, Rule])[], paint: ReturnType<typeof painter>): string {
  const rows = rules.map(([name, rule]) => {
    const { broken } = rule;
    return broken === undefined ? [name, 'never', '', ''] : [name, releasesOf(broken), defectsOf(rule).join(', '), fixOf(broken) ?? ''];
  });
  const [head, ...lines] = tableOf(['rule', 'QEMU without', 'defect', 'fixed by'], rows);
  return `${[
    paint('dim', head!),
    ...lines,
    '',
    'What one of them says, and what goes wrong without it (of all: --verbose):',
    `  npx cowcheck rules ${rules[0]![0]}`,
  ].join('\n')}\n`;
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
