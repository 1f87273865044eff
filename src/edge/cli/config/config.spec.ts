/** What a configuration says, what wins over it, and what is wrong with one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, runHere } from '../testing.ts';
import { wholeProgram } from '../run.ts';
import { configSchemaText } from './schema.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cowcheck-config-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (config: unknown, name = 'cowcheck.config.json'): void =>
  writeFileSync(join(folder, name), typeof config === 'string' ? config : JSON.stringify(config));
const cowcheck = (args: string, env: Record<string, string> = {}): Promise<Ran> => runHere(args.split(' '), { cwd: folder, env });

async function inEffect(args: string, env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { status, out, err } = await cowcheck(`${args} --print-config`, env);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return (JSON.parse(out) as { options: Record<string, unknown> }).options;
}

const CONFIG = {
  check: { runs: 500, mode: 'full', seed: 'file', without: ['wakeWaiters'] },
  profiles: { ci: { check: { runs: 50, reporter: ['junit=a.xml'], faults: true } } },
};

describe('a configuration', () => {
  it('fills in what the command line leaves open: COWCHECK_SEED first, then the profile, then the rest', async () => {
    write(CONFIG);
    expect(await inEffect('check')).toMatchObject({ runs: 500, mode: 'full', seed: 'file', without: ['wakeWaiters'], faults: false });
    const asked = await inEffect('check --profile ci --mode top', { COWCHECK_SEED: 'env' });
    expect(asked).toMatchObject({ runs: 50, mode: 'top', seed: 'env', faults: true, reporter: [{ name: 'junit', file: 'a.xml' }] });
    expect(await inEffect('check --runs 7 --seed here --profile ci', { COWCHECK_SEED: 'env' })).toMatchObject({ runs: 7, seed: 'here' });
  });

  it.each([
    'check --config own.json --profile ci',
    '--config own.json check --profile ci',
    '--profile ci --config own.json check',
    '--profile ci --config=own.json check',
  ])('may be named before the command and behind it: %s', async (args) => {
    write(CONFIG, 'own.json');
    expect(await inEffect(args)).toMatchObject({ runs: 50, mode: 'full', faults: true });
  });

  it.each(['--config none.json check', '--profile check check', '--config cowcheck.config.json --profile ci check'])(
    'that is not there, or is wrong, is never passed over: %s',
    async (args) => {
      write('no JSON');
      const { status, out, err } = await cowcheck(args);
      expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
      expect({ status, out }).toEqual({ status: 2, out: '' });
    },
  );

  it('gives way to options that do not go with what it says', async () => {
    write(CONFIG);
    const asked = await inEffect('check --exhaustive', { COWCHECK_SEED: 'env' });
    expect(asked).toMatchObject({ exhaustive: true, mode: 'full' });
    expect(asked).not.toHaveProperty('runs');
    expect(asked).not.toHaveProperty('seed');
  });

  it('decides what runs', async () => {
    write('export default { check: { runs: 60, mode: "full", workers: 1 } };', 'cowcheck.config.mjs');
    const { status, out } = await cowcheck('check --json --seed a');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ options: { runs: 60, mode: 'full' }, schedules: 60 });
  });

  it.each([
    [{ check: { rnus: 5 } }, 'check: unknown option "rnus" (did you mean "runs"?)'],
    [{ chek: {} }, 'unknown command "chek" (did you mean "check"?)'],
    [{ check: { runs: 0 } }, 'check.runs: Expected a whole number from 1 to 1000000000000.'],
    [{ check: { runs: true } }, 'check.runs: Invalid input'],
    [{ check: { mode: 'most' } }, 'check.mode: '],
    [{ check: { exhaustive: true, runs: 5 } }, 'check.runs: it cannot be used with exhaustive'],
    [{ check: { scenario: 'a.yaml' } }, 'check: unknown option "scenario"'],
    ['{', 'it is not JSON: '],
  ])('is refused in one line: %j', async (config, says) => {
    write(config);
    const { status, out, err } = await cowcheck('check --seconds 1');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^cowcheck: cowcheck\.config\.json: [^\n]+\n$/);
    expect(err).toContain(says);
  });

  it('has the profile that is asked for, and stands alone', async () => {
    write(CONFIG);
    expect((await cowcheck('check --profile nightly')).err).toBe('cowcheck: cowcheck.config.json: unknown profile "nightly"\n');
    write('export default {};', 'cowcheck.config.mjs');
    expect((await cowcheck('check --seconds 1')).err).toMatch(/^cowcheck: cowcheck\.config\.json: cowcheck\.config\.mjs also exists: /);
  });

  it('in TypeScript is refused in one line where node runs none', async () => {
    if ((process.features as { typescript?: unknown }).typescript !== undefined) return;
    write('export default { check: {} as object };', 'cowcheck.config.ts');
    expect((await cowcheck('check --seconds 1')).err).toMatch(
      /^cowcheck: cowcheck\.config\.ts: node 20[^\n]* cannot run TypeScript: [^\n]+\n$/,
    );
  });
});

describe('its JSON Schema', () => {
  const text = readFileSync(new URL('../../../../docs/config.schema.json', import.meta.url), 'utf8');

  it('is the one in docs (npm run docs)', async () => {
    expect(configSchemaText((await wholeProgram()).commands)).toBe(text);
  });

  it('takes what the program takes, and nothing else', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(text) as object);
    expect(validate({ $schema: 'x', ...CONFIG })).toBe(true);
    for (const wrong of [{ check: { rnus: 5 } }, { check: { mode: 'most' } }, { profiles: { ci: { chek: {} } } }])
      expect(validate(wrong)).toBe(false);
  });
});
