/** What docs/ci.md has people paste: its files are well-formed, and their commands do what they are pasted for. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CommandHost } from './testing.ts';

const ROOT = join(import.meta.dirname, '../../..');
const TEXT = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');

const blocksOf = (language: string): string[] =>
  [...TEXT.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, block]) => block!);
const [github, gitlab] = blocksOf('yaml') as [string, string];
const [jenkins] = blocksOf('groovy') as [string];

const lines = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('npx cowcheck '));
const COMMANDS: readonly (readonly [where: string, command: string])[] = [
  ...(parse(github) as { jobs: { check: { steps: { run?: string }[] } } }).jobs.check.steps
    .flatMap(({ run = '' }) => lines(run))
    .map((command) => ['GitHub', command] as const),
  ...(parse(gitlab) as { cowcheck: { script: string[] } }).cowcheck.script.flatMap(lines).map((command) => ['GitLab', command] as const),
  ...[...jenkins.matchAll(/sh '(npx cowcheck [^']*)'/g)].map(([, command]) => ['Jenkins', command!] as const),
];

let folder: string;
let host: CommandHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-ci-'));
  host = new CommandHost({ cwd: folder });
  copyFileSync(join(ROOT, 'examples/own-job/chunked.mjs'), join(folder, 'chunked.mjs'));
  copyFileSync(join(ROOT, 'examples/own-job/forgetful.mjs'), join(folder, 'my-job.mjs'));
});
afterAll(async () => {
  await host.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('a recipe for CI', () => {
  it('is there for each of three services', () => {
    expect(COMMANDS.map(([where]) => where)).toEqual(['GitHub', 'GitLab', 'Jenkins']);
  });

  it.each(COMMANDS)('writes the reports that %s is given, of a job that fails', async (_, command) => {
    const [, , ...args] = command.replace(/--runs \d+/, '--runs 64 --seed spec --workers 1 --prove-seconds 0').split(/\s+/);
    const { status, err } = await host.run(args);
    expect({ status, err: status === 1 ? '' : err }).toEqual({ status: 1, err: '' });
    for (const [, file] of command.matchAll(/=(cowcheck\.\w+)/g)) {
      expect(readFileSync(join(folder, file!), 'utf8').length).toBeGreaterThan(500);
      expect(TEXT).toMatch(new RegExp(`(_file: |\n +|junit: |, |junit ')${file!.replace('.', String.raw`\.`)}`));
    }
    expect(existsSync(join(folder, 'cowcheck-traces'))).toBe(true);
  });
});
