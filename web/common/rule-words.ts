/** The words of rules, which the script does not carry (tools/page/bundle.ts): they come with the data, and go into the tables of rules. */
import type { Rule } from '../../model/families/rule.ts';
import type { FamilyName } from '../../model/machine/job-names.ts';
import { rulesOfFamily } from '../../model/machine/jobs.ts';

type Told = Pick<Rule, 'sentence' | 'note' | 'broken'>;

/** By family, and there by name. */
export type RuleWords = Readonly<Record<string, Readonly<Record<string, Told>>>>;

const FAMILIES: readonly FamilyName[] = ['notifier', 'block-copy'];

/** @param names only of these. Absent: of all */
export function wordsOfRules(names?: readonly string[]): RuleWords {
  const toldIn = (family: FamilyName): Record<string, Told> =>
    Object.fromEntries(
      Object.entries(rulesOfFamily(family))
        .filter(([name]) => names?.includes(name) ?? true)
        .map(([name, { sentence, note, broken }]) => [name, { sentence, ...(note && { note }), ...(broken && { broken }) }]),
    );
  return Object.fromEntries(FAMILIES.map((family) => [family, toldIn(family)]));
}

/** From here on rules say what they say elsewhere. */
export function tellRules(words: RuleWords): void {
  for (const family of FAMILIES) {
    const rules = rulesOfFamily(family);
    for (const [name, told] of Object.entries(words[family] ?? {})) Object.assign(rules[name]!, told);
  }
}
