/** The commands of the documents and of the help, in the folder of a user: the files that they name are in the package. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GOLDEN, type Ran, runHere } from '../testing.ts';

const TRACE = 'traces/gallery/wakeWaiters.trace.yaml';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-packaged-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cowcheck = (...args: string[]): Promise<Ran> => runHere(args, { cwd: folder });

it.each([
  ['explain', TRACE],
  ['replay', TRACE, 'traces/gallery/drainBeforeUnhook.trace.yaml'],
  ['check', '--scenario', TRACE, '--runs', '20', '--workers', '1'],
])('%s reads those of the package, and says so', async (...args) => {
  const { status, err } = await cowcheck(...args);
  expect(status).toBe(0);
  const says = args
    .filter((arg) => arg.startsWith('traces/'))
    .map((path) => `cowcheck: ${path} is not in this directory; reading cowcheck's own: `);
  expect(
    err
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(0, line.indexOf(': ', 10) + 2)),
  ).toEqual(says);
});

it('prefers what is in the folder', async () => {
  mkdirSync(join(folder, dirname(TRACE)), { recursive: true });
  copyFileSync(GOLDEN, join(folder, TRACE));
  expect(await cowcheck('replay', TRACE)).toMatchObject({ status: 0, err: '' });
});

it.each([
  ['shrink', TRACE],
  ['keep', TRACE],
  ['replay', 'docs/api.md'],
  ['replay', 'traces/../package.json'],
])('%s of what is not to be read there finds nothing', async (...args) => {
  expect(await cowcheck(...args)).toEqual({ status: 2, out: '', err: `cowcheck: ${args[1]}: no such file\n` });
  expect(readdirSync(folder)).toEqual([]);
});
