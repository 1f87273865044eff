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
--matrix switches each rule off in each mode and searches for failures in both
wake orders, which takes minutes. The same seed gives the same matrix.

Examples:
  cowcheck rules
  cowcheck rules S-25                   the rule behind a defect or a commit
  cowcheck rules --json
  cowcheck rules --family block-copy
  cowcheck rules --matrix
  cowcheck rules drainBeforeUnhook --matrix
  cowcheck rules --show qemu-1.6
  cowcheck rules --show correct --without drainBeforeUnhook
`;

export function defineRules(command: Command): void {
  command
    .argument('[rule...]', 'only these rules, by name, defect (S-25) or fixing commit (ec050f77a5)', ruleArguments)
    .optionsGroup('Which rules:')
    .addOption(new Option('--family <name>', 'family whose rules are listed').choices([...FAMILY_NAMES]).default('notifier'))
    .optionsGroup('What breaks without each:')
    .option('--matrix', 'switch each rule off in each mode, and report what breaks', false)
    .option('--seed <text>', 'random seed of --matrix', 'rule')
    .option('--seconds <s>', 'time limit of --matrix', seconds)
    .addOption(workersOption('worker threads'))
    .option('--out <dir>', 'directory for the traces of --matrix', folder, 'cowcheck-traces')
    .optionsGroup('A job with its rules folded in:');
  for (const option of SHOW_OPTIONS) command.addOption(option);
  command
    .optionsGroup('Output:')
    .option('--json', 'one JSON array on standard output', false)
    .option('--verbose', 'also each rule in full, and what goes wrong without it', false)
    .addHelpText('after', EXAMPLES)
    .action(async (names: RuleName[]) => {
      const flags = command.optsWithGlobals<Flags>();
      const { show, family } = flags;
      const asked = command.getOptionValueSource('family') !== 'default' || flags.matrix;
      if (!flags.matrix) refuseIdle(command, ['--seed', '--seconds', '--workers', '--out'], 'requires --matrix');
      if (show === undefined) refuseIdle(command, ['--with', '--without'], 'requires --show');
      if (show !== undefined || flags.matrix)
        refuseIdle(command, ['--family'], 'cannot be used with --show or --matrix, which cover only the notifier');
      const isTable = show === undefined && !flags.matrix && names.length === 0 && !flags.json;
      if (!isTable) refuseIdle(command, ['--verbose'], 'works only with the table of all rules');
      if (show !== undefined && (flags.matrix || names.length > 0))
        command.error('--show prints a whole job and cannot be used with --matrix or with names of rules');
      if (family !== 'notifier' && (show !== undefined || flags.matrix))
        command.error(`--matrix and --show work only with the family notifier, not with ${family}`);
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
    'A rule in full, and what goes wrong without it (all rules: --verbose):',
    `  npx cowcheck rules ${rules[0]![0]}`,
  ].join('\n')}\n`;
}

function describe(name: string, rule: Rule, paint: ReturnType<typeof painter>): string {
  const texts = [
    rule.sentence,
    `Without it: ${rule.without}`,
    ...(rule.needsFaults === true ? ['It matters only if I/O fails: check --faults.'] : []),
  ];
  const lines = texts.flatMap((text) => wrap(text, 80 - INDENT.length)).map((line) => `${INDENT}${line}`);
  return [
    paint('bold', name),
    ...lines,
    ...wrap(historyOf(rule), 80 - INDENT.length).map((line) => paint('dim', `${INDENT}${line}`)),
    '',
  ].join('\n');
}
