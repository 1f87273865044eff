/** Mistakes that only the code of a backup can have: about clusters, waits, and what the monitor asks. */
import ts from 'typescript';
import { type Operator, hasYield, replace } from './edits.ts';

const WAITS = /\b(?:wait|drain|park|sleep|hold)\w*\(/i;
const COMMANDS = /\b(?:this|super|call|job)\.(?:enter|setCancelled|endPause|cancel|pause|callEnded)\(/;
const ASKS_FOR_COMMAND = /\bis(?:Cancelled|Paused)/;
const CLUSTER = /^(?:c|cluster|s|sector)$/;

const isWait = (node: ts.Node, source: ts.SourceFile): boolean =>
  ts.isExpressionStatement(node) && hasYield(node) && WAITS.test(node.getText(source));

export const BACKUP_OPERATORS = {
  'a wait dropped': (node, source) => {
    if (ts.isWhileStatement(node)) return isWait(node.statement, source) ? [replace(node, '{}', source)] : [];
    return isWait(node, source) && !ts.isWhileStatement(node.parent) ? [replace(node, '{}', source)] : [];
  },
  'a command lost': (node, source) => {
    const isLost =
      (ts.isExpressionStatement(node) && !hasYield(node) && COMMANDS.test(node.getText(source))) ||
      (ts.isIfStatement(node) && node.elseStatement === undefined && ASKS_FOR_COMMAND.test(node.expression.getText(source)));
    return isLost ? [replace(node, '{}', source)] : [];
  },
  'the cluster before': (node, source) =>
    ts.isCallExpression(node)
      ? node.arguments
          .filter((argument) => ts.isIdentifier(argument) && CLUSTER.test(argument.text))
          .map((argument) => replace(argument, `Math.max(0, ${argument.getText(source)} - 1)`, source))
      : [],
} satisfies Record<string, Operator>;
