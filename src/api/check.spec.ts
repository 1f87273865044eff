/** `check` and `replay`, as a test suite uses them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Backup, CheckFailure, type CheckOptions, type Job, JobError, type RuleName, Unfinished, check, replay } from '../index.ts';

let chunked: Job;
let forgetful: Job;
beforeAll(async () => {
  const load = async (name: string): Promise<Job> =>
    ((await import(new URL(`../../examples/own-job/${name}`, import.meta.url).href)) as { default: Job }).default;
  [chunked, forgetful] = [await load('chunked.mjs'), await load('forgetful.mjs')];
});

function failureOf(job: Job | 'correct', options: CheckOptions): CheckFailure {
  try {
    check(job, options);
  } catch (error) {
    if (error instanceof CheckFailure) return error;
    throw error;
  }
  throw new Error('nothing was found');
}

describe('check', () => {
  it('says what it has run', () => {
    const { seconds, ...rest } = check(chunked, { runs: 100, seconds: 30, seed: 'a', modes: ['full'] });
    expect(rest).toEqual({ schedules: 100, steps: expect.any(Number), scenarios: 13, cutOff: 0, seed: 'a' });
    expect(seconds).toBeGreaterThan(0);
  });

  it('throws what broke, how, why, and how to go on, always the same for a seed', () => {
    const [one, other] = [
      failureOf(forgetful, { seed: 'a', name: 'forgetful.mjs' }),
      failureOf(forgetful, { seed: 'a', name: 'forgetful.mjs' }),
    ];
    const blocks = one.message.split('\n\n');
    expect(blocks[0]).toMatch(
      /^property snapshot-kept is broken in mode (FULL|TOP): \d+ steps, \d preemptions?\nsector \d of the backup is /,
    );
    expect(blocks[1]).toMatch(/^Why: /);
    expect(blocks[2]).toMatch(/^\d+-sector disk, .*\n +step .*source +target +bit +shows\n/);
    expect(blocks.at(-1)!.split('\n')).toEqual([
      "run it again   check(job, { seed: 'a', name: 'forgetful.mjs' })",
      "write a trace  check(job, { seed: 'a', name: 'forgetful.mjs', out: 'cowcheck-traces' })",
    ]);
    for (const line of one.message.split('\n').slice(0, -2)) expect(line.length).toBeLessThanOrEqual(80);
    expect(other.message).toBe(one.message);
    expect(other.trace).toBe(one.trace);
    expect(one.stack).toContain('check.spec.ts');
  });

  it('writes its trace to a folder that it is given, and says how to go on from there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cowcheck-out-'));
    try {
      const out = join(folder, 'traces');
      const { file, trace, message } = failureOf(forgetful, { seed: 'a', name: 'forgetful.mjs', out });
      expect(readFileSync(file!, 'utf8').endsWith(trace)).toBe(true);
      expect(message).toContain(`\nits trace      ${file}\nexplain it     npx cowcheck explain ${file} --job forgetful.mjs`);
      writeFileSync(join(folder, 'taken'), '');
      const lost = failureOf(forgetful, { seed: 'a', out: join(folder, 'taken') });
      expect(lost.file).toBeNull();
      expect(lost.message).toContain('cannot be written');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('checks the built-in job, too, and without some of its rules', () => {
    expect(check('correct', { runs: 60, seconds: 30, seed: 'a' })).toMatchObject({ schedules: 60 });
    expect(failureOf('correct', { modes: ['none'], without: ['cancelWakesParkedJob'], seed: 'a' })).toMatchObject({
      property: 'always-finishes',
      mode: 'none',
    });
  });

  it('refuses what makes no sense in one line', () => {
    const refused: [Job | 'correct', CheckOptions, string][] = [
      [{} as Job, { modes: ['full'] }, 'own-job.mjs: "modes" must be a list of full, top, none'],
      [chunked, { modes: ['none'] }, 'own-job.mjs: it does FULL, TOP, and not NONE'],
      [chunked, { modes: 'full' as never }, '"modes" must be a list of full, top, none, bitmap, with at least one of them'],
      [chunked, { modes: ['ful' as never] }, 'with at least one of them: unknown name "ful" (did you mean "full"?)'],
      [chunked, { skip: ['progres-adds-up' as never] }, ': unknown name "progres-adds-up" (did you mean "progress-adds-up"?)'],
      [{ default: chunked } as never, {}, 'this is a module: pass its default export'],
      [chunked, { modes: [] }, '"modes" must be a list of full, top, none, bitmap, with at least one of them'],
      [chunked, { run: 5 } as CheckOptions, 'unknown option "run" (did you mean "runs"?)'],
      [chunked, { wake: 'anyhow' as never }, '"wake" must be one of any, qemu'],
      [chunked, { faults: 1 as never }, '"faults" must be true or false'],
      [chunked, { seed: 5 as never }, '"seed" must be a text'],
      ['correct', { without: ['x' as never] }, '"without" must be a list of rules; "npx cowcheck rules" lists them all'],
      [chunked, { without: ['copyBeforeWrite'] }, '"without" is about a built-in job'],
      [chunked, { runs: 0 }, '"runs" must be a whole number above 0'],
      [chunked, { clusters: 65 }, '"clusters" must be a whole number above 0, at most 64'],
      [chunked, { seconds: Number.NaN }, '"seconds" must be a number above 0'],
      [chunked, { strategy: 'luck' }, '"strategy" must be one of random, '],
      [chunked, { out: '' }, '"out" must be the name of a directory'],
      [chunked, { scenario: 'x', modes: ['full'] }, '"modes" cannot be used with "scenario", which sets it'],
      [chunked, { scenario: 'x', faults: false }, '"faults" cannot be used with "scenario", which sets it'],
      [chunked, { name: 'chunked' }, '"name" must be that of a module, such as my-job.mjs'],
    ];
    for (const [job, options, says] of refused) {
      const refuse = (): unknown => check(job, options);
      expect(refuse).toThrow(JobError);
      expect(refuse).toThrow(says);
    }
  });
});

describe('check, when it can not run enough', () => {
  const unfinished = (options: CheckOptions): Unfinished => {
    try {
      check(chunked, { seed: 'a', ...options });
    } catch (error) {
      if (error instanceof Unfinished) return error;
      throw error;
    }
    throw new Error('it was taken for enough');
  };

  it('says so if a time cuts off runs that were asked for', () => {
    const { message, result } = unfinished({ modes: ['full'], runs: 1_000_000, seconds: 0.2 });
    const [what, ...paste] = message.split('\n');
    expect(what).toMatch(/^FULL ended \d+ of 1000000 runs in 0\.2 s, and nothing broke\. Leave "seconds" out, /);
    expect(paste).toEqual(["  check(job, { seed: 'a', modes: ['full'], runs: 1000000 });", '}, 60_000);']);
    expect(result.schedules).toBeLessThan(1_000_000);
  });

  it('says so if the time is too short for anything', () => {
    const { message } = unfinished({ seconds: 1e-6 });
    expect(message).toMatch(/^FULL ended 0 of 1000 runs, TOP ended 0 of 1000 runs in 0\.000001 s/);
    expect(message).toContain("\n  check(job, { seed: 'a', runs: 2000 });\n");
  });

  it('says so if a mode gets no run', () => {
    expect(unfinished({ runs: 1 }).message).toBe('TOP ended 0 of 1 runs: "runs" must be at least one for each mode');
  });

  afterEach(() => void vi.restoreAllMocks());

  it.each<[asks: string, options: CheckOptions, runs: number]>([
    ['runs alone', { runs: 400 }, 400],
    ['neither runs nor seconds', {}, 300],
  ])('takes the time that the runs take if it is asked for %s', (_, options, runs) => {
    let now = 0;
    const slow = 5_000; // ms, at each look at the clock
    vi.spyOn(performance, 'now').mockImplementation(() => (now += slow));
    expect(check(chunked, { modes: ['full'], seed: 'a', ...options })).toMatchObject({ schedules: runs });
  });
});

describe('check of one scenario', () => {
  it('runs it in other orders, and in its mode', () => {
    const { trace } = failureOf(forgetful, { seed: 'a' });
    expect(check(chunked, { scenario: trace, runs: 100, seed: 'b' })).toMatchObject({ schedules: 100, scenarios: 1 });
    const again = failureOf(forgetful, { scenario: trace, seed: 'b' });
    expect(again.message).toContain("check(job, { scenario, seed: 'b' })");
    const scenarioOf = (text: string): string => /^scenario:.*?^schedule:/ms.exec(text)![0];
    expect(scenarioOf(again.trace)).toBe(scenarioOf(trace));
    expect(() => check(chunked, { scenario: 'no trace' })).toThrow('not a trace');
  });

  it('is that of a job that can run it', () => {
    const { trace } = failureOf('correct', { seed: 'a', modes: ['none'], without: ['cancelWakesParkedJob'] });
    expect(() => check(chunked, { scenario: trace })).toThrow('it does FULL, TOP, and not NONE');
    expect(check('correct', { scenario: trace, runs: 50 })).toMatchObject({ schedules: 50 });
  });
});

describe('a job that throws in some scenario', () => {
  /** With a step of its own before T0. @param cluster that the step is about */
  const opening = (job: Job, cluster: () => number | undefined, isOf: (backup: Backup) => boolean = () => true): Job => ({
    ...job,
    steps: ['openTarget'],
    *run(backup) {
      if (isOf(backup)) yield* backup.step(backup.job, 'openTarget', cluster());
      yield* job.run(backup);
    },
  });

  it('is told that a disk may be empty, and may leave the cluster of a step out', () => {
    expect(() =>
      check(
        opening(chunked, () => 0),
        { modes: ['full'], seed: 'a' },
      ),
    ).toThrow('throws an error: there is no cluster 0: a scenario may have an empty disk, where backup.clusters is 0');
    const job = opening(chunked, () => undefined);
    expect(check(job, { modes: ['full'], seed: 'a', runs: 100 })).toMatchObject({ schedules: 100 });
    const { trace } = failureOf(
      opening(forgetful, () => undefined),
      { modes: ['full'], seed: 'a' },
    );
    expect(trace).toMatch(/\n {2}- job: openTarget( ->|\n)/);
    expect(
      replay(
        trace,
        opening(forgetful, () => undefined),
      ).outcome,
    ).toBe('reproduced');
  });

  it('is told of its failure, made as small as it can be, and of what it throws in a smaller scenario', () => {
    const job = opening(
      forgetful,
      () => 99,
      ({ sectors }) => sectors === 1,
    ); // a disk on which forgetful.mjs fails, too
    const { message, trace } = failureOf(job, { modes: ['full'], seed: 'a' });
    expect(message).toMatch(/^property snapshot-kept is broken in mode FULL: /);
    expect(message.split('\n').at(-1)).toMatch(
      /^besides +own-job\.mjs: after step "start", the job throws an error: there is no cluster 99/,
    );
    expect(trace).toMatch(/\n {4}disk: \{sectors: 2/);
  });
});

