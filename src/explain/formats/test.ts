/** A trace as a test: a file for vitest that runs it again with cowcheck's `replay`, and says how it ends. */
import { printable } from '../../trace/printable.ts';
import { writeTrace } from '../../trace/write.ts';
import type { Explanation } from '../explanation.ts';
import { wrap } from '../wrap.ts';

const COMMENT_WIDTH = 100;

/** @param jobModule of a custom job: how the test imports it; null: the trace is of a built-in job */
export function testOfExplanation({ trace, property, sentence, rules }: Explanation, jobModule: string | null): string {
  const job = jobModule === null ? "'correct'" : 'job';
  const imported = jobModule === null ? '' : `\nimport job from ${quoted(jobModule)};`;
  return `/**
${wrap(printable(sentence), COMMENT_WIDTH)
  .map((line) => ` * ${line.replaceAll('*/', '* /')}`)
  .join('\n')}
 */
import { replay } from 'cowcheck';
import { expect, it } from 'vitest';${imported}

const TRACE = ${literal(writeTrace(trace))};

${
  rules.length === 0
    ? testThat(`keeps ${property}, which this order broke`, `replay(TRACE, ${job})`, 'holds now')
    : `${testThat(`breaks ${property}, as the trace says`, `replay(TRACE, ${job})`, 'reproduced')}
${testThat(`holds with ${rules.join(' and ')}`, `replay(TRACE, ${job}, { with: [${rules.map(quoted).join(', ')}] })`, 'holds now')}`
}`;
}

const testThat = (name: string, call: string, outcome: string): string => `it('${name}', () => {
  expect(${call}).toMatchObject({ outcome: '${outcome}' });
});
`;

/** Lines of text as the source of that text, whatever is in it. */
function literal(text: string): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${quoted(line)},`);
  return `[\n${lines.join('\n')}\n  '',\n].join('\\n')`;
}

const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
