import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { VARIANT_NAMES } from '../../../scenarios/scope/scope.ts';
import { readTrace } from '../../../trace/read.ts';
import type { Flags } from '../io/flags.ts';
import { refusal } from './exhaustive.ts';
import { duration } from '../io/terminal.ts';
import { INTERRUPTED, type Ran, TELLS_LISTENING, UNFINISHED, run, runHere, tracesIn } from '../testing.ts';
import { memory } from '../io/usage.ts';

type Json = Record<string, unknown>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-prove-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** With one worker, if nothing else is said: each warms up for itself. */
const prove = (...args: string[]): Promise<Ran> => runHere(['check', '--exhaustive', '--workers', '1', ...args], { cwd: folder });

async function proveJson(...args: string[]): Promise<{ status: number | null; report: Json }> {
  const { status, out } = await prove('--json', ...args);
  expect(out).toMatch(/^\{[^\n]+\}\n$/);
  return { status, report: JSON.parse(out) as Json };
}

describe('check --exhaustive', { timeout: 180_000 }, () => {
  const clusters = sized(1, 2);
  const COUNTS = sized(
    { scenarios: 434 + 862 + 434, canonicalScenarios: 258 + 510 + 258 },
    { scenarios: 5_182 + 19_854 + 5_182, canonicalScenarios: 2_766 + 10_542 + 2_766 },
  );

  it(`proves that all three modes hold with up to ${clusters} clusters and two requests`, async () => {
    const { status, report } = await proveJson(...sized(['--clusters', '1'], []));
    // Golden: other numbers are another scope, which is for the changelog to explain. How many states there are depends on the reductions.
    expect(report).toMatchObject({
      verdict: 'holds',
      complete: true,
      ...COUNTS,
      failures: [],
      marks: {},
    });
    expect(status).toBe(0);
    const { states, steps, byMode, scope, collisionBound, options } = report as {
      states: number;
      steps: number;
      byMode: Record<string, { states: number; verdict: string }>;
      scope: string;
      collisionBound: number;
      options: Json;
    };
    expect(Object.entries(byMode).map(([mode, { verdict }]) => [mode, verdict])).toEqual([
      ['full', 'holds'],
      ['top', 'holds'],
      ['none', 'holds'],
    ]);
    expect(Object.values(byMode).reduce((sum, mode) => sum + mode.states, 0)).toBe(states);
    expect(steps).toBeGreaterThanOrEqual(states);
    expect(collisionBound).toBeGreaterThan(0);
    expect(collisionBound).toBeLessThan(1e-6);
    expect(scope).toMatch(
      new RegExp(
        String.raw`^FULL: every disk of 0 to [24] sectors in clusters of 2 sectors, .*\. TOP: .*\. NONE: .*\. ` +
          String.raw`In each case: every schedule.*per cluster.*\. Not covered: `,
      ),
    );
    expect(scope).toContain(`FULL: every disk of 0 to ${2 * clusters} sectors`);
    expect(options).toEqual({
      mode: 'all',
      job: 'correct',
      without: [],
      wake: 'any',
      effects: 'cluster',
      exhaustive: true,
      seconds: null,
      memory: 2 ** 31,
      clusters,
      clusterSectors: 2,
      writes: 2,
      kinds: ['write', 'zero', 'discard', 'read', 'flush'],
      variants: ['plain'],
      faults: false,
      keepGoing: false,
    });
    expect(report['bound']).toBeUndefined(); // that is for searches at random
  });

  it('says in words what it has proven', async () => {
    const { status, out, err } = await prove('--mode', 'none', '--clusters', '1', '--writes', '1', '--variants', 'reader');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^cowcheck {2}every schedule of every scenario, up to 1 cluster of 2 sectors, 1\n {10}guest request\n/);
    expect(out).toMatch(/\n +scenarios +searched +states\n {2}NONE +holds +8 +8 +\d+\n/);
    expect(out).toMatch(/\nProved: no property is broken\.\n {2}NONE, reader: every disk of 0 to 2 sectors/);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('one reader of the point in time, and at most 0 guest requests');
    expect(out).toMatch(/the probability that a collision hid\s+a failure is below \de-\d+/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is the same for one worker and for two, apart from the clock, and finds each cause once', async () => {
    const scope = ['--clusters', '1', '--writes', sized('1', '2'), '--mode', sized('full,none', 'all')];
    const rules = ['--without', 'copyBeforeWrite', '--without', 'cancelWakesParkedJob'];
    const args = [...scope, ...rules, '--keep-going', ...sized(['--prove-seconds', '0'], [])];
    const [one, two] = await Promise.all(['1', '2'].map((workers) => proveJson(...args, '--workers', workers, '--out', 'same')));
    const timeless = ({ status, report }: { status: number | null; report: Json }): Json => ({
      ...report,
      status,
      seconds: 0,
      started: '',
      duration: 0,
    });
    expect(timeless(two!)).toEqual(timeless(one!));
    expect(one!.report).toMatchObject({
      verdict: 'broken',
      complete: true,
      byMode: { full: { verdict: 'broken' }, none: { verdict: 'broken' } },
    });
    expect(one!.status).toBe(1);
    const failures = one!.report['failures'] as { mode: string; property: string; cause: string[]; trace: string }[];
    const keys = failures.map(({ mode, property, cause }) => `${mode} ${property} ${cause.join()}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of ['full snapshot-kept copyBeforeWrite', 'none always-finishes cancelWakesParkedJob']) expect(keys).toContain(key);
    const traces = tracesIn(join(folder, 'same')).map((name) => readTrace(readFileSync(join(folder, 'same', name), 'utf8')));
    expect(traces.map(({ found }) => found!.strategy)).toEqual(traces.map(() => 'exhaustive'));
    expect(await runHere(['replay', ...failures.map(({ trace }) => trace)], { cwd: folder })).toMatchObject({ status: 0 });
  });

  it('searches the variants that were asked for, where they mean something', async () => {
    const { report } = await proveJson(
      '--clusters',
      '1',
      '--writes',
      '1',
      '--variants',
      'reader,half',
      '--faults',
      ...sized(['--kinds', 'write'], []),
    );
    expect(report).toMatchObject({ verdict: 'holds', options: { variants: ['half', 'fault', 'reader'], faults: true } });
    expect((report['scope'] as string).match(/(FULL|TOP|NONE), \w+/g)).toEqual([
      'FULL, half',
      'TOP, half',
      'NONE, half',
      'FULL, fault',
      'TOP, fault',
      'NONE, fault',
      'NONE, reader',
    ]);
  });
});

describe('check --exhaustive without an end', { timeout: 120_000 }, () => {
  const LARGE = ['--clusters', '3', '--writes', '3'];

  it.each([
    ['the memory is full', ['--memory', '1M', '--workers', sized('1', '2'), '--effects', 'sector'], 'the states of a scenario did not fit'],
    ['the time is over', ['--seconds', '0.5'], 'time ran out'],
  ])('says so: %s', async (_, args, says) => {
    const { status, out } = await prove(...LARGE, ...args);
    expect(out).toContain(`Unfinished: ${says}`);
    expect(out).toMatch(/ {2}FULL +unfinished +[\d,]+ +[\d,]+ +[\d,]+\n/);
    expect(out).not.toContain('Proved');
    expect(status).toBe(UNFINISHED);
  });

  it('ends with what it has when it is interrupted', async () => {
    const { status, out } = await run(['check', '--exhaustive', ...LARGE, '--json'], {
      cwd: folder,
      node: TELLS_LISTENING,
      interrupt: { at: /listening/, signal: 'SIGINT' },
    });
    expect(status).toBe(INTERRUPTED);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'unfinished', complete: false, failures: [] });
  });
});

describe('check --exhaustive with bad usage', { timeout: 60_000, concurrent: true }, () => {
  const REFUSED: readonly [args: string, says: RegExp][] = [
    ['--exhaustive --runs 5', /^options '--exhaustive' and '--runs' cannot be used together\. /],
    ['--exhaustive --variants plain,haf', /^invalid value 'plain,haf' for '--variants' \(did you mean 'half'\?\)\. See: /],
    ['--memory 1G', /^option '--memory' requires --exhaustive\. /],
  ];

  it.each(REFUSED)('refuses %s', async (args, says) => {
    const { status, out, err } = await runHere(['check', ...args.split(' ')], { cwd: folder });
    expect(err).toMatch(/^cowcheck: [^\n]+ See: cowcheck check --help\n$/);
    expect(err.slice('cowcheck: '.length)).toMatch(says);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  const flags: Flags = {
    mode: 'all',
    job: 'correct',
    without: [],
    wake: 'any',
    strategy: 'portfolio',
    exhaustive: true,
    clusterSectors: 2,
    faults: false,
    workers: 1,
    keepGoing: false,
    proveSeconds: 60,
    details: false,
    out: '',
    json: true,
    reporter: [],
    quiet: false,
    verbose: false,
    color: false,
  };

  it.each<[Partial<Flags>, RegExp | null]>([
    [{}, null],
    [{ clusters: 3, writes: 3, variants: [...VARIANT_NAMES] }, null],
    [{ exhaustive: false }, null],
    [{ exhaustive: false, variants: ['half'] }, /^option '--variants' requires --exhaustive$/],
    [
      { variants: ['plain', 'reader'], mode: 'full' },
      /^the variant 'reader' has no scenarios in this mode and with these sizes: choose larger sizes or another mode$/,
    ],
    [{ variants: [...VARIANT_NAMES], mode: 'full' }, null], // all that there are
    [{ variants: ['half'], clusterSectors: 3 }, /^the variant 'half' has no scenarios /],
    [{ variants: ['dependencies'], writes: 1 }, /^the variant 'dependencies' has no scenarios /],
    [{ clusters: 20 }, /^a scope of [\d,]+ scenarios is too large: /],
    [{ writes: 8 }, /^a scope of [\d,]+ scenarios is too large: /],
    [{ clusters: 1, clusterSectors: 1, writes: 25 }, /^an exhaustive search allows at most 24 --writes$/],
  ])('takes or refuses %o', (more, says) => {
    const wrong = refusal({ ...flags, ...more });
    if (says === null) expect(wrong).toBeNull();
    else expect(wrong).toMatch(says);
  });

  it('takes an amount of memory with its unit', () => {
    expect(['1M', '512M', '4G', '16G', '48G'].map(memory)).toEqual([2 ** 20, 2 ** 29, 2 ** 32, 2 ** 34, 48 * 2 ** 30]);
    for (const text of ['0M', '49G', '2', '2g', '1.5G', '-1G', ''])
      expect(() => memory(text), text).toThrow('Expected an amount of memory from 1M to 48G');
  });
});

describe('a duration', () => {
  it('is told in the unit that people would use', () => {
    expect([0.4, 89, 91, 3_600, 5_340, 7_200, 1e7].map(duration)).toEqual(['0 s', '89 s', '2 min', '60 min', '89 min', '2 h', '2,778 h']);
  });
});
