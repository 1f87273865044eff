/**
 * Folds a set of rules into the sources of the model: each question for a rule becomes its answer, and
 * what follows from that is drawn out. A partial evaluator, as small as the model lets it be; what is
 * left keeps its formatting and its comments. (What eliminates dead code in bundlers and Babel prints
 * the whole file anew, without types or comments.)
 */
import type { RuleName } from '../../model/families/notifier/rules.ts';
import { everyAsked, filesWithRules } from './asked.ts';
import { tidied } from './comments.ts';
import { withoutConstantFunctions } from './constant-functions.ts';
import { applyEdits, replace } from './edit.ts';
import { type Sources, changed, programOf } from './program.ts';
import { simplify } from './simplify.ts';
import { withoutUnused } from './unused.ts';

/** @param without the rules that are off; all others are on */
export function fold(sources: Sources, without: readonly RuleName[]): Sources {
  const answered = withAnswers(sources, without);
  const asking = filesWithRules(programOf(sources));
  const inAsking = (all: Sources, change: (text: string) => string): Sources =>
    changed(all, (text, path) => (asking.has(path) ? change(text) : text));

  let folded = inAsking(answered, simplify);
  for (;;) {
    const next = inAsking(withoutConstantFunctions(withoutUnused(folded, sources, asking), asking), simplify);
    if (areSame(folded, next)) return inAsking(folded, tidied);
    folded = next;
  }
}

const areSame = (a: Sources, b: Sources): boolean => [...a].every(([path, text]) => b.get(path) === text);

function withAnswers(sources: Sources, without: readonly string[]): Sources {
  const program = programOf(sources);
  const answers = new Map<string, ReturnType<typeof replace>[]>();
  everyAsked(program, ({ rule, node }) => {
    const path = node.getSourceFile().fileName;
    answers.set(path, [...(answers.get(path) ?? []), replace(node, String(!without.includes(rule)))]);
  });
  return new Map([...sources].map(([path, text]) => [path, applyEdits(text, answers.get(path) ?? [])]));
}
