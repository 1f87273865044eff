import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { MAIN, type Ran, runHere, timeless } from '../testing.ts';

/** For what runs before specs, on a machine that has other work. */
const SLOW_MS = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-journal-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const SMALL = ['check', '--json', '--mode', 'none', '--workers', '1', '--prove-seconds', '0', '--clusters', '1'];
const cowcheck = (...args: string[]): Promise<Ran> => runHere([...SMALL, ...args], { cwd: folder });
const fileOf = (journal: string): string => join(folder, journal, 'journal');
const linesOf = (journal: string): string[] => readFileSync(fileOf(journal), 'utf8').split('\n').slice(0, -1);
/** The units whose results are there, in the order in which they came. */
const unitsIn = (journal: string): number[] =>
  linesOf(journal)
    .slice(1)
    .map((line) => Number(/"unit":(\d+)/.exec(line)![1]));

type Report = Readonly<Record<'states' | 'scenarios' | 'complete', unknown>>;

/** Runs a search in a process of its own until its journal has so many units, and kills it as `kill -9` does. */
async function killedAt(units: number, journal: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...SMALL, ...args, '--journal', journal], { cwd: folder, stdio: 'ignore' });
  const closed = once(child, 'close');
  const isLate = (): boolean => existsSync(fileOf(journal)) && linesOf(journal).length > units;
  while (!isLate() && child.exitCode === null) await setTimeout(2);
  child.kill('SIGKILL');
  await closed;
  expect(child.signalCode).toBe('SIGKILL');
}

describe('a search with a journal', { timeout: sized(120_000, 600_000) }, () => {
  const RUNS = ['--runs', sized('1600', '20000'), '--seed', 'a', '--writes', '1'];

  it('that is killed goes on where it was, and comes to what it would have come to', async () => {
    const whole = await cowcheck(...RUNS);
    await killedAt(1, 'killed', ...RUNS);
    const before = unitsIn('killed');
    const resumed = await cowcheck(...RUNS, '--journal', 'killed');
    expect(timeless(resumed)).toEqual(timeless(whole));
    expect(resumed.err).toMatch(/^cowcheck: the journal has \d+ units?, which will not run again\n/);
    const after = unitsIn('killed');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.toSorted((a, b) => a - b)).toEqual(after.map((_, i) => i)); // each unit once
    expect(before.length).toBeLessThan(after.length);
    expect(existsSync(join(folder, 'killed', 'lock'))).toBe(false);
  });

  it('runs nothing again once it has come to its end, whatever it has found', async () => {
    const broken = ['--runs', '40', '--seed', 'a', '--writes', '1', '--without', 'copyBeforeWrite'];
    const first = await cowcheck(...broken, '--journal', 'broken');
    const text = readFileSync(fileOf('broken'), 'utf8');
    expect(timeless(await cowcheck(...broken, '--journal', 'broken'))).toEqual(timeless(first));
    expect(readFileSync(fileOf('broken'), 'utf8')).toBe(text);
    expect(first.status).toBe(1);
  });

  it('takes the seed of its journal, where none is given', async () => {
    const [first, second] = [await cowcheck('--runs', '40', '--journal', 'drawn'), await cowcheck('--runs', '40', '--journal', 'drawn')];
    expect(timeless(second)).toEqual(timeless(first));
    expect(unitsIn('drawn')).toHaveLength(1);
  });
});

describe('the journal of a proof', { timeout: 60_000 }, () => {
  const PROOF = ['--exhaustive', '--writes', '1'];
  let whole: Ran;
  beforeAll(async () => {
    whole = await cowcheck(...PROOF, '--journal', 'proof');
    expect(whole.status).toBe(0);
    expect(unitsIn('proof')).toEqual([0, 1]);
  }, SLOW_MS);

  it('costs none of the time of a search that goes on from it', async () => {
    const { status, out } = await cowcheck(...PROOF, '--journal', 'proof', '--seconds', '0.001');
    const counted = ({ states, scenarios, complete }: Report): unknown => ({ states, scenarios, complete });
    expect(counted(JSON.parse(out) as Report)).toEqual(counted(JSON.parse(whole.out) as Report));
    expect(status).toBe(0);
  });

  it('may be torn at its end: what is torn runs again', async () => {
    const size = readFileSync(fileOf('proof')).length;
    truncateSync(fileOf('proof'), size - 5);
    const { status, out } = await cowcheck(...PROOF, '--journal', 'proof');
    expect(timeless({ status, out, err: '' })).toEqual(timeless(whole));
    expect(unitsIn('proof')).toEqual([0, 1]);
    expect(readFileSync(fileOf('proof')).length).toBe(size);
  });

  it.each([
    [['--writes', '2'], /^proof\/journal: it belongs to another search: --writes is 1 there and 2 here$/],
    [['--memory', '1G'], /^proof\/journal: it belongs to another search: --memory is 2147483648 there and 1073741824 here$/],
    [
      ['--without', 'copyBeforeWrite'],
      /^proof\/journal: it belongs to another search: --without is \[\] there and \["copyBeforeWrite"\] here$/,
    ],
  ])('is refused to another search: %s', async (more, says) => {
    const { status, out, err } = await cowcheck(...PROOF, ...more, '--journal', 'proof');
    expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
    expect(err.slice('cowcheck: '.length, -1)).toMatch(says);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  it('is refused while another process has it open, and where it is no journal', async () => {
    writeFileSync(join(folder, 'proof', 'lock'), `${process.ppid}\n`);
    expect((await cowcheck(...PROOF, '--journal', 'proof')).err).toMatch(
      /^cowcheck: proof: process \d+ has this journal open; if that process is gone, remove proof\/lock\n$/,
    );
    rmSync(join(folder, 'proof', 'lock'));
    expect((await cowcheck(...PROOF, '--journal', '/proc/x')).err).toBe('cowcheck: /proc/x/journal: cannot be written (ENOENT)\n');
    appendFileSync(fileOf('proof'), 'x\n');
    appendFileSync(fileOf('proof'), `${linesOf('proof')[2]!}\n`);
    expect(await cowcheck(...PROOF, '--journal', 'proof')).toMatchObject({ status: 2, err: 'cowcheck: proof/journal:4: it is damaged\n' });
    writeFileSync(fileOf('proof'), 'verdict: holds\n');
    expect((await cowcheck(...PROOF, '--journal', 'proof')).err).toBe('cowcheck: proof/journal: not a journal\n');
  });
});
