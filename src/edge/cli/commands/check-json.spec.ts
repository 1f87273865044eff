/** The JSON of `check`: the contract of docs/command.md. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rulesBrokenIn } from '../../../../model/families/notifier/eras.ts';
import { defectsOf } from '../../../../model/families/history.ts';
import { RULES, type RuleName } from '../../../../model/families/notifier/rules.ts';
import type { Rule } from '../../../../model/families/rule.ts';
import { MARKS } from '../../../../properties/situations.ts';
import { oneIn, sized } from '../../../../tools/nightly/testing.ts';
import { readTrace } from '../../../trace/read.ts';
import { type Ran, UNFINISHED, WORKLOAD, runHere, tracesIn } from '../testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-json-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command in a folder of its own, inside this process. */
const cowcheck = (...args: readonly string[]): Promise<Ran> => runHere(args, { cwd: folder });

const search = (...more: string[]): string[] => ['check', '--workers', '1', '--seed', 'spec', ...more];

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

  const OVERLAP = fileURLToPath(new URL('../../../../traces/gallery/waitForOverlappingCopies.trace.yaml', import.meta.url));
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
      /^cowcheck: options '--scenario' and '--mode' cannot be used together\. .+\n$/,
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
