import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneIn, sized } from '../../../../tools/nightly/testing.ts';
import { checkedLine, textOfLine } from '../../campaign/checked-lines.ts';
import { type Ran, runHere, tracesIn, timeless } from '../testing.ts';

/** For what runs before specs, on a machine that has other work. */
const SLOW_MS = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-merge-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const cowcheck = (...args: string[]): Promise<Ran> => runHere(args, { cwd: folder });
const NO_PROOF = ['--prove-seconds', '0', '--workers', '1'];

/** The traces that it has left, with their text. */
function saved(): string[][] {
  const same = join(folder, 'same');
  return existsSync(same) ? tracesIn(same).map((name) => [name, readFileSync(join(same, name), 'utf8')]) : [];
}

/** Runs each shard, and merges their reports, the last one first. */
async function sharded(args: readonly string[], shards: number, ...more: string[]): Promise<Ran> {
  const reports: string[] = [];
  for (let i = 1; i <= shards; i++) {
    reports.unshift(`part-${i}`);
    const { status } = await cowcheck(
      'check',
      ...args,
      '--shard',
      `${i}/${shards}`,
      '--report',
      `part-${i}`,
      '--workers',
      '1',
      '--out',
      'raw',
    );
    expect([0, 1]).toContain(status);
  }
  return cowcheck('merge', ...reports, ...NO_PROOF, ...more);
}

describe('merge', { timeout: sized(180_000, 600_000) }, () => {
  const RUNS = [
    '--mode',
    sized('none', 'top,none'),
    '--seed',
    'a',
    ...sized(['--runs', '520', '--clusters', '1', '--writes', '1'], ['--runs', '9000']),
  ];
  const PROOF = ['--exhaustive', '--mode', 'none', '--clusters', '1', '--writes', sized('1', '2')];
  const CASES: [name: string, args: string[]][] = [
    ['a random search finds each cause', [...RUNS, '--without', 'copyBeforeWrite', '--keep-going']],
    ['a proof ends at its first failure', [...PROOF, '--without', 'copyBeforeWrite', '--without', 'cancelWakesParkedJob']],
    ['a proof holds', PROOF],
    ['a proof of increments holds', [...PROOF, '--mode', 'bitmap', '--family', 'block-copy']],
    ['a random search holds', [...RUNS, '--faults']],
  ];

  it.each(oneIn(3, CASES))('comes to what the whole search comes to, to the last byte but times, where %s', async (_, args) => {
    rmSync(join(folder, 'same'), { recursive: true, force: true });
    const whole = await cowcheck('check', ...args, ...NO_PROOF, '--json', '--out', 'same');
    const traces = saved();
    rmSync(join(folder, 'same'), { recursive: true, force: true });
    const merged = await sharded(args, sized(2, 3), '--json', '--out', 'same');
    expect(timeless(merged)).toEqual(timeless(whole));
    expect(merged.out.replaceAll(TIMES, '')).toBe(whole.out.replaceAll(TIMES, ''));
    expect(saved()).toEqual(traces);
  });
});

const TIMES = /"(?:seconds|schedulesPerSecond|duration|started)":(?:[\d.]+|"[^"]+")/g;

