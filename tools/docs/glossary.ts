/** The table of steps in docs/glossary.md: from what each step means, where it is named. The rest is written by hand. */
import '../../src/families/block-copy.ts';
import { type StepName, stepNames } from '../../model/kernel/step.ts';
import '../../model/machine/machine.ts'; // names all steps of the built-in jobs
import { allMeanings } from '../../model/meaning.ts';

const HEAD = '<!-- steps -->\n| step | does |\n| --- | --- |\n';

/** @param glossary docs/glossary.md as it is. @throws if it has no table of steps */
export function withSteps(glossary: string): string {
  const [before, after] = glossary.split(HEAD);
  if (before === undefined || after === undefined) throw new Error('docs/glossary.md: no table of steps');
  const rows = stepRows().map(([steps, words]) => `| ${steps.join(', ')} | ${words} |\n`);
  return `${before}${HEAD}${rows.join('')}${after.slice(after.indexOf('\n\n') + 1)}`;
}

/**
 * Steps with the same words share a row. A custom job has names of its own, and they say no more than they are. In order
 * of the alphabet: names are given when a module is imported, and the order of imports is another in each process.
 */
function stepRows(): [steps: string[], words: string][] {
  const rows = new Map<string, string[]>();
  const meanings = allMeanings();
  const byLabel = stepNames()
    .slice(1)
    .toSorted((a, b) => (a.label < b.label ? -1 : 1));
  for (const name of byLabel) {
    const { words } = meanings[name.index]!;
    if (words === name.label) continue;
    const said = words.replace('{c}', 'cluster 0');
    rows.set(said, [...(rows.get(said) ?? []), `\`${printed(name)}\``]);
  }
  return [...rows].map(([words, steps]) => [steps, words]);
}

const printed = ({ label, at }: StepName): string => (at === 'nothing' ? label : `${label} c0`);
