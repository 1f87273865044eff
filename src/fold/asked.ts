/** Where a rule is asked: `rules.name`, wherever the rules came from. */
import ts from 'typescript';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { everyName, everyNode } from './program.ts';

/** How the rules are declared: all of them, or those that one part of the model asks. */
const TYPES = ['Rules', 'RequestPathRules', 'AllocationRules', 'TargetRules'];

export interface Asked {
  readonly rule: string;
  readonly node: ts.PropertyAccessExpression;
}

const NAMES: ReadonlySet<string> = new Set(RULE_NAMES);

/** Calls back for each place where a rule is asked. */
export function everyAsked(program: ts.Program, look: (asked: Asked) => void): void {
  const checker = program.getTypeChecker();
  everyName(program, NAMES, (name) => {
    const node = name.parent;
    if (ts.isPropertyAccessExpression(node) && node.name === name && areRules(node.expression, checker)) look({ rule: name.text, node });
  });
}

/** The files that ask a rule, or hand rules on. */
export function filesWithRules(program: ts.Program): ReadonlySet<string> {
  const paths = new Set<string>();
  everyNode(program, (node) => {
    if (isOfRules(node)) paths.add(node.getSourceFile().fileName);
  });
  everyAsked(program, ({ node }) => paths.add(node.getSourceFile().fileName));
  return paths;
}

function areRules(expression: ts.Expression, checker: ts.TypeChecker): boolean {
  const declaration = checker.getSymbolAtLocation(expression)?.declarations?.[0];
  if (declaration === undefined || !ts.isBindingElement(declaration)) return declaration !== undefined && isOfRules(declaration);
  const name = (declaration.propertyName ?? declaration.name).getText();
  const property = checker.getTypeAtLocation(declaration.parent).getProperty(name)?.declarations?.[0];
  return property !== undefined && isOfRules(property);
}

/** Whether it says of itself that it holds the rules. */
export function isOfRules(node: ts.Node): boolean {
  const type =
    ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)
      ? node.type
      : undefined;
  return type !== undefined && ts.isTypeReferenceNode(type) && TYPES.includes(type.typeName.getText());
}
