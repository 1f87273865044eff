import { InvalidArgumentError } from 'commander';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rulesBrokenIn, rulesOff } from '../../../model/families/notifier/eras.ts';
import { defectsOf, historyOf } from '../../../model/families/history.ts';
import { RULES, RULE_NAMES, type RuleName } from '../../../model/families/notifier/rules.ts';
import type { Rule } from '../../../model/families/rule.ts';
import { MARKS } from '../../../properties/situations.ts';
import { oneIn, sized } from '../../../tools/nightly/testing.ts';
import { wrap } from '../../explain/wrap.ts';
import { Tally } from '../../search/campaign/tally.ts';
import { readTrace } from '../../trace/read.ts';
import { type Report, reportJson } from './reports/report.ts';
import { count, painter, plural } from './io/terminal.ts';
import {
  CONTROL,
  FASTER,
  GOLDEN,
  type How,
  INTERRUPTED,
  type Ran,
  TELLS_LISTENING,
  UNFINISHED,
  WORKLOAD,
  run,
  runHere,
  tracesIn,
} from './testing.ts';
import { ruleNames, seconds, wholeNumber } from './io/usage.ts';

/** Runs the command in a folder of its own, inside this process. */
const cowcheck = (...args: readonly string[]): Promise<Ran> => runHere(args, { cwd: folder });
/** The same as a process of its own: for what only a process has. */
const asProcess = (args: readonly string[], how: How = {}): Promise<Ran> => run(args, { cwd: folder, ...how });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Bad usage and bad input: status 2, nothing on standard output, and one line that says what is wrong. */
function expectRefused({ status, out, err }: Ran, says: RegExp): void {
  expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
  expect(err).not.toMatch(CONTROL);
  expect(err.slice('cowcheck: '.length)).toMatch(says);
  expect({ status, out }).toEqual({ status: 2, out: '' });
}

const search = (...more: string[]): string[] => ['check', '--workers', '1', '--seed', 'spec', ...more];

