/** Test suites of strangers: each runner that people have, with a custom job that holds and one that fails. */

export interface Suite {
  readonly name: string;
  /** Packages besides cowcheck, with their versions. */
  readonly packages: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** What runs the suite. */
  readonly command: readonly [program: string, ...args: string[]];
}

/** Copied out of the package by each suite. */
const LOAD = `import { check, CheckFailure } from 'cowcheck';
import holds from './node_modules/cowcheck/examples/own-job/chunked.mjs';
import fails from './node_modules/cowcheck/examples/own-job/forgetful.mjs';
`;
const HOLDS = `check(holds, { runs: 300, seed: 'a' });`;
const FAILS = `check(fails, { runs: 300, seed: 'a' })`;
/** On a machine that is busy with other work. */
const LIMIT_MS = 60_000;
const EXPECTED = `${LOAD}
it('holds', () => { ${HOLDS} }, ${LIMIT_MS});
it('fails', () => {
  expect(() => ${FAILS}).toThrow(CheckFailure);
  expect(() => ${FAILS}).toThrow('snapshot-kept is broken');
}, ${LIMIT_MS});
`;

export const SUITES: readonly Suite[] = [
  ...['3.2.4', '4.1.12'].map((version): Suite => ({
    name: `vitest ${version}`,
    packages: [`vitest@${version}`],
    files: { 'job.spec.mjs': `import { expect, it } from 'vitest';\n${EXPECTED}` },
    command: ['npx', 'vitest', 'run'],
  })),
  {
    name: 'jest, ESM',
    packages: ['jest@30.5.2'],
    files: { 'job.test.mjs': EXPECTED, 'jest.config.json': '{"testMatch":["**/job.test.mjs"],"transform":{}}' },
    command: ['node', '--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
  },
  {
    name: 'node:test',
    packages: [],
    files: {
      'job.test.mjs': `import assert from 'node:assert';\nimport { it } from 'node:test';\n${LOAD}
it('holds', () => { ${HOLDS} });
it('fails', () => assert.throws(() => ${FAILS}, CheckFailure));
`,
    },
    command: ['node', '--test'],
  },
  {
    name: 'require',
    packages: [],
    files: {
      'job.cjs': `const assert = require('node:assert');
const { check, CheckFailure } = require('cowcheck');
const holds = require('./node_modules/cowcheck/examples/own-job/chunked.mjs').default;
const fails = require('./node_modules/cowcheck/examples/own-job/forgetful.mjs').default;
${HOLDS}
assert.throws(() => ${FAILS}, CheckFailure);
console.log('both as expected');
`,
    },
    command: ['node', 'job.cjs'],
  },
];
