/** Functions that always give the same answer: whoever calls one has the answer instead. */
import ts from 'typescript';
import { type Edit, applyEdits, replace } from './edit.ts';
import { type Sources, programOf } from './program.ts';
import { isQuiet } from './simplify.ts';
import { callOf, usesOf } from './unused.ts';
import { declaredIn } from './uses.ts';

export function withoutConstantFunctions(sources: Sources, paths: ReadonlySet<string>): Sources {
  const declared = declaredIn(programOf(sources), paths);
  const edits = new Map<string, Edit[]>();
  for (const { node } of declared.values()) {
    const answer = ts.isFunctionDeclaration(node) ? answerOf(node) : null;
    if (answer === null) continue;
    for (const use of usesOf(node, declared)) {
      const call = callOf(use);
      if (call === undefined || !call.arguments.every(isQuiet)) continue;
      const path = call.getSourceFile().fileName;
      edits.set(path, [...(edits.get(path) ?? []), replace(call, answer)]);
    }
  }
  return new Map([...sources].map(([path, text]) => [path, applyEdits(text, edits.get(path) ?? [])]));
}

/** `true` or `false`, if all that a function does is return it. */
function answerOf({ body }: ts.FunctionDeclaration): string | null {
  const [only] = body?.statements ?? [];
  const answer = body?.statements.length === 1 && only !== undefined && ts.isReturnStatement(only) ? (only.expression?.getText() ?? '') : '';
  return answer === 'true' || answer === 'false' ? answer : null;
}
