/** docs/api.md: its first job, pasted with its test, fails as it says, and holds once it is fixed as it says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Job, check } from '../index.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
const CODE = [...DOCUMENT.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!);
const [job = '', test = '', mended = ''] = CODE;
const property = CODE.find((code) => code.startsWith('const cancelIsPrompt'))!;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-api-doc-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function pasted(name: string, code: string): Promise<Job> {
  const path = join(folder, name);
  writeFileSync(path, code);
  return ((await import(/* @vite-ignore */ path)) as { default: Job }).default;
}

describe('the first job of docs/api.md', () => {
  it('fails in the test beside it', async () => {
    expect(test).toContain("check(job, { seed: 'a' });");
    const first = await pasted('my-job.mjs', job);
    const failed = expect(() => check(first, { seed: 'a' }));
    failed.toThrow(expect.objectContaining({ name: 'CheckFailure', property: 'snapshot-kept' }));
  });

  it('holds with the other copy', async () => {
    const from = job.indexOf('function* copy');
    expect(from).toBeGreaterThan(0);
    const second = await pasted('mended.mjs', job.slice(0, from) + mended);
    expect(check(second, { seed: 'a' })).toMatchObject({ schedules: 300 }); // as the document has it: with no clock
  });

  it('has a property that is the one of the example', () => {
    const example = readFileSync(join(ROOT, 'examples/own-job/prompt.mjs'), 'utf8');
    const lines = property.split('\n').slice(0, property.split('\n').indexOf('};') + 1);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.length).toBeLessThanOrEqual(15);
    expect(example).toContain(lines.join('\n'));
  });
});
