import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from '../testing.ts';

/** Makes node answer as it does where nobody has installed TypeScript. */
const HOOK = `export async function resolve(name, context, next) {
  if (name !== 'typescript') return next(name, context);
  throw Object.assign(new Error("Cannot find package 'typescript'"), { code: 'ERR_MODULE_NOT_FOUND' });
}`;
const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const WITHOUT_TYPESCRIPT = ['--import', dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOK))});`)];

const page = (job: string): string => readFileSync(fileURLToPath(new URL(`../../../../docs/jobs/${job}.ts`, import.meta.url)), 'utf8');

describe('rules --show, where TypeScript is not installed', { timeout: 120_000, concurrent: true }, () => {
  it('prints the job of a release', async () => {
    const ran = await run(['rules', '--show', 'qemu-1.6'], { node: WITHOUT_TYPESCRIPT });
    expect(ran).toEqual({ status: 0, out: page('qemu-1.6'), err: '' });
  });

  it('says in one line what other rules need', async () => {
    const ran = await run(['rules', '--show', 'correct', '--without', 'wakeWaiters'], { node: WITHOUT_TYPESCRIPT });
    expect(ran).toEqual({
      status: 2,
      out: '',
      err: 'cowcheck: --show with --with or --without requires TypeScript 6: npm install typescript@6\n',
    });
  });
});
