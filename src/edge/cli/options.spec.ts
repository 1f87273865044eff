/** Several modes are taken, and runs are counted where nothing says how long. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHere } from './testing.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-options-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const reportOf = async (...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await runHere(['check', ...args, '--seed', 'a', '--workers', '1', '--json'], { cwd: folder })).out);

it('takes several modes, in their own order', async () => {
  const report = await reportOf('--mode', 'top,full', '--runs', '40');
  expect(report).toMatchObject({ verdict: 'holds', options: { mode: 'full,top' } });
  expect(Object.keys((report as { byMode: object }).byMode)).toEqual(['full', 'top']);
});

it('counts runs where nothing says how long, and shares them between families', async () => {
  const without = ['--without', 'copyBeforeWrite', '--prove-seconds', '0'];
  expect(await reportOf(...without)).toMatchObject({ verdict: 'broken', options: { runs: 60_000, seconds: null } });
  expect(await reportOf(...without, '--seconds', '5')).toMatchObject({ verdict: 'broken', options: { runs: null, seconds: 5 } });
});
