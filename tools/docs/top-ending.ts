/** docs/top-ending.md: the end of TOP (S-25), its neighbours, and what was shown of each. */
import { CASES, type EndingCase } from '../top-ending/cases.ts';
import type { Outcome } from '../top-ending/outcome.ts';
import { describeScenario } from '../../src/explain/scenario.ts';
import { columns } from '../../src/explain/columns.ts';
import { explain, linesOf } from '../../src/explain/explanation.ts';
import type { Trace } from '../../src/trace/format.ts';
import { code, table } from './markdown.ts';
import type { Corpus } from './corpus.ts';

export function topEndingDocument(corpus: Corpus, outcomes: readonly Outcome[]): string {
  return `${[
    '<!-- Written by `npm run docs` from docs/top-ending.json and traces/gallery/, which `npm run top-ending` searches for. -->',
    '# The end of TOP',
    WHAT,
    HOW_FOUND,
    '## What was shown',
    'Each line is a search of every scenario of its scope, with every schedule that the line leaves; *breaks* ' +
      'gives the smallest failure, *holds* means that there is none. Where it holds, woken coroutines run in ' +
      'any order, of which that of QEMU is one.',
    table(
      ['', 'order of', 'outcome', 'scenarios', 'states'],
      outcomes.map((outcome) => rowOf(outcome)),
    ),
    scopes(outcomes),
    ...CASES.flatMap((ending) => shown(ending, corpus, outcomes)),
    '## What follows',
    FOLLOWS,
    '## Which releases',
    RELEASES,
  ].join('\n\n')}\n`;
}

const WHAT =
  'TOP skips clusters of which nothing is allocated, and marks them nowhere. When it has come to the end, QEMU 1.6 ' +
  `first unlinks the hook and then drains the copies in flight (rule \`drainBeforeUnhook\`, S-25). In between a ` +
  'guest write lands unhooked. If a copy of that cluster is still in flight, and has not yet looked up where the ' +
  'cluster lies, it finds what the guest has just written, and stores it in the backup as if it were old. The job ' +
  'completes without an error.\n\n' +
  'So three things must come together: a cluster that was skipped, a copy of it whose lookup comes after the ' +
  'unhook, and a write that lands between the two. What can make the lookup late decides how likely it is: here ' +
  'each cause is taken alone.';

const HOW_FOUND =
  'It was first found by search in small models, and then seen on a real binary: a build of commit fc5d3f84, with ' +
  'the order of I/O held through an NBD target. There a write w0 covered clusters a and b, both skipped, and was ' +
  "copying a when the loop ended; w1, in other sectors of b, landed unhooked; then w0's copy went on to b and " +
  "stored w1's data. Without w1 the backup was right. That is the shape of the line *two clusters, and lookups " +
  'that nothing delays* below, whose smallest failure has both writes in one sector of b; the other lines are of ' +
  'the model alone.\n\n' +
  `\`npx cowcheck check --mode top --without drainBeforeUnhook --wake qemu\` finds it from nothing, and so does a ` +
  `test (\`tools/top-ending/ending.spec.ts\`).`;

const FOLLOWS =
  '- With lookups that nothing delays, one cluster is not enough: the copy looks up in the same turn in which it ' +
  'decides to copy, while the hook is still linked. It takes a write across two clusters, whose second lookup ' +
  'comes after the copy of the first.\n' +
  '- A lookup can be late in one cluster as well, behind a lock of the format or in the throttle queue. In 1.6 ' +
  "reads of the backup pass the limits of the source, as the guest's do: G2 waits in the queue, the read of G1's " +
  "copy queues behind it; the job skips, unhooks, and drains; G2 lands unhooked; G1's copy looks up too late.\n" +
  '- Marking what is skipped keeps the copy off the second cluster, and so fixes the case of two clusters. It does ' +
  'not help a copy that has asked for the mark before it was set, and looks up late: both cases of one cluster ' +
  'still break.\n' +
  '- Draining before the hook is unlinked fixes all of them, in these scopes.';

const RELEASES =
  `Read in QEMU's history, not run, but for 1.6: 1.6 to 4.0 unlink first and mark nothing that they skip. ` +
  'Since c334e897d0 (4.1) the loop marks what it skips, as a by-product; no commit names the defect. In 4.2 ' +
  'a filter node has taken the place of the hook. Whether a lookup can be late in 4.1, in a lock of the ' +
  'format or behind limits, nobody has looked: of the two cases that marking leaves open, nothing is ' +
  `claimed for that release. The throttle queue was read in 1.6; how long later releases let a copy's read ` +
  'wait in it is unknown.';

const titleOf = (name: string): string => CASES.find((ending) => ending.name === name)!.title;

function rowOf({ name, wake, verdict, property, preemptions, schedule, scenarios, states }: Outcome): string[] {
  const outcome =
    verdict === 'holds'
      ? 'holds'
      : `breaks ${property}: ${preemptions} preemption${preemptions === 1 ? '' : 's'}, ${schedule!.length} steps`;
  return [titleOf(name), wake === 'qemu' ? 'QEMU' : 'any', outcome, String(scenarios), String(states)];
}

function scopes(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter(({ wake, verdict }) => wake === 'qemu' || verdict === 'holds')
    .map(({ name, scope }) => `- *${titleOf(name)}*: ${scope}`)
    .join('\n');
}

/** The smallest failure in the order of QEMU. */
function shown({ name, title, marksSkipped }: EndingCase, corpus: Corpus, outcomes: readonly Outcome[]): string[] {
  const outcome = outcomes.find((one) => one.name === name && one.wake === 'qemu' && one.verdict === 'breaks');
  if (outcome === undefined) return [];
  if (marksSkipped) return [`### ${title}`, describeScenario(outcome.scenario!), block(outcome.schedule!)];
  const path = `traces/gallery/top-ending-${name}.trace.yaml`;
  const trace = corpus.get(path) as Trace;
  return [`### ${title}`, `[${code(path)}](../${path}): ${describeScenario(trace.scenario)}`, block(columnsOf(trace))];
}

function columnsOf(trace: Trace): string[] {
  const explanation = explain(trace)!; // it breaks: the corpus is tested
  return columns(explanation, linesOf(explanation, true), { width: 100, ascii: false });
}

const block = (lines: readonly string[]): string => ['```', ...lines, '```'].join('\n');