describe('replay', () => {
  it('runs the trace of a failure again, with the job as it is now', () => {
    const { trace } = failureOf(forgetful, { seed: 'a' });
    expect(replay(trace, forgetful)).toMatchObject({ outcome: 'reproduced', breaks: expect.stringMatching(/^snapshot-kept: sector 0 /) });
    expect(replay(trace, chunked)).toMatchObject({ outcome: 'diverged', breaks: null });
    expect(() => replay(trace, 'correct')).toThrow('the trace is of a custom job (own-job.mjs)');
    expect(() => replay('no trace', forgetful)).toThrow('not a trace');
  });

  it('switches rules of the built-in job on', () => {
    const { trace } = failureOf('correct', { seed: 'a', without: ['copyBeforeWrite'] });
    expect(replay(trace, 'correct').outcome).toBe('reproduced');
    expect(replay(trace, 'correct', { with: ['copyBeforeWrite'] }).outcome).toBe('holds now');
    expect(() => replay(trace, 'correct', { with: ['copyAfterWrite' as RuleName] })).toThrow('there is no rule "copyAfterWrite"');
    const ofCustomJob = failureOf(forgetful, { seed: 'a' }).trace;
    expect(() => replay(ofCustomJob, forgetful, { with: ['copyBeforeWrite'] })).toThrow('a custom job has none');
  });
});
