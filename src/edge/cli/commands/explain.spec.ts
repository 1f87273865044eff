/** `cowcheck explain`. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, runHere } from '../testing.ts';

const RACE = fileURLToPath(new URL('../../../../traces/gallery/drainBeforeUnhook.trace.yaml', import.meta.url));
const LOST = fileURLToPath(new URL('../../../../traces/releases/lost-cluster-5.2.trace.yaml', import.meta.url));
const HOLDS = fileURLToPath(new URL('../../../trace/golden/format-1-holds.trace.yaml', import.meta.url));
const SLOW_MS = 120_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-explain-'));
  copyFileSync(RACE, join(folder, 'race.trace.yaml'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const explain = (...args: string[]): Promise<Ran> => runHere(['explain', ...args], { cwd: folder });

describe('explain', { timeout: SLOW_MS, concurrent: true }, () => {
  it('says why a trace fails, in 80 columns, with the exact commands to go on', async () => {
    const { status, out, err } = await explain('race.trace.yaml');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^property snapshot-kept is broken in mode TOP: 13 steps, 2 preemptions\n/);
    expect(out).toContain("Why: g1's copy did not read sector 0 until step 10, after g2 had written it at");
    expect(out).toContain('\nside by side   npx cowcheck explain race.trace.yaml --compare correct\n');
    for (const line of out.split('\n')) if (!line.includes('npx cowcheck')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows a run on a real QEMU in columns out of its own record', async () => {
    const log = fileURLToPath(new URL('../../../validate/logs/full.trace.yaml', import.meta.url));
    const { status, out } = await explain(log);
    expect(out).toMatch(/^nothing is broken in mode FULL on QEMU 7\.2\.22: 23 steps\n/);
    expect(out).toMatch(/\n +18  source: write\.land 0-32767 s0\.g1 +s0\.g1   s0@0    s0@0\n/);
    for (const line of out.split('\n')) if (!line.includes('npx cowcheck')) expect(line.length).toBeLessThanOrEqual(80);
    expect(status).toBe(1);
    expect(JSON.parse((await explain(log, '--json')).out)).toMatchObject({
      job: 'qemu 7.2.22',
      property: null,
      sector: 0,
      steps: expect.arrayContaining([expect.objectContaining({ n: 14, target: 's0@0', hasPart: true })]),
    });
    expect(await explain(log, '--format', 'svg')).toMatchObject({
      status: 2,
      out: '',
      err: `cowcheck: ${log}: it is a trace of a real QEMU: use --format text, json, reproducer or iotest\n`,
    });
  });

  it('writes a test for the runner that it is asked for, or else that of the project', async () => {
    const [asked, ofProject] = [
      await explain('race.trace.yaml', '--format', 'test', '--runner', 'jest'),
      await explain('race.trace.yaml', '--format', 'test'),
    ];
    expect(asked.out).toContain("\nimport { expect, it } from '@jest/globals';\n");
    expect(ofProject.out).toContain("\nimport { test } from 'node:test';\n"); // no package.json is there
    expect(await explain('race.trace.yaml', '--runner', 'mocha')).toMatchObject({ status: 2, out: '' });
  });

  it('says which promise of QEMU was broken, and how to hand it on', async () => {
    const { status, out } = await explain(LOST);
    expect(status).toBe(0);
    expect(out).toContain('\nProperty: From T0 until the promise ends, the backup (the target over its\n');
    expect(out).toContain('\nQEMU promises (MO-2): a full backup shows the whole disk as it was at the start\nof the job ');
    expect(out).toContain(`  npx cowcheck explain ${LOST} --format reproducer --out reproducer.py\n`);
    expect(JSON.parse((await explain(LOST, '--json')).out)).toMatchObject({
      sentence: expect.stringMatching(/^From T0 until the promise ends/),
      promise: { id: 'MO-2', source: 'docs/interop/live-block-operations.rst' },
    });
  });

  it('says why a run of the model breaks that shows the same log, or that there is none', async () => {
    const { out } = await explain(LOST);
    expect(out).toContain('\nModel: a run of the model of qemu-5.2 produces this log and breaks\nsnapshot-kept. ');
    expect(out).toContain('\nRule: jobPassesUntilClean: ');
    expect(out).toContain('\nHistory: QEMU 4.2 to 5.2 (B-92): ');
    expect(JSON.parse((await explain(LOST, '--json')).out)).toMatchObject({
      model: { outcome: 'breaks', job: 'qemu-5.2', property: 'snapshot-kept', rules: ['jobPassesUntilClean'] },
    });
    const text = readFileSync(LOST, 'utf8');
    writeFileSync(join(folder, 'other.trace.yaml'), text.replace(/qemu: "5\.2\.0[^"]*"/, 'qemu: "10.0.13"'));
    expect((await explain('other.trace.yaml')).out).toMatch(
      /\nModel: no run of the model was found that produces this log: the model can\nfollow the log up to step 5\n/,
    );
  });

  it('hands a run on a real QEMU on as one Python file, or says in one line why not', async () => {
    const { status, out, err } = await explain(LOST, '--format', 'reproducer');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^#!\/usr\/bin\/env python3\n"""\nFound by cowcheck on QEMU 5\.2\.0 /);
    expect(await explain('race.trace.yaml', '--format', 'reproducer')).toEqual({
      status: 2,
      out: '',
      err:
        'cowcheck: race.trace.yaml: --format reproducer and iotest require a trace of a real QEMU: ' +
        'run this one on QEMU first, with cowcheck qemu TRACE --out DIR\n',
    });
    writeFileSync(
      join(folder, 'told.trace.yaml'),
      readFileSync(LOST, 'utf8').replace('property: snapshot-kept', 'property: errors-are-told'),
    );
    expect(await explain('told.trace.yaml', '--format', 'reproducer')).toEqual({
      status: 2,
      out: '',
      err: 'cowcheck: told.trace.yaml: a reproducer does not check errors-are-told\n',
    });
    expect((await explain('told.trace.yaml')).out).not.toContain('reproducer');
  });

  it('is wider, whole, plain and side by side where that is asked for', async () => {
    const { out } = await explain('race.trace.yaml', '--width', '120', '--ascii', '--full', '--compare', 'correct');
    expect(out).toMatch(/^[\x20-\x7e\n]+$/);
    expect(out).toMatch(/^<> +4 +job: ask c0 unallocated, hook unlinked +job: ask c0 unallocated$/m);
  });

  it.each([
    ['md', /^### property snapshot-kept is broken/],
    ['svg', /^<svg xmlns=/],
    ['html', /^<!doctype html>/],
    ['json', /^\{"trace":"race.trace.yaml","property":"snapshot-kept"/],
    ['test', /^\/\*\*\n \* g1's copy did not read/],
  ])('writes %s to a file', async (format, begins) => {
    const { status, out, err } = await explain('race.trace.yaml', '--format', format, '--out', `made/why.${format}`);
    expect({ status, out, err }).toEqual({ status: 0, out: '', err: '' });
    expect(readFileSync(join(folder, `made/why.${format}`), 'utf8')).toMatch(begins);
  });

  it('has --json as every command', async () => {
    const { out } = await explain('race.trace.yaml', '--json');
    expect(out).toBe((await explain('race.trace.yaml', '--format', 'json')).out);
    expect(JSON.parse(out)).toMatchObject({ shape: 'too late', missingOrder: { first: { step: 10 }, second: { step: 7 } } });
  });

  it('has nothing to explain where nothing breaks, and says so in one line, with status 1', async () => {
    copyFileSync(HOLDS, join(folder, 'fine.trace.yaml'));
    expect(await explain('fine.trace.yaml')).toEqual({
      status: 1,
      out: 'reproduced  fine.trace.yaml\n  nothing breaks in its 19 steps: there is nothing to explain\n',
      err: '',
    });
    expect(JSON.parse((await explain('fine.trace.yaml', '--json')).out)).toEqual({
      trace: 'fine.trace.yaml',
      outcome: 'reproduced',
      detail: 'nothing breaks in its 19 steps',
      property: null,
    });
    expect(await runHere(['replay', 'fine.trace.yaml'], { cwd: folder })).toMatchObject({
      status: 0,
      out: 'reproduced  fine.trace.yaml\n  nothing breaks in its 19 steps\n',
    });
  });

  it('refuses a trace that holds now or is told wrongly, with status 1', async () => {
    const text = readFileSync(RACE, 'utf8');
    writeFileSync(join(folder, 'holds.trace.yaml'), text.replace('without: [drainBeforeUnhook]', 'without: []'));
    expect(await explain('holds.trace.yaml')).toMatchObject({
      status: 1,
      out: expect.stringMatching(/^(?:holds now|diverged) {2}holds.trace.yaml\n/),
    });
    writeFileSync(join(folder, 'wrong.trace.yaml'), text.replace('got: s0.g2', 'got: s0.g1'));
    const { status, out } = await explain('wrong.trace.yaml', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ trace: 'wrong.trace.yaml', outcome: 'diverged' });
  });

  it('refuses in one line, and writes nothing, where the output would go over something else', async () => {
    mkdirSync(join(folder, 'a-folder'));
    symlinkSync('race.trace.yaml', join(folder, 'link.yaml'));
    symlinkSync('/dev/null', join(folder, 'device'));
    const before = readFileSync(join(folder, 'race.trace.yaml'), 'utf8');
    for (const [out, says] of [
      ['a-folder', 'it is a directory'],
      ['race.trace.yaml', 'it is the trace itself, which would be overwritten'],
      ['link.yaml', 'it is the trace itself, which would be overwritten'],
      ['device', 'it is not a regular file'],
      ['', 'expected a file name'],
    ] as const) {
      const ran = await explain('race.trace.yaml', '--out', out);
      expect(ran).toEqual({ status: 2, out: '', err: `cowcheck: ${out === '' ? "''" : out}: ${says}\n` });
    }
    expect(readFileSync(join(folder, 'race.trace.yaml'), 'utf8')).toBe(before);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('says what is wrong with its use in one line', async () => {
    const wrong: readonly (readonly string[])[] = [
      ['missing.trace.yaml'],
      ['race.trace.yaml', '--format', 'pdf'],
      ['race.trace.yaml', '--width', '3'],
      ['race.trace.yaml', '--compare', 'none'],
      [],
    ];
    for (const args of wrong) {
      const { status, out, err } = await explain(...args);
      expect({ status, out }).toEqual({ status: 2, out: '' });
      expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
    }
    expect(existsSync(join(folder, 'missing.trace.yaml'))).toBe(false);
  });
});
