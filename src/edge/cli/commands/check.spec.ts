import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneIn } from '../../../../tools/nightly/testing.ts';
import { GOLDEN, type How, type Ran, run, runHere, tracesIn } from '../testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-check-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command in a folder of its own, inside this process. */
const cowcheck = (...args: readonly string[]): Promise<Ran> => runHere(args, { cwd: folder });

/** The same as a process of its own: for what only a process has. */
const asProcess = (args: readonly string[], how: How = {}): Promise<Ran> => run(args, { cwd: folder, ...how });

const search = (...more: string[]): string[] => ['check', '--workers', '1', '--seed', 'spec', ...more];

describe('check', { timeout: 120_000 }, () => {
  it('checks all three modes, says what was found, and how to go on', async () => {
    const { status, out, err } = await asProcess(search('--runs', '600'));
    expect(err).toMatch(/^(cowcheck: \d+ % done, [^\n]+\n)*$/); // after five seconds, on a slow machine
    expect(status).toBe(0);
    expect(out).toMatch(/^cowcheck {2}up to 4 clusters of 2 sectors, up to 3 guest requests; I\/O takes\n {10}effect per sector\n/);
    expect(out).toContain('strategy portfolio, wake order any, seed spec');
    for (const mode of ['FULL  ', 'TOP   ', 'NONE  ']) expect(out).toContain(`  ${mode} holds               200 schedules`);
    expect(out).toMatch(/\d+ of the 45 situations that a good search must meet came up/);
    expect(out).toMatch(/600 schedules of 75 scenarios in [\d.]+ s, [\d,]+\/s/);
    expect(out).toContain('No property was broken. With 95 % confidence, fewer than 1 in 200 schedules');
    expect(out).toContain('This is evidence, not a proof.');
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
    expect(ran.out).toMatch(/FULL {3}BROKEN +\d+ schedules/);
    expect(ran.out).toMatch(/1\. property copies-no-more is broken in mode FULL: \d+ steps, \d preemptions?\n/); // what
    expect(ran.out).toMatch(/Why: At step \d+, before the job's copy had ended, g1 checked whether cluster 0\s+was copied/); // why
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
    expect(words.out).toContain(`diverged  ${edited}\n  at step 6 the trace has "g4: copy.data c3"; runnable: job: ask c0, `);
  });
});