describe('merge of reports that do not go together', { timeout: 60_000 }, () => {
  const SEARCH = ['check', '--mode', 'none', '--runs', '30', '--seed', 'a', '--workers', '1'];
  beforeAll(async () => {
    for (const [report, ...args] of [['one'], ['two'], ['other', '--seed', 'b']] as const) {
      const shard = report === 'one' ? '1/2' : '2/2';
      expect(await cowcheck(...SEARCH, ...args, '--shard', shard, '--report', report)).toMatchObject({ status: 0 });
    }
    const lines = readFileSync(join(folder, 'one'), 'utf8').split('\n').slice(0, -1);
    const broken = ['--without', 'copyBeforeWrite', '--mode', 'full', '--shard', '1/1', '--report', 'found', '--out', 'raw'];
    expect(await cowcheck(...SEARCH, ...broken)).toMatchObject({ status: 1 });
    const changed = (from: RegExp, to: string): string => lines.map((line) => checkedLine(textOfLine(line)!.replace(from, to))).join('');
    writeFileSync(join(folder, 'older'), changed(/"model":"[0-9a-f]+/, '"model":"0123'));
    writeFileSync(join(folder, 'forged'), changed(/"runs":30/g, '"runs":31'));
    writeFileSync(join(folder, 'absurd'), changed(/"asked":\{"mode":"none"/, '"asked":{"mode":"half"'));
    writeFileSync(join(folder, 'of-a-job'), changed(/"job":"correct"/g, '"job":"mine.mjs"'));
    writeFileSync(join(folder, 'empty'), lines[0]! + '\n' + checkedLine('{"end":0,"seconds":1}'));
    const lie = readFileSync(join(folder, 'found'), 'utf8').split('\n').slice(0, -1);
    writeFileSync(
      join(folder, 'lie'),
      lie.map((line) => checkedLine(textOfLine(line)!.replace(/"schedule":\[[\d,]+\]/, '"schedule":[1]'))).join(''),
    );
    writeFileSync(join(folder, 'cut'), lines.slice(0, -1).join('\n'));
  }, SLOW_MS);

  it.each([
    ['one', /^one: shard 2 of 2 is missing$/],
    ['one two one', /^one: it is shard 1\/2, like one: name each shard once$/],
    ['one other', /^other: it belongs to another search: --seed is "b" there and "a" here \(one\)$/],
    ['older two', /^older: another build of cowcheck wrote it: its model is 0123-node\d+, this one's is /],
    ['forged two', /^two: it belongs to another search: --runs is 30 there and 31 here \(forged\)$/],
    ['absurd two', /^absurd: it is damaged: no search has such options \(mode\)$/],
    ['empty two', /^empty: it is damaged: unit 0 is missing$/],
    ['lie', /^lie: it is damaged: the failure of unit 0 does not fail here$/],
    ['cut two', /^cut: it is damaged: its end is missing$/],
    ['of-a-job of-a-job', /^of-a-job: it is shard 1\/2, like of-a-job: name each shard once$/],
    ['one two --job x.mjs', /^one: it is a report of a built-in job \(correct\): remove --job$/],
    ['nothing', /^nothing: no such file$/],
    ['.', /^\.: it is a directory$/],
  ])('is refused in one line: %s', async (args, says) => {
    const { status, out, err } = await cowcheck('merge', ...args.split(' '));
    expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
    expect(err.slice('cowcheck: '.length, -1)).toMatch(says);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  it.each([
    ['--shard 3/2 --report x', /invalid value '3\/2' for '--shard'\. Expected I\/N, such as 3\/10/],
    ['--shard 0/2 --report x', /invalid value '0\/2'/],
    ['--shard two --report x', /invalid value 'two'/],
    ['--shard 1/2', /^option '--shard' requires --report/],
    ['--report x', /^option '--report' requires --shard/],
    ['--shard 1/2 --report x', /^option '--shard' requires --runs or --exhaustive/],
    ['--shard 1/2 --report x --runs 9', /^option '--shard' requires --seed/],
    ['--shard 1/2 --report x --exhaustive --seconds 9', /^option '--seconds' cannot be used with --shard/],
    [
      '--shard 1/2 --report x --runs 9 --seed a --job qemu-1.6',
      /^option '--shard' cannot split a random search with more than one rule off/,
    ],
    ['--on redis://x --seconds 9', /^option '--seconds' cannot be used with --on/],
    ['--on redis://x', /^option '--on' requires --runs or --exhaustive/],
    [
      '--on redis://x --runs 9 --seed a --shard 1/2 --report x',
      /^options '--on' and '--shard' cannot be used together: a broker already splits the search/,
    ],
    ['--verify 1% --runs 9', /^option '--verify' requires --on/],
    ['--verify 0% --runs 9', /invalid value '0%' for '--verify'\. Expected a percentage above 0%/],
    [
      '--shard 1/2 --report x --runs 9 --seed a --family all',
      /^options '--shard', '--on' and '--journal' work with one family only: add --family notifier or --family block-copy/,
    ],
  ])('is what no share of a search is run for: %s', async (args, says) => {
    const { status, out, err } = await cowcheck('check', ...args.split(' '));
    expect(err).toMatch(/^cowcheck: [^\n]+ See: cowcheck check --help\n$/);
    expect(err.slice('cowcheck: '.length)).toMatch(says);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });
});
