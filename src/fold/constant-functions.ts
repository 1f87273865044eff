/** Functions that always give the same answer: each call of one becomes the answer. */
import ts from 'typescript';
import { type Edit, applyEdits, replace } from './edit.ts';
import { type Sources, changed, everyNode, programOf } from './program.ts';
import { isQuiet } from './simplify.ts';
import { callOf, usesOf } from './unused.ts';
import { declaredIn } from './uses.ts';

export function withoutConstantFunctions(sources: Sources, paths: ReadonlySet<string>): Sources {
  const program = programOf(sources);
  const answers = new Map<ts.Node, string>();
  const names = new Set<string>();
  everyNode(program, (node) => {
    const answer = ts.isFunctionDeclaration(node) && paths.has(node.getSourceFile().fileName) ? answerOf(node) : null;
    if (answer === null) return;
    answers.set(node, answer);
    names.add((node as ts.FunctionDeclaration).name!.text);
  });
  if (answers.size === 0) return sources;
  const declared = declaredIn(program, paths, names);
  const edits = new Map<string, Edit[]>();
  for (const [node, answer] of answers) {
    for (const call of usesOf(node, declared).map(callOf)) {
      if (call === undefined || !call.arguments.every(isQuiet)) continue;
      const path = call.getSourceFile().fileName;
      edits.set(path, [...(edits.get(path) ?? []), replace(call, answer)]);
    }
  }
  return changed(sources, (text, path) => applyEdits(text, edits.get(path) ?? []));
}

/** `true` or `false`, if all that a function does is return it. */
function answerOf({ body }: ts.FunctionDeclaration): string | null {
  const [only] = body?.statements ?? [];
  const answer =
    body?.statements.length === 1 && only !== undefined && ts.isReturnStatement(only) ? (only.expression?.getText() ?? '') : '';
  return answer === 'true' || answer === 'false' ? answer : null;
}
