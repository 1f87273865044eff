/** docs/minimal.md: the smallest trace of each rule, and of what it is the smallest. */
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { costOf } from '../../src/shrink/cost.ts';
import { minimalityOf } from '../../src/shrink/failure.ts';
import { type Trace, isFailing } from '../../src/trace/format.ts';
import { code, table } from './markdown.ts';

/** By path from the top of the repository. */
export type Corpus = ReadonlyMap<string, Trace>;

export function minimalDocument(corpus: Corpus): string {
  return `${[
    '<!-- Written by `npm run docs` from the traces in traces/. -->',
    '# The smallest counterexamples',
    INTRODUCTION,
    '## Each rule off',
    tableOf(
      RULE_NAMES.map((rule) => [code(rule), `traces/gallery/${rule}.trace.yaml`]),
      corpus,
      ['rule'],
    ),
  ].join('\n\n')}\n`;
}

const INTRODUCTION =
  'What counts, in this order: requests (of the guest; with errors as often as they strike, the cancel, the ' +
  'pause), clusters, what the scenario has beyond the plainest of its mode, preemptions (switches away from ' +
  'a coroutine that could go on), steps; then shorter disks and plainer numbers. *Proven* means that every ' +
  'scenario of the scope that costs less was searched in every order, and that nothing fails there for the ' +
  'same reason: disks of up to so many clusters, at most these features, and any requests that the model ' +
  'has. What a scope does not name was not varied: the size of a cluster, requests and cancels that come ' +
  'after others have ended, and all features but its own. Where several modes fail, it is the mode of the ' +
  'smallest; [rules.md](rules.md) has the others. I/O takes effect per sector, wake order any, unless it ' +
  `says otherwise. \`npm run rules-matrix\` searches for them anew, \`npx cowcheck shrink --prove\` does so ` +
  'for any trace.';

/** What the introduction says of all. */
const AS_USUAL = '; I/O takes effect per sector, woken coroutines run in any order';

function tableOf(rows: readonly (readonly [name: string, path: string])[], corpus: Corpus, head: readonly string[]): string {
  const cells = rows.map(([name, path]) => {
    const trace = corpus.get(path)!;
    if (!isFailing(trace)) throw new Error(`${path}: nothing breaks in it, so it is no counterexample`);
    const { requests, clusters, preemptions, steps } = costOf(trace);
    const { minimal, minimalScope } = minimalityOf(trace);
    const [, mode, scope] = /^([A-Z]+), (.*)$/.exec(minimalScope ?? '') ?? [];
    return [
      `[${name}](../${path})`,
      mode ?? trace.scenario.mode.toUpperCase(),
      trace.verdict.property,
      ...[requests, clusters, preemptions, steps].map(String),
      minimal,
      (scope ?? trace.minimal).replace(AS_USUAL, ''),
    ];
  });
  return table([...head, 'mode', 'breaks', 'requests', 'clusters', 'preemptions', 'steps', 'minimal', 'scope'], cells);
}
