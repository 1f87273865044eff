import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { casesOf } from './cases.ts';
import { hashOf, hashOfOutcome, withoutTimes } from './outcome.ts';

describe('the hash of an outcome', () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cowcheck-baseline-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const hashOfProgram = (body: string): Promise<string> => {
    const program = join(folder, 'program.mjs');
    writeFileSync(program, `import { mkdirSync, writeFileSync } from 'node:fs';\n${body}\n`);
    return hashOfOutcome({ name: 'a program', args: [] }, program, folder, folder);
  };

  test('stays when only times and lines of progress differ', async () => {
    const first = await hashOfProgram(`console.log('{"verdict":"holds","seconds":1.5}');`);
    expect(
      await hashOfProgram(`console.log('{"verdict":"holds","seconds":2.5}'); console.error('cowcheck: 40 % done, 12 schedules');`),
    ).toBe(first);
  });

  test.each([
    ['the output', `console.log('{"verdict":"broken","seconds":1.5}');`],
    ['the exit status', `console.log('{"verdict":"holds","seconds":1.5}'); process.exitCode = 1;`],
    ['a message', `console.log('{"verdict":"holds","seconds":1.5}'); console.error('cowcheck: failure 1');`],
    ['a file', `console.log('{"verdict":"holds","seconds":1.5}'); mkdirSync('out'); writeFileSync('out/a', 'step');`],
  ])('tells a change of %s', async (_, body) => {
    expect(await hashOfProgram(body)).not.toBe(await hashOfProgram(`console.log('{"verdict":"holds","seconds":1.5}');`));
  });

  test('tells apart where one text ends and the next begins', () => {
    expect(hashOf(['ab', 'c'])).not.toBe(hashOf(['a', 'bc']));
  });

  test('leaves text that is no JSON as it is', () => {
    expect(withoutTimes('[the job] seconds 5\n')).toBe('[the job] seconds 5\n');
  });
});

test('the cases have names of their own, and hold all that the tree has', () => {
  const names = casesOf(join(import.meta.dirname, '../..')).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const kind of ['check', 'exhaustive', 'custom job', 'workload', 'replay', 'shrink', 'explain'])
    expect(names.filter((name) => name.startsWith(kind)).length).toBeGreaterThan(1);
});
