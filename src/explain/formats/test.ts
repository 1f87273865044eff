/** A trace as a test: a file for vitest that needs nothing but the command, and says how the trace ends. */
import { printable } from '../../trace/printable.ts';
import { writeTrace } from '../../trace/write.ts';
import type { Explanation } from '../explanation.ts';
import { wrap } from '../wrap.ts';

const COMMENT_WIDTH = 100;

export function testOfExplanation({ trace, property, sentence, rules }: Explanation): string {
  const withRules = rules.flatMap(({ name }) => ['--with', name]);
  const held =
    withRules.length === 0
      ? ''
      : `
it('holds with ${rules.map(({ name }) => name).join(' and ')}', () => {
  expect(replayed(${withRules.map((word) => `'${word}'`).join(', ')})).toBe('holds now');
});
`;
  return `/**
${wrap(printable(sentence), COMMENT_WIDTH)
  .map((line) => ` * ${line.replaceAll('*/', '* /')}`)
  .join('\n')}
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const TRACE = ${literal(writeTrace(trace))};

/** How the trace ends: \`reproduced\`, \`holds now\` or \`diverged\`. */
function replayed(...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-'));
  try {
    const file = join(folder, 'kept.trace.yaml');
    writeFileSync(file, TRACE);
    const { stdout, stderr } = spawnSync('npx', ['--no-install', 'cowcheck', 'replay', file, '--json', ...options], \
{ encoding: 'utf8', shell: false });
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as [{ outcome: string }])[0].outcome;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('${withRules.length === 0 ? `keeps ${property}, which this order broke` : `breaks ${property}, as the trace says`}', () => {
  expect(replayed()).toBe('${withRules.length === 0 ? 'holds now' : 'reproduced'}');
});
${held}`;
}

/** Lines of text as the source of that text, whatever is in it. */
function literal(text: string): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map(
      (line) => `  ${JSON.stringify(line).replaceAll(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)},`,
    );
  return `[\n${lines.join('\n')}\n  '',\n].join('\\n')`;
}
