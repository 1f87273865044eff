/** `properties` and `skip` of a configuration: asked of built-in and custom jobs by every command that runs them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { CommandHost, type Ran, tracesIn } from '../testing.ts';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/own-job/chunked.mjs', import.meta.url));
const CONFIG = `const oneCopy = {
  name: 'one-copy',
  sentence: 'The target gets at most one cluster.',
  memory: { copies: 'one' },
  after({ by, kind, phase }, { memory }) {
    if (by !== 'copy' || kind === 'read' || phase !== 'complete') return null;
    memory.copies.add(1);
    return memory.copies.get() > 1 ? 'the target got another cluster' : null;
  },
};
export default { properties: [oneCopy], skip: ['progress-adds-up'], check: { workers: 1, proveSeconds: 0, seed: 'a' } };
`;

let folder: string;
let host: CommandHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-asked-'));
  writeFileSync(join(folder, 'cowcheck.config.mjs'), CONFIG);
  writeFileSync(join(folder, 'job.mjs'), readFileSync(EXAMPLE));
  writeFileSync(join(folder, 'none.json'), '{}');
  writeFileSync(join(folder, 'skip.json'), '{"skip":["snapshot-kept"]}');
  host = new CommandHost({ cwd: folder });
});
afterAll(async () => {
  await host.end();
  rmSync(folder, { recursive: true });
});

const cowcheck = (args: string): Promise<Ran> => host.run(args.split(' '));

it('are searched, told, replayed, explained and made small', { timeout: 300_000 }, async () => {
  const { status, out } = await cowcheck(
    'check --job qemu-11.1 --mode full --runs 300 --clusters 4 --cluster-sectors 1 --writes 1 --out a --json',
  );
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    failures: [{ property: 'one-copy', sentence: expect.stringContaining('The target gets at most one cluster.') }],
    options: { properties: ['one-copy'], skip: ['progress-adds-up'] },
  });
  const [name] = tracesIn(join(folder, 'a'));
  expect((await cowcheck(`replay a/${name}`)).out).toMatch(/^reproduced /);
  if (sized(false, true)) expect((await cowcheck(`shrink a/${name} --out b --json`)).status).toBe(0);
  expect((await cowcheck(`explain a/${name}`)).out).toMatch(/The target gets at most\s+one\s+cluster\./);
  expect(await cowcheck(`replay a/${name} --config none.json`)).toMatchObject({
    status: 2,
    err: expect.stringMatching(
      /^cowcheck: a\/[^\n]+: the property "one-copy", which this trace breaks, does not belong to a built-in job: add it to [^\n]+\n$/,
    ),
  });
});

const SMALL = '--mode full --clusters 2 --cluster-sectors 1 --writes 1';

it('are in words, and break in an exhaustive search', { timeout: 300_000 }, async () => {
  const { status, out } = await cowcheck(`check --exhaustive ${SMALL} --kinds write --out c`);
  expect(status).toBe(1);
  expect(out).toContain('also checked: one-copy\n          not checked: progress-adds-up\n');
  expect(out).toContain('property one-copy is broken in mode FULL');
});

it('are asked of a custom job as well', { timeout: 300_000 }, async () => {
  const { out } = await cowcheck(`check --job job.mjs ${SMALL} --runs 20 --out d --json`);
  expect(JSON.parse(out)).toMatchObject({ failures: [{ property: 'one-copy' }] });
});

it('may only be names of properties that are not asked, in JSON too', async () => {
  const broken = 'check --mode full --without copyBeforeWrite --runs 60 --seed a --workers 1 --prove-seconds 0 --out e --json';
  expect(JSON.parse((await cowcheck(`${broken} --config none.json`)).out)).toMatchObject({ verdict: 'broken' });
  expect(JSON.parse((await cowcheck(`${broken} --config skip.json`)).out)).toMatchObject({ verdict: 'holds' });
});

it.each([
  ['{"skip":["always-finishes"]}', 'skip.0: '],
  ['{"properties":[{"name":"a"}]}', '"properties": "a": "sentence" must be one line that says what must hold'],
])('are refused in one line: %s', async (text, says) => {
  writeFileSync(join(folder, 'wrong.json'), text);
  const { status, out, err } = await cowcheck('check --config wrong.json');
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(/^cowcheck: wrong\.json: [^\n]+\n$/);
  expect(err).toContain(says);
});

it('are not what other machines have', async () => {
  const { status, err } = await cowcheck('check --on redis://127.0.0.1:1 --runs 5');
  expect({ status, err }).toEqual({
    status: 2,
    err:
      `cowcheck: option '--on' cannot be used with "properties" or "skip" of cowcheck.config.mjs: ` +
      'other machines do not have that file. See: cowcheck check --help\n',
  });
});