describe('cowcheck', { timeout: 120_000 }, () => {
  it('checks all three modes, says what was found, and how to go on', async () => {
    const { status, out, err } = await asProcess(search('--runs', '600'));
    expect(err).toMatch(/^(cowcheck: \d+ % done, [^\n]+\n)*$/); // after five seconds, on a slow machine
    expect(status).toBe(0);
    expect(out).toMatch(/^cowcheck {2}up to 4 clusters of 2 sectors, up to 3 guest requests; I\/O takes\n {10}effect per sector\n/);
    expect(out).toContain('strategy portfolio, wake order any, seed spec');
    for (const mode of ['FULL ', 'TOP  ', 'NONE ']) expect(out).toContain(`  ${mode} holds               200 schedules`);
    expect(out).toMatch(/\d+ of 45 situations met that a good search must meet/);
    expect(out).toMatch(/600 schedules of 75 scenarios in [\d.]+ s, [\d,]+\/s/);
    expect(out).toContain('No property was broken. With 95 % confidence fewer than 1 in 200 schedules');
    expect(out).toContain('It is evidence, not a proof.');
    expect(out).toContain('npx cowcheck rules');
  });

  it('shows what broke, how, why, and how to go on, and keeps the trace', async () => {
    const out = join(folder, 'four-blocks');
    const ran = await cowcheck(
      ...search(
        '--runs',
        '2000',
        '--mode',
        'full',
        '--without',
        'waitForOverlappingCopies',
        '--effects',
        'cluster',
        '--prove-seconds',
        '0',
        '--out',
        out,
      ),
    );
    expect(ran.status).toBe(1);
    const [name] = tracesIn(out);
    expect(name).toMatch(/^full-waitForOverlappingCopies-[0-9a-f]{8}\.trace\.yaml$/);
    expect(ran.out).toMatch(/FULL {2}BROKEN +\d+ schedules/);
    expect(ran.out).toMatch(/1\. copies-no-more is broken in mode FULL: \d+ steps, \d preemptions?\n/); // what
    expect(ran.out).toMatch(/Why: g1 stored sector 0 at step \d+ although the job's copy had\s+stored it/); // why, in one sentence
    expect(ran.out).toMatch(/ {3} {3}step +job +g\d +source +target +bit +shows\n {3} +1 +start T0, hook linked/); // how
    expect(ran.out).toMatch(/ {3}Rule +waitForOverlappingCopies: /);
    for (const next of [
      `cowcheck replay ${join(out, name!)}\n`,
      `cowcheck replay ${join(out, name!)} --with waitForOverlappingCopies\n`,
      `cowcheck explain ${join(out, name!)} --compare correct\n`,
      `cowcheck keep ${join(out, name!)}\n`,
    ])
      expect(ran.out).toContain(next); // next
    for (const line of ran.out.split('\n').slice(1)) if (!line.includes('npx cowcheck')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('help', { timeout: 120_000 }, () => {
  it('comes with the exit statuses, and with examples', async () => {
    const { status, out, err } = await cowcheck('--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^Usage: cowcheck \[options\] \[command\]\n/);
    expect(out).toContain('Examples:\n  cowcheck check ');
    expect(out).toContain('Exit status: 0 holds, 1 a property is broken, 2 bad usage or unreadable input,\n3 unfinished');
    expect(await cowcheck('help')).toEqual({ status, out, err });
  });

  it.each(['check', 'explain', 'replay', 'shrink', 'keep', 'learn'])('of %s has examples that begin with the command', async (command) => {
    const { status, out, err } = await cowcheck(command, '--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: cowcheck ${command} `));
    expect(out).toMatch(new RegExp(`Examples?:\n {2}cowcheck ${command}\\b`));
    expect(out).toContain('Options:');
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(90);
  });

  it.each(['rules', 'bench'])('of %s has examples, too', async (command) => {
    expect((await cowcheck(command, '--help')).out).toMatch(new RegExp(`Examples?:\n {2}cowcheck ${command}`));
  });

  it('comes without a command as well, but that is no success', async () => {
    const { status, out, err } = await cowcheck();
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^Usage: cowcheck/);
  });

  it('knows the version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await cowcheck('--version')).toEqual({ status: 0, out: `${version}\n`, err: '' });
  });
});

describe('bad usage', { timeout: 120_000 }, () => {
  const REFUSED: readonly [args: string, says: RegExp][] = [
    ['chek', /^unknown command 'chek' \(Did you mean check\?\)\. See: cowcheck --help\n$/],
    ['help chek', /^unknown command 'chek' \(Did you mean check\?\)\. See: cowcheck --help\n$/],
    ['--jsn', /^unknown option '--jsn'\. See: cowcheck --help\n$/],
    ['check --run 5', /^unknown option '--run' \(Did you mean --runs\?\)\. See: cowcheck check --help\n$/],
    ['check everything', /^too many arguments for 'check'.* See: cowcheck check --help\n$/],
    [
      'check --mode ful',
      new RegExp(
        String.raw`^option '--mode <modes>' argument 'ful' is invalid\. ` +
          String.raw`Expected comma-separated names of full, top, none, bitmap, or all\. ` +
          String.raw`Did you mean full\? See: cowcheck check --help\n$`,
      ),
    ],
    [
      'check --job qemu-1.5',
      new RegExp(
        String.raw`^option '--job <name|file>' argument 'qemu-1.5' is invalid\. Allowed choices are correct, qemu-1.6, ` +
          String.raw`[a-z0-9., -]+, and modules with a custom job, such as ./my-job.mjs\. ` +
          String.raw`Did you mean qemu-1.6\? See: cowcheck check --help\n$`,
      ),
    ],
    [
      'check --strategy lucky',
      /^option '--strategy <name>'.* Allowed choices are random, sticky, [a-z, ]+\. See: cowcheck check --help\n$/,
    ],
    ['check --effects sectors', /Did you mean sector\?/],
    ['check --wake qeum', /Did you mean qemu\?/],
    [
      'check --without copyBeforWrite',
      new RegExp(
        String.raw`^option '--without <rule>' argument 'copyBeforWrite' is invalid\. There is no such rule\. ` +
          String.raw`Did you mean copyBeforeWrite\? "cowcheck rules" lists them all\. See: cowcheck check --help\n$`,
      ),
    ],
    ['check --runs 0', /^option '--runs <n>' argument '0' is invalid\. Expected a whole number from 1 to 1000000000000\. See: /],
    [
      'check --seconds 0',
      /^option '--seconds <s>' argument '0' is invalid\. Expected a number of seconds above 0, at most 1000000\. See: /,
    ],
    ['check --clusters 65', /^option '--clusters <n>' argument '65' is invalid\. Expected a whole number from 1 to 64\. See: /],
    ['check --workers 0', /^option '--workers <n>' argument '0' is invalid\. Expected a whole number from 1 to 256\. See: /],
    ['check --out=', /^option '--out <dir>' argument '' is invalid\. Expected the name of a folder\. See: /],
    ['check --seed', /^option '--seed <text>' argument missing\. See: cowcheck check --help\n$/],
    ['check --workload nothing.log', /^nothing\.log: there is no such file\n$/],
    ['check --window 1+2', /^--window takes a --workload\. See: /],
    [
      `check --workload ${WORKLOAD} --window 0+2`,
      /^option '--window <from\+count>' argument '0\+2' is invalid\. Expected FROM\+COUNT, such as 4001\+1000: .* at most 50000\. See: /,
    ],
    [
      `check --workload ${WORKLOAD} --window 493+1`,
      new RegExp(`^${WORKLOAD}: the log has 492 requests, and the window begins at request 493\n$`),
    ],
    [`check --workload ${GOLDEN}`, new RegExp(`^${GOLDEN}:1: [^\\n]+\\n$`)],
    ['replay', /^missing required argument 'trace'\. See: cowcheck replay --help\n$/],
    [`replay ${GOLDEN} nothing.trace.yaml`, /^nothing\.trace\.yaml: there is no such file\n$/],
    [`replay ${WORKLOAD}`, new RegExp(`^${WORKLOAD}:\\d+:\\d+: not [^\\n]+\\n$`)],
    [`replay ${GOLDEN} --with wakeWaiter`, /Did you mean wakeWaiters\?/],
    ['keep nothing.trace.yaml', /^nothing\.trace\.yaml: there is no such file\n$/],
    ['bench --seconds soon', /^option '--seconds <s>' argument 'soon' is invalid\..* See: cowcheck bench --help\n$/],
  ];

  it.each(REFUSED)('is refused with status 2, in a line that says what was expected: %s', async (args, says) => {
    expectRefused(await cowcheck(...args.split(' ')), says);
  });

  it('is quoted in part if it is long, and never as it is if a terminal might obey', async () => {
    const long = 'x'.repeat(100_000);
    expectRefused(await cowcheck(long), /^unknown command 'x{79}\.\.\.'\. See: cowcheck --help\n$/);
    expectRefused(await cowcheck('check', '--mode', long), /^option '--mode <modes>' argument 'x{79}\.\.\.' is invalid\. /);
    expectRefused(await cowcheck('replay', long), /^x{60}\.\.\.: the name is too long for a file\n$/);
    expectRefused(await cowcheck('check', '--\u001B[2J'), /^unknown option '--\\u001b\[2J'\. See: /);
    expectRefused(await cowcheck('replay', 'a\u001B[2J\nb'), /^a\\u001b\[2J\\u000ab: there is no such file\n$/);
  });
});

describe('what an option takes', () => {
  const refused = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidArgumentError);
      return (error as Error).message;
    }
    throw new Error('it was taken');
  };

  it('is a whole number within bounds, and nothing that only looks like one', () => {
    const take = wholeNumber(1, 64);
    expect(['1', '64', '007'].map(take)).toEqual([1, 64, 7]);
    for (const text of [
      '0',
      '65',
      '-1',
      '+1',
      '1.5',
      '1e1',
      '0x10',
      '',
      ' 1',
      '1 ',
      'one',
      'NaN',
      'Infinity',
      '1_0',
      '99999999999999999999',
    ])
      expect(
        refused(() => take(text)),
        text,
      ).toBe('Expected a whole number from 1 to 64.');
  });

  it('is a number of seconds', () => {
    expect(['1', '0.5', '1000000', '00.25'].map(seconds)).toEqual([1, 0.5, 1e6, 0.25]);
    for (const text of ['0', '0.0', '-1', '1.', '.5', '1e3', '1000001', '', 'soon', '1s', 'Infinity'])
      expect(
        refused(() => seconds(text)),
        text,
      ).toBe('Expected a number of seconds above 0, at most 1000000.');
  });

  it('is a rule, once, in the order in which they were named', () => {
    expect(ruleNames('wakeWaiters', ruleNames('copyBeforeWrite'))).toEqual(['copyBeforeWrite', 'wakeWaiters']);
    expect(ruleNames('wakeWaiters', ['copyBeforeWrite', 'wakeWaiters'])).toEqual(['copyBeforeWrite', 'wakeWaiters']);
    for (const [text, near] of [
      ['copybeforewrite', 'copyBeforeWrite'],
      ['COPYBEFOREWRITE', 'copyBeforeWrite'],
      ['wakewaiter', 'wakeWaiters'],
      ['topDecideOnce', 'topDecidesOnce'],
    ] as const)
      expect(refused(() => ruleNames(text))).toBe(`There is no such rule. Did you mean ${near}? "cowcheck rules" lists them all.`);
    for (const text of ['', '__proto__', 'toString', 'frobnicate'])
      expect(refused(() => ruleNames(text))).toBe('There is no such rule. "cowcheck rules" lists them all.');
  });
});

describe('check --json', { timeout: 120_000 }, () => {
  const KEYS = [
    'bound',
    'byMode',
    'canonicalScenarios',
    'complete',
    'cowcheck',
    'duration',
    'failures',
    'marks',
    'options',
    'scenarios',
    'schedules',
    'schedulesPerSecond',
    'scope',
    'seconds',
    'started',
    'states',
    'steps',
    'verdict',
  ];
  const OPTIONS = [
    'clusterSectors',
    'clusters',
    'effects',
    'faults',
    'job',
    'keepGoing',
    'mode',
    'runs',
    'scenario',
    'seconds',
    'seed',
    'strategy',
    'wake',
    'without',
    'workload',
    'writes',
  ];
  /** Not in the contract of docs/command.md, so nobody may rely on it. */
  const MORE = ['cutOff'];

  type Json = Record<string, unknown>;
  async function json(...args: readonly string[]): Promise<{ status: number | null; report: Json }> {
    const { status, out, err } = await cowcheck(...args, '--json');
    expect(err).toMatch(/^(cowcheck: (\d+ % done, |failure \d+)[^\n]+\n)*$/); // progress after five seconds, on a slow machine
    expect(out).toMatch(/^\{[^\n]+\}\n$/); // one object, on one line
    return { status, report: JSON.parse(out) as Json };
  }
  /** Without what the clock decides. */
  function timeless({ seconds: took, schedulesPerSecond, started, duration, ...rest }: Json): Json {
    expect(took).toBeGreaterThan(0);
    expect(duration).toBeGreaterThanOrEqual(took as number);
    expect(Date.parse(started as string)).toBeGreaterThan(Date.now() - 3_600_000);
    expect(schedulesPerSecond).toBeGreaterThanOrEqual(0);
    return rest;
  }

  it('is one object with the keys of the contract, if all holds', async () => {
    const { status, report } = await json(...search('--runs', '100', '--mode', 'top', '--wake', 'qemu', '--effects', 'cluster'));
    expect(status).toBe(0);
    expect(
      Object.keys(report)
        .filter((key) => !MORE.includes(key))
        .toSorted(),
    ).toEqual(KEYS);
    expect(report).toMatchObject({
      verdict: 'holds',
      complete: false,
      schedules: 100,
      scenarios: 13,
      failures: [],
      byMode: { top: { schedules: 100, verdict: 'holds' } },
    });
    expect(report['scope']).toBe('up to 4 clusters of 2 sectors, up to 3 guest requests; I/O takes effect per cluster');
    expect(Object.keys(report['options'] as Json).toSorted()).toEqual(OPTIONS);
    expect(report['options']).toEqual({
      mode: 'top',
      job: 'correct',
      without: [],
      wake: 'qemu',
      effects: 'cluster',
      strategy: 'portfolio',
      runs: 100,
      seconds: null,
      seed: 'spec',
      clusters: 4,
      clusterSectors: 2,
      writes: 3,
      workload: null,
      scenario: null,
      faults: false,
      keepGoing: false,
    });
    // With no failure in n runs the rate is below p if (1 - p)^n = 0.05: 1 - 0.05^(1/100) = 2.95 %.
    expect(report['bound']).toEqual({
      failureRateBelow: expect.closeTo(0.0295, 4),
      confidence: 0.95,
      holdsFor: 'this strategy and scenario distribution',
      pct: [2, 3, 4].map((depth) => expect.objectContaining({ depth })),
    });
    const marks = report['marks'] as Record<string, number>;
    expect(Object.keys(marks).toSorted()).toEqual(
      Object.values(MARKS)
        .filter((mark) => (mark.modes as readonly string[]).includes('top') && !('faults' in mark))
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(marks['a guest copied a cluster before it wrote']).toBeGreaterThan(0);
    expect(Math.max(...Object.values(marks))).toBeLessThanOrEqual(100);
  });

  it('is one with failures, where something breaks, and has no bound', async () => {
    const { status, report } = await json(
      ...search('--runs', '3000', '--mode', 'full', '--without', 'copyBeforeWrite', '--out', 'json-broken'),
    );
    expect(status).toBe(1);
    expect(
      Object.keys(report)
        .filter((key) => !MORE.includes(key))
        .toSorted(),
    ).toEqual(KEYS.filter((key) => key !== 'bound'));
    expect(report).toMatchObject({ verdict: 'broken', byMode: { full: { verdict: 'broken' } } });
    const [failure] = report['failures'] as Json[];
    expect(report['failures']).toHaveLength(1);
    expect(failure).toMatchObject({
      property: 'snapshot-kept',
      cause: ['copyBeforeWrite'],
      mode: 'full',
      sector: 0,
      step: 4,
      steps: 4,
      preemptions: 1,
      guestRequests: 1,
      minimal: 'proven',
      minimalScope: expect.stringContaining('FULL, up to 2 clusters of 2 sectors'),
    });
    expect(failure!['trace']).toMatch(/^json-broken\/full-copyBeforeWrite-[0-9a-f]{8}\.trace\.yaml$/);
    expect(failure!['sentence']).toContain('because it did not call the hook');
    const trace = readTrace(readFileSync(join(folder, failure!['trace'] as string), 'utf8'));
    expect(trace.schedule).toHaveLength(4);
    expect(trace.found).toMatchObject({ strategy: 'portfolio', seed: 'spec' });
  });

  it('names the defects of QEMU, where the job is that of an era, and the trace says which', async () => {
    const { status, report } = await json(
      ...search(
        '--runs',
        '300',
        '--mode',
        'none',
        '--job',
        'qemu-1.6',
        '--without',
        'wakeWaiters',
        '--seed',
        'b', // the first failure is a defect of 1.6, and not the rule that is off besides
        '--prove-seconds',
        '0',
        '--out',
        'json-era',
      ),
    );
    expect(status).toBe(1);
    expect(report).toMatchObject({ verdict: 'broken', options: { job: 'qemu-1.6', without: ['wakeWaiters'] } });
    const [failure] = report['failures'] as Json[];
    const [rule] = failure!['cause'] as RuleName[];
    expect(rulesBrokenIn('1.6')).toContain(rule);
    expect(failure!['defects']).toEqual(defectsOf(RULES[rule!] as Rule));
    const path = join(folder, failure!['trace'] as string);
    expect(readTrace(readFileSync(path, 'utf8'))).toMatchObject({ job: 'qemu-1.6', without: ['wakeWaiters'] });
    expect((await cowcheck('replay', path)).out).toMatch(/^reproduced/);
    expect((await cowcheck('replay', path, '--with', rule!)).out).toMatch(/^(holds now|diverged)/);
  });

  const ALIKE: readonly (readonly [what: string, args: readonly string[]])[] = [
    ['all holds', ['--runs', `${sized(300, 3_000)}`]],
    ['something breaks', ['--runs', '3000', '--without', 'lookAgainAfterWaking', '--out', 'same-1']],
    ['a workload is followed', ['--workload', WORKLOAD, '--mode', 'none', '--runs', '4']],
  ];
  it.each(oneIn(ALIKE.length, ALIKE))('is the same for one worker and for two, apart from the clock, where %s', async (_, args) => {
    await sameForOneAndTwo(['--seed', 'same', ...args, '--prove-seconds', '0']);
  });
  const forTwo = (args: readonly string[]): ReturnType<typeof json> => json('check', ...args, '--workers', '2');
  async function sameForOneAndTwo(args: readonly string[]): ReturnType<typeof json> {
    const one = await json('check', ...args, '--workers', '1');
    const two = await forTwo(args);
    expect(timeless(two.report)).toEqual(timeless(one.report));
    expect(two.status).toBe(one.status);
    return one;
  }

  it('depends on the seed', async () => {
    const steps = await Promise.all(
      ['a', 'b'].map(async (seed) => (await json('check', '--runs', '60', '--workers', '1', '--seed', seed)).report['steps']),
    );
    expect(steps[0]).not.toBe(steps[1]);
  });

  it('names a seed if none was given', async () => {
    const { report } = await json('check', '--runs', '3', '--workers', '1');
    expect((report['options'] as Json)['seed']).toMatch(/^[0-9a-f]{8}$/);
  });

  it('shares the runs out between the modes, to the last one', async () => {
    const { report } = await json(...search('--runs', '200'));
    const byMode = report['byMode'] as Record<string, { schedules: number }>;
    expect(Object.entries(byMode).map(([mode, { schedules }]) => [mode, schedules])).toEqual([
      ['full', 67],
      ['top', 67],
      ['none', 66],
    ]);
    expect(report['schedules']).toBe(200);
  });

  it('ends when its seconds are over', async () => {
    const { status, report } = await json(...search('--seconds', '0.5'));
    expect(report['seconds']).toBeGreaterThanOrEqual(0.5);
    expect(report['seconds']).toBeLessThan(30);
    expect(report['options']).toMatchObject({ runs: null, seconds: 0.5 });
    // not on a machine that is very busy
    const enough = Object.values(report['byMode'] as Record<string, { schedules: number }>).every(({ schedules }) => schedules >= 1_000);
    expect([report['verdict'], status]).toEqual(enough ? ['holds', 0] : ['unfinished', UNFINISHED]);
  });

  it.each([
    ['its time is too short', ['--seconds', '0.001'], /^Unfinished: FULL ran 0 of 1,000 schedules, TOP /m],
    ['a mode gets no run', ['--runs', '1'], /^Unfinished: TOP ran 0 of 1 schedules, NONE /m],
    [
      'its time ends before its runs',
      ['--runs', '1000000000', '--seconds', '0.5', '--mode', 'full'],
      /^Unfinished: FULL ran [\d,]+ of 1,000,000,000 schedules\. Give it more --seconds\.$/m,
    ],
    [
      'a recorded guest ran a few times',
      ['--workload', WORKLOAD, '--seconds', '0.001', '--mode', 'full'],
      /^Unfinished: FULL ran \d of 20 schedules\. /m,
    ],
  ])('is unfinished, which is no success, where %s', async (_, args, says) => {
    const { status, out } = await cowcheck('check', ...args, '--seed', 'spec');
    expect(out).toMatch(says);
    expect({ status, holds: out.includes('No property was broken') }).toEqual({ status: UNFINISHED, holds: false });
  });

  it('runs a window of a recorded guest, and says which', async () => {
    const args = ['check', '--workload', WORKLOAD, '--window', '101+80', '--mode', 'full', '--runs', '2', '--seed', 'spec'];
    const { status, report } = await json(...args);
    expect(status).toBe(0);
    expect(report['options']).toMatchObject({ workload: WORKLOAD, window: '101+80' });
    const recorded = report['recorded'] as Record<string, number>;
    expect(recorded).toEqual({
      requests: 492,
      from: 101,
      count: 80,
      diskClusters: 512,
      clusters: expect.any(Number),
      sectorBytes: expect.any(Number),
      unanswered: 0,
      cutLine: null,
    });
    expect(recorded['clusters']).toBeLessThan(300);
    expect(report['scope']).toBe(
      `${WORKLOAD}, requests 101 to 180 of 492, on ${recorded['clusters']} of 512 clusters of the disk; T0 at a random request; ` +
        'I/O takes effect per sector',
    );
  });

  const OVERLAP = fileURLToPath(new URL('../../../traces/gallery/waitForOverlappingCopies.trace.yaml', import.meta.url));
  it('runs the scenario of a trace in other orders, whatever rules that trace had off', async () => {
    const args = ['check', '--scenario', OVERLAP, '--runs', '1000', '--seed', 'spec', '--prove-seconds', '0', '--out', 'json-scenario'];
    const { status, report } = await json(...args);
    expect({ status, report }).toMatchObject({
      status: 0,
      report: {
        verdict: 'holds',
        scenarios: 1,
        schedules: 1_000,
        byMode: { full: { schedules: 1_000 } },
        options: { mode: 'full', scenario: args[2] },
      },
    });
    const broken = await json(...args, '--without', 'waitForOverlappingCopies');
    expect(broken.status).toBe(1);
    expect((await cowcheck(...args, '--mode', 'top')).err).toMatch(
      /^cowcheck: option '--scenario <trace>' cannot be used with option '--mode <modes>'\. .+\n$/,
    );
  });

  it('has one failure for each cause, and a trace for each, if it keeps going, whatever the workers', async () => {
    const rules = ['--without', 'cancelWakesParkedJob', '--without', 'copyBeforeWrite'];
    const how = ['--seed', 'spec', '--runs', `${sized(400, 6_000)}`, '--keep-going', '--prove-seconds', '0', '--out', 'causes'];
    // By day two workers are enough: that one finds the same is checked above, too.
    const { status, report } = await sized(forTwo, sameForOneAndTwo)([...rules, ...how]);
    expect(status).toBe(1);
    const failures = report['failures'] as { mode: string; property: string; cause: string[]; trace: string }[];
    const keys = failures.map(({ mode, property, cause }) => `${mode} ${property} ${cause.join()}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toContain('none always-finishes cancelWakesParkedJob');
    expect(keys).toContain('full snapshot-kept copyBeforeWrite');
    expect(tracesIn(join(folder, 'causes'))).toEqual(failures.map(({ trace }) => trace.replace('causes/', '')).toSorted());
    // of NONE too, where the other rule hides it
    expect(keys.filter((key) => key.endsWith(' copyBeforeWrite')).length).toBeGreaterThanOrEqual(3);
  });
});

describe('what was found', { timeout: 120_000 }, () => {
  const CASES = [
    { mode: 'full', rule: 'checkBitAfterWaiting', wake: 'any' },
    { mode: 'top', rule: 'unhookAtEnd', wake: 'qemu' },
    { mode: 'none', rule: 'cancelCheckedAfterSleep', wake: 'any' },
  ];

  it.each(oneIn(3, CASES))('can be run again, with the rule on as well: $mode, $rule', async ({ mode, rule, wake }) => {
    const out = `found-${mode}`;
    const { status } = await cowcheck(
      ...search('--runs', '30000', '--mode', mode, '--without', rule, '--wake', wake, '--prove-seconds', '0', '--out', out),
    );
    expect(status).toBe(1);
    const [name] = tracesIn(join(folder, out));
    const path = `${out}/${name}`;

    const again = await cowcheck('replay', path);
    expect(again).toMatchObject({ status: 0, err: '' });
    expect(again.out).toMatch(new RegExp(`^reproduced {2}${path.replace('+', '\\+')}\n {2}[\\w-]+ breaks at step \\d+: .+\n$`));

    const fixed = await cowcheck('replay', path, '--with', rule);
    expect(fixed).toMatchObject({ status: 1, err: '' });
    expect(fixed.out).toMatch(/^holds now {2}/);
  });

  it('can be replayed as JSON, many at a time', async () => {
    const edited = join(folder, 'edited.trace.yaml');
    writeFileSync(edited, readFileSync(GOLDEN, 'utf8').replace('- g4: copy.data c1', '- g4: copy.data c3'));
    const { status, out, err } = await cowcheck('replay', GOLDEN, edited, '--json');
    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out).toMatch(/^\[[^\n]+\]\n$/);
    expect(JSON.parse(out)).toEqual([
      { trace: GOLDEN, outcome: 'reproduced' },
      {
        trace: edited,
        outcome: 'diverged',
        step: 6,
        expected: 'g4: copy.data c3',
        ready: ['job: ask c0', 'g1: zero.start', 'g3: discard.start', 'g4: copy.data c1', 'g5: write.start', 'g6: flush.start'],
      },
    ]);
    const words = await cowcheck('replay', GOLDEN, edited);
    expect(words.status).toBe(1);
    expect(words.out).toContain(`diverged  ${edited}\n  at step 6 the trace has "g4: copy.data c3"; possible were: job: ask c0, `);
  });
});

describe('rules', { timeout: 120_000 }, () => {
  it('are listed, each with its sentence and what goes wrong without it', async () => {
    const { status, out, err } = await cowcheck('rules');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const text = out.replaceAll(/\s+/g, ' ');
    for (const name of RULE_NAMES) {
      expect(out).toMatch(new RegExp(`^${name}$`, 'm'));
      expect(text).toContain(`${RULES[name].sentence} Without it: ${RULES[name].without}`);
      expect(text).toContain(historyOf(RULES[name] as Rule));
    }
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('are listed as JSON', async () => {
    const { status, out, err } = await cowcheck('rules', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toEqual(RULE_NAMES.map((name) => ({ name, ...RULES[name], history: historyOf(RULES[name] as Rule) })));
  });
});

describe('rules --show', { timeout: 120_000 }, () => {
  // By day the print is compared with the model (src/fold/print.spec.ts): to fold takes seconds.
  it.skipIf(sized(true, false))('prints a job with its rules folded in', async () => {
    const { status, out, err } = await cowcheck(
      'rules',
      '--show',
      'qemu-1.6',
      '--with',
      'drainGuestAtStart',
      '--without',
      'wakeWaiters',
      '--json',
    );
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const { job, off, text } = JSON.parse(out) as { job: string; off: string[]; text: string };
    expect({ job, off }).toEqual({
      job: 'qemu-1.6',
      off: rulesOff({ job: 'qemu-1.6', with: ['drainGuestAtStart'], without: ['wakeWaiters'] }),
    });
    expect(text).toMatch(/^\/\/ The backup job `qemu-1\.6 --with drainGuestAtStart --without wakeWaiters`/);
    expect(text).toContain('    yield* source.drain(this, START_DRAIN);\n    this.begin(JobState.active);');
    expect(text).not.toContain('wakeAll');
  });

  it.each([
    [['--show', 'qemu-1.5'], /^cowcheck: option '--show <job>' argument 'qemu-1\.5' is invalid\. .*See: cowcheck rules --help\n$/],
    [['--without', 'wakeWaiters'], /^cowcheck: --with and --without go with --show\. See: cowcheck rules --help\n$/],
  ])('refuses %s', async (args, says) => {
    const { status, out, err } = await cowcheck('rules', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(says);
  });
});

describe('an interrupt', { timeout: 120_000, concurrent: true }, () => {
  it('ends a long check with status 130 and a verdict, at once', async () => {
    const begin = performance.now();
    const { status, out } = await asProcess(search('--runs', '1000000000', '--json'), {
      node: TELLS_LISTENING,
      interrupt: { at: /listening/, signal: 'SIGINT' },
    });
    expect(status).toBe(INTERRUPTED);
    expect(performance.now() - begin).toBeLessThan(30_000);
    const report = JSON.parse(out) as { verdict: string; schedules: number; bound?: unknown };
    expect(report.verdict).toBe('unfinished');
    expect(report.bound).toBeUndefined();
    expect(report.schedules).toBeLessThan(1_000_000);
  });

  it('says so in words, whatever ended it', async () => {
    const { status, out } = await asProcess(search('--seconds', '1000'), {
      node: TELLS_LISTENING,
      interrupt: { at: /listening/, signal: 'SIGTERM' },
    });
    expect(status).toBe(INTERRUPTED);
    expect(out).toContain('Interrupted: this is what was found by then.');
    expect(out).not.toContain('No property was broken');
  });

  it('keeps what was found by then', async () => {
    const out = 'interrupted';
    const ran = await asProcess(
      search('--runs', '1000000000', '--mode', 'full', '--without', 'lookAgainAfterWaking', '--keep-going', '--out', out),
      {
        node: FASTER,
        // The first line of progress says whether there are failures.
        interrupt: { at: /^cowcheck: 0 % done, [\d,]+ schedules, [\d,]+ failures?\n/m, signal: 'SIGINT' },
      },
    );
    expect(ran.status).toBe(INTERRUPTED);
    expect(ran.out).toMatch(/^ *1\. [\w-]+ /m);
    expect(ran.out).toContain('Interrupted: this is what was found by then.');
    const names = tracesIn(join(folder, out));
    expect(names.length).toBeGreaterThan(0);
    expect(await cowcheck('replay', ...names.map((name) => `${out}/${name}`))).toMatchObject({ status: 0 });
  });
});

describe('colour', { timeout: 120_000 }, () => {
  /** What is done on a terminal, or elsewhere, with these in the environment. */
  async function on<T>(isTTY: boolean, env: Record<string, string>, act: () => T | Promise<T>): Promise<T> {
    const before = { isTTY: process.stdout.isTTY, env: { ...process.env } };
    try {
      process.stdout.isTTY = isTTY;
      for (const name of ['NO_COLOR', 'TERM', 'FORCE_COLOR']) delete process.env[name];
      Object.assign(process.env, env);
      return await act();
    } finally {
      process.stdout.isTTY = before.isTTY;
      for (const name of ['NO_COLOR', 'TERM', 'FORCE_COLOR']) {
        if (before.env[name] === undefined) delete process.env[name];
        else process.env[name] = before.env[name];
      }
    }
  }

  const painted = (colour: boolean, isTTY: boolean, env: Record<string, string>): Promise<string> =>
    on(isTTY, env, () => painter(colour)('red', 'text'));

  it('is for terminals, and for those who want it', async () => {
    expect(await painted(true, true, {})).toBe('\u001B[31mtext\u001B[39m');
    expect(await painted(true, true, { NO_COLOR: '' })).toBe('\u001B[31mtext\u001B[39m'); // empty: as if it were not there
    expect(await painted(true, false, {})).toBe('text');
    expect(await painted(false, true, {})).toBe('text');
    expect(await painted(true, true, { NO_COLOR: '1' })).toBe('text');
    expect(await painted(true, true, { TERM: 'dumb' })).toBe('text');
  });

  it('is in what commands print on a terminal, unless --no-color asks for none', async () => {
    for (const args of [['replay', GOLDEN], ['rules']]) {
      expect((await on(true, {}, () => cowcheck(...args))).out).toMatch(CONTROL);
      const { out } = await on(true, {}, () => cowcheck(...args, '--no-color'));
      expect(out).not.toBe('');
      expect(out).not.toMatch(CONTROL);
    }
  });

  it('does not come into a pipe, from whatever terminal', async () => {
    const { status, out, err } = await asProcess(['replay', GOLDEN], { env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' } });
    expect(status).toBe(0);
    expect(out).toContain('reproduced');
    expect(out).not.toMatch(CONTROL);
    expect(err).toBe('');
  });
});

describe('what is printed', () => {
  it('has numbers and lines that people can read', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect([plural(0, 'step'), plural(1, 'step'), plural(2_000, 'step')]).toEqual(['0 steps', '1 step', '2,000 steps']);
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('a-word-that-is-too-long for it', 9)).toEqual(['a-word-that-is-too-long', 'for it']);
  });
});

// The command can't be made to run into its limit of steps, so the report of one that did is made by hand.
describe('the report of a search that was cut off', () => {
  function report(change: { cutOff?: number; schedules?: number; interrupted?: boolean }): Record<string, unknown> {
    const tally = new Tally(['full']);
    tally.add({
      mode: 'full',
      schedules: change.schedules ?? 100,
      steps: 1_000,
      scenarios: 10,
      cutOff: change.cutOff ?? 0,
      marks: Object.keys(MARKS).map(() => 0),
      found: [],
      bounds: [],
    });
    const options: Report['options'] = {
      mode: 'full',
      job: 'correct',
      without: [],
      wake: 'any',
      effects: 'sector',
      strategy: 'random',
      runs: 100,
      seconds: null,
      seed: 'a',
      clusters: 1,
      clusterSectors: 1,
      writes: 1,
      workload: null,
      scenario: null,
      faults: false,
      keepGoing: false,
    };
    return reportJson({
      options,
      recorded: null,
      needed: new Map([['full', 100]]),
      result: { tally, found: [], seconds: 1, interrupted: change.interrupted ?? false },
      failures: [],
    }) as unknown as Record<string, unknown>;
  }

  it('is neither that it holds nor that it is broken', () => {
    expect(report({})).toMatchObject({ verdict: 'holds', byMode: { full: { verdict: 'holds' } }, bound: { confidence: 0.95 } });
    for (const change of [{ cutOff: 1 }, { interrupted: true }, { schedules: 0 }, { schedules: 99 }]) {
      const unfinished = report(change);
      expect(unfinished).toMatchObject({ verdict: 'unfinished', byMode: { full: { verdict: 'unfinished' } } });
      expect(unfinished['bound']).toBeUndefined();
    }
    expect(report({ cutOff: 3 })['cutOff']).toBe(3);
  });
});
