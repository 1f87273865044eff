import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { checkedLine, textOfLine } from '../../campaign/checked-lines.ts';
import { describeWithQemu } from '../../qemu/daemon/testing.ts';
import { type Ran, runHere, timeless, tracesIn } from '../testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const cowcheck = (...args: string[]): Promise<Ran> => runHere(args, { cwd: folder });
const QEMU = ['qemu', '--seed', 'a', '--workers', '1', '--keep-going'];

describe('a shard of a search on a real QEMU', () => {
  it.each([
    [['--report', 'part'], "option '--report' requires --shard I/N"],
    [['--shard', '1/2'], "option '--shard' requires --report FILE, the file for its results"],
    [
      ['--shard', '1/2', '--report', 'part', '--seconds', '9'],
      "option '--seconds' cannot be used with --shard: give --runs instead, so that the shards add up to one search",
    ],
    [
      ['--shard', '1/2', '--report', 'part', '--validate'],
      "option '--validate' cannot be used with --shard: validate in a search without it",
    ],
    [['--shard', '1/2', '--report', 'part', '--release', 'all'], "option '--release' requires a single release with --shard, not 'all'"],
  ])('is refused in one line: %j', async (more, says) => {
    const { status, out, err } = await cowcheck(...QEMU, ...more);
    expect(err).toContain(`cowcheck: ${says}`);
    expect({ status, out, lines: err.split('\n').length }).toEqual({ status: 2, out: '', lines: 2 });
  });

  it('needs the seed of all shards', async () => {
    expect((await cowcheck('qemu', '--shard', '1/2', '--report', 'part')).err).toContain("option '--shard' requires --seed");
  });
});

describeWithQemu('the shards of a search on a real QEMU', () => {
  const SEARCH = [...QEMU, ...sized(['--mode', 'full', '--clusters', '2', '--runs', '6'], ['--faults', '--mode', 'none', '--runs', '60'])];
  let whole: Ran;
  beforeAll(async () => {
    whole = await cowcheck(...SEARCH, '--json', '--out', 'whole');
    for (const number of [3, 1, 2]) {
      const { status, out } = await cowcheck(...SEARCH, '--shard', `${number}/3`, '--report', `part-${number}`, '--json');
      expect(JSON.parse(out)).toMatchObject({ shard: `${number}/3`, report: `part-${number}`, units: sized(2, 20) });
      expect([0, 1]).toContain(status);
    }
  }, 600_000);

  it('merged in any order are the whole search, to the last byte of its traces', async () => {
    const merged = await cowcheck('merge', 'part-2', 'part-3', 'part-1', '--json', '--out', 'merged');
    const nameless = ({ out, ...ran }: Ran, name: string): object => timeless({ ...ran, out: out.replaceAll(`${name}/`, '') });
    expect(nameless(merged, 'merged')).toEqual(nameless(whole, 'whole'));
    const traces = (name: string): string[] =>
      whole.status === 0 ? [] : tracesIn(join(folder, name)).map((file) => readFileSync(join(folder, name, file), 'utf8'));
    expect(traces('merged')).toEqual(traces('whole'));
  }, 600_000);

  it('are refused where one is missing, is of another QEMU, or says what does not happen', async () => {
    const says = async (...args: string[]): Promise<string> => (await cowcheck('merge', ...args)).err;
    expect(await says('part-1', 'part-2')).toBe('cowcheck: part-1: shard 3 of 3 is missing\n');
    expect(await says('part-1', 'part-2', 'part-3', '--job', 'a.mjs')).toContain('cannot be used with reports of a real QEMU');

    const [header = '', ...units] = readFileSync(join(folder, 'part-1'), 'utf8').trimEnd().split('\n');
    const forged = (path: string, change: (text: string) => string, lines: readonly string[]): void =>
      writeFileSync(join(folder, path), `${lines.map((line) => checkedLine(change(textOfLine(line)!)).trimEnd()).join('\n')}\n`);
    forged('options', (text) => text.replace('"clusters":', '"cluters":'), [header, ...units]);
    expect(await says('options', 'part-2', 'part-3')).toMatch(/^cowcheck: part-2: it belongs to another search: --cl[^\n]+\n$/);
    const broken = (text: string): string =>
      text
        .replace('"broken":false', '"broken":true')
        .replace('"failure":null', '"failure":{"cause":["x"],"preemptions":0,"trace":"trace: 2"}');
    forged('failure', broken, [header, ...units]);
    forged('mode', (text) => text.replace('"counts":{"mode":"full"', '"counts":{"mode":"top"'), [header, ...units]);
    expect(await says('mode', 'part-2', 'part-3')).toMatch(/: it is damaged: run 0 is in mode top, which is not one of the search\n$/);
    const { status, err } = await cowcheck('merge', 'failure', 'part-2', 'part-3');
    expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
    expect(status).toBe(2);
  }, 600_000);
});
