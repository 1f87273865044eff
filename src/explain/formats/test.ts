/** A trace as a test: a file for a test runner that runs it again with cowcheck's `replay`, and says how it ends. */
import { printable } from '../../trace/printable.ts';
import { writeTrace } from '../../trace/write.ts';
import type { Explanation } from '../explanation.ts';
import { wrap } from '../wrap.ts';

const COMMENT_WIDTH = 100;

export const TEST_RUNNERS = ['vitest', 'jest', 'node'] as const;
export type TestRunner = (typeof TEST_RUNNERS)[number];

/** How a runner's tests are written. */
interface Style {
  readonly imports: string;
  readonly test: string;
  readonly same: (value: string, expected: string) => string;
  /** Behind the body of a test; node:test has no limit of its own. */
  readonly limit: string;
}

/** Vitest and jest give a test 5 seconds, which a busy machine may take. */
const LIMIT = ', 60_000';

const expecting = (module: string): Style => ({
  imports: `import { expect, it } from '${module}';`,
  test: 'it',
  same: (value, expected) => `expect(${value}).toBe(${expected});`,
  limit: LIMIT,
});
const STYLES: Readonly<Record<TestRunner, Style>> = {
  vitest: expecting('vitest'),
  jest: expecting('@jest/globals'),
  node: {
    imports: "import assert from 'node:assert/strict';\nimport { test } from 'node:test';",
    test: 'test',
    same: (value, expected) => `assert.equal(${value}, ${expected});`,
    limit: '',
  },
};

/** Other orders of a small scenario: these are most of them, in a second or two. */
const RUNS = 1_000;

/**
 * @param jobModule of a custom job: how the test imports it; null: the trace is of a built-in job
 * @param runner that will run it
 */
export function testOfExplanation(explanation: Explanation, jobModule: string | null, runner: TestRunner): string {
  const { trace, sentence } = explanation;
  const imported = jobModule === null ? '' : `\nimport job from ${quoted(jobModule)};`;
  const { imports, ...style } = STYLES[runner];
  const tests = testsOf(explanation, jobModule === null ? null : 'job', style);
  const used = ['check', 'replay'].filter((name) => tests.some((test) => test.includes(`${name}(`)));
  return `/**
${wrap(printable(sentence), COMMENT_WIDTH)
  .map((line) => ` * ${line.replaceAll('*/', '* /')}`)
  .join('\n')}
 */
import { ${used.join(', ')} } from 'cowcheck';
${imports}${imported}

const TRACE = ${literal(writeTrace(trace))};

${tests.join('\n')}`;
}

/**
 * What a rule mends is checked with and without it. What its author mends passes once nothing breaks any more: a fix that adds a wait makes
 * the order of the trace impossible, so the order is followed as far as it can be, and other orders of the same scenario are run besides.
 * @param job the name of the imported job; null: a built-in one
 */
function testsOf({ property, rules }: Explanation, job: string | null, { test, same, limit }: Omit<Style, 'imports'>): string[] {
  const testThat = (name: string, body: string): string => `${test}('${name}', () => {\n  ${body}\n}${limit});\n`;
  const replayed = `replay(TRACE, ${job ?? "'correct'"}`;
  if (rules.length > 0)
    return [
      testThat(`breaks ${property}, as the trace says`, same(`${replayed}).outcome`, "'reproduced'")),
      testThat(
        `holds with ${rules.join(' and ')}`,
        same(`${replayed}, { with: [${rules.map(quoted).join(', ')}] }).outcome`, "'holds now'"),
      ),
    ];
  const kept = testThat(`keeps ${property} in the order that broke it`, same(`${replayed}).breaks`, 'null'));
  if (job === null) return [kept];
  return [kept, testThat('holds in other orders of the same scenario', `check(${job}, { scenario: TRACE, runs: ${RUNS}, seed: 'a' });`)];
}

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
