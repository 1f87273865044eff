/** An explanation for other tools; the contract is docs/command.md. */
import type { Explanation } from '../explanation.ts';

export function jsonOfExplanation(explanation: Explanation, path: string): object {
  const {
    property,
    mode,
    sector,
    cluster,
    expected,
    got,
    shape,
    sentence,
    guilty,
    order,
    passing,
    correct,
    rows,
    slice,
    detail,
    preemptions,
    rules,
    trace,
  } = explanation;
  return {
    trace: path,
    property,
    mode: mode.toLowerCase(),
    detail,
    shape,
    sentence,
    sector,
    cluster,
    expected,
    got,
    step: rows.length,
    preemptions,
    guiltySteps: guilty,
    missingOrder: order,
    nearestPassing: passing,
    correct: correct === null ? null : { parts: correct.parts, impossible: correct.impossible, breaks: correct.breaks },
    rules,
    minimal: trace.minimal,
    slice,
    steps: rows.map(({ n, who, what, saw, state }) => ({ n, who, what, saw, ...(state === null ? {} : { state }) })),
  };
}
