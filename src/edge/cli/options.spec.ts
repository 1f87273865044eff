/** Options that change nothing are refused, several modes are taken, and runs are counted where nothing says how long. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GOLDEN, WORKLOAD, runHere } from './testing.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-options-'))));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['rules --seed a', "'--seed' goes with --matrix"],
  ['rules --out a', "'--out' goes with --matrix"],
  [`explain ${GOLDEN} --format md --width 90`, "'--width' is about text, not about --format md"],
  [`explain ${GOLDEN} --json --full`, "'--full' is about text and md, not about --format json"],
  [`explain ${GOLDEN} --json --format svg`, "'--format' does not go with --json"],
  [`shrink ${GOLDEN} --prove-seconds 3`, "'--prove-seconds' goes with --prove"],
  [`replay ${GOLDEN} --binary qemu`, "'--binary' is about traces of a real QEMU, and there is none"],
  [`qemu ${GOLDEN} --runs 5`, "'--runs' is about a search, and traces are run"],
  [`qemu ${GOLDEN} --reporter tap`, "'--reporter' is about a search, and traces are run"],
  [`check --workload ${WORKLOAD} --clusters 3`, "'--clusters' is about scenarios that are drawn, not about a --workload"],
  ['check --json --details', "'--details' is about text, not about --json"],
  ['learn --out here --no-open', "'--no-open' has no effect here: no browser would be opened"],
])('refuses what changes nothing: %s', async (args, says) => {
  const { status, out, err } = await runHere(args.split(' '), { cwd: folder });
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toBe(`cowcheck: option ${says}. See: cowcheck ${args.split(' ', 1)[0]} --help\n`);
});

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

it('has its help in groups, of 80 columns', async () => {
  const { out } = await runHere(['check', '--help']);
  expect(out).toMatch(/\nWhat is checked:\n {2}--mode <modes>/);
  expect(out).not.toContain('default: false');
  for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});
