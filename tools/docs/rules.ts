/** docs/rules.md: the matrix of rules, in words and tables. */
import { SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import { historyOf } from '../../model/families/history.ts';
import { RULES } from '../../model/families/notifier/rules.ts';
import type { Rule } from '../../model/families/rule.ts';
import { LISTENED_TO } from '../../src/matrix/asked.ts';
import type { Broken, MatrixCell, MatrixRow } from '../../src/matrix/matrix.ts';
import { pairFile } from '../../src/matrix/corpus.ts';
import { pairScopeInWords } from '../../src/matrix/pairs.ts';
import { code, table } from './markdown.ts';

export function rulesDocument(matrix: readonly MatrixRow[]): string {
  return `${[
    '<!-- Written by `npm run docs` from docs/rules.json, which `npm run rules-matrix` searches for. -->',
    '# The rules, each off in each mode',
    INTRODUCTION,
    '## The matrix',
    table(
      ['rule', ...SYNC_MODES.map(upper)],
      matrix.map(({ name, modes }) => [linked(name), ...SYNC_MODES.map((mode) => shortly(modes[mode]))]),
    ),
    '## Possible for the algorithm, not seen in the order of QEMU',
    onlyAnyIntroduction(matrix),
    '## Where nothing was found',
    'What is asked in a mode, and whose absence nothing has shown there. *Masked by*: in some scenario every ' +
      'schedule holds with either of the two rules off, and with both off one breaks; the link shows it.',
    table(['rule', 'mode', 'masked by', 'searched'], nothingFound(matrix)),
    ...searchedInFull(matrix),
    '## Pairs that matter only together',
    'In some scenario every schedule holds with either of the two off, and with both off one breaks, although ' +
      'elsewhere each may be missed alone. All pairs were asked, in every schedule of these ' +
      `scopes: ${SYNC_MODES.map((mode) => pairScopeInWords(mode)).join('. ')}.`,
    table(['mode', 'rule', 'and'], pairRows(matrix)),
    '## The rules',
    ...matrix.map(ruleInWords),
  ].join('\n\n')}\n`;
}

const upper = (mode: SyncMode): string => mode.toUpperCase();
const linked = (name: string): string => `[${code(name)}](#${name.toLowerCase()})`;
const traceLink = (text: string, file: string): string => `[${text}](../traces/matrix/${file})`;

const INTRODUCTION =
  'In each cell: what breaks, and of the smallest failure the requests (of the guest, with errors, cancels ' +
  'and pauses) / preemptions / steps, with its trace. Nothing smaller fails for the same reason, which is ' +
  'proven in the scope that the trace names; *(best effort)* where the proof did not come to its end. ' +
  '*any*: the smallest is possible only where woken coroutines run in any order; what follows is the ' +
  'smallest in the order in which QEMU wakes. *Not asked*: the code of this mode did not ask the rule ' +
  `in ${LISTENED_TO}; up to the first question a job without it is one with it. *Nothing found* ` +
  'is told below.';

function shortly(cell: MatrixCell): string {
  if (cell.necessary === null) return 'not searched to the end';
  if (cell.asked === false) return 'not asked';
  if (!cell.necessary)
    return cell.maskedBy.length === 0
      ? 'nothing found'
      : `masked by ${cell.maskedBy.length === 1 ? code(cell.maskedBy[0]!) : `${cell.maskedBy.length} others`}`;
  const first = `${cell.wake.includes('qemu') && cell.underQemu === undefined ? '' : 'any: '}${brokenShortly(cell as Broken)}`;
  return cell.underQemu === undefined ? first : `${first}; qemu: ${brokenShortly(cell.underQemu)}`;
}

function brokenShortly({ property, requests, preemptions, steps, minimal, trace }: Broken): string {
  return `${traceLink(`${property} ${requests}/${preemptions}/${steps}`, trace)}${minimal === 'proven' ? '' : ' (best effort)'}`;
}

type Placed = readonly [row: MatrixRow, mode: SyncMode, cell: MatrixCell];

const cellsWhere = (matrix: readonly MatrixRow[], is: (cell: MatrixCell) => boolean): Placed[] =>
  matrix.flatMap((row) => SYNC_MODES.flatMap((mode): Placed[] => (is(row.modes[mode]) ? [[row, mode, row.modes[mode]]] : [])));

function onlyAnyIntroduction(matrix: readonly MatrixRow[]): string {
  const cells = cellsWhere(matrix, ({ necessary, wake }) => necessary === true && !wake.includes('qemu'));
  if (cells.length === 0)
    return 'There is no such cell: whatever breaks in some order also breaks in the order in which QEMU wakes, if not always as soon.';
  return (
    'These break only where woken coroutines run in any ' +
    `order: ${cells.map(([{ name }, mode]) => `${code(name)} in ${upper(mode)}`).join(', ')}. In the order of ` +
    'QEMU nothing was found, in what is told below.'
  );
}

function nothingFound(matrix: readonly MatrixRow[]): string[][] {
  return cellsWhere(matrix, ({ asked, necessary, searched }) => asked === true && (necessary === false || searched !== undefined)).map(
    ([{ name }, mode, { maskedBy, wake }]) => [
      code(name),
      upper(mode),
      maskedBy.map((other) => traceLink(code(other), pairFile(name, other, mode))).join(', ') || 'nothing known',
      wake.includes('any') ? `${upper(mode)}, order of QEMU` : upper(mode),
    ],
  );
}

/** What was searched, once for each mode: the same for all rules. */
function searchedInFull(matrix: readonly MatrixRow[]): string[] {
  const texts = SYNC_MODES.flatMap((mode) => {
    const [first] = cellsWhere(matrix, ({ searched }) => searched?.any !== undefined).filter(([, other]) => other === mode);
    return first === undefined ? [] : [`*${upper(mode)}*: ${withoutRule(first[2].searched!.any!)}.`];
  });
  return texts;
}

const withoutRule = (text: string): string => text.replace(/, without the rules \w+/, '').replace(' with errors', '');

function pairRows(matrix: readonly MatrixRow[]): string[][] {
  return SYNC_MODES.flatMap((mode) =>
    matrix.flatMap(({ name, modes }, i) => {
      const later = modes[mode].together.filter((other) => matrix.findIndex((row) => row.name === other) > i);
      return later.length === 0 ? [] : [[upper(mode), code(name), later.map(code).join(', ')]];
    }),
  );
}

function ruleInWords({ name, sentence, breaks }: MatrixRow): string {
  const rule: Rule = RULES[name];
  return [
    `### ${name}`,
    sentence,
    `Without it: ${breaks}`,
    `${historyOf(rule)}. Its smallest trace: [\`${name}\`](../traces/gallery/${name}.trace.yaml).`,
  ].join('\n\n');
}
