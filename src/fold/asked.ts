/** Where a rule is asked: `rules.name`, wherever the rules came from. */
import ts from 'typescript';

/** How the rules are declared: all of them, or those that one part of the model asks. */
const TYPES = ['Rules', 'RequestPathRules', 'AllocationRules', 'TargetRules'];

export interface Asked {
  readonly rule: string;
  readonly node: ts.PropertyAccessExpression;
}

/** The rule that an expression asks; null if it is something else. */
export function askedBy(node: ts.Node, checker: ts.TypeChecker): Asked | null {
  return ts.isPropertyAccessExpression(node) && areRules(node.expression, checker) ? { rule: node.name.text, node } : null;
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
