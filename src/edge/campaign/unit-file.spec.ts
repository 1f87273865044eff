import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MARK_IDS } from '../../../properties/situations.ts';
import type { UnitResult } from '../../search/campaign/campaign.ts';
import type { SweepResult } from '../../search/exhaustive/sweep.ts';
import { campaignId, differenceOf } from './campaign-key.ts';
import { checkedLine, textOfLine } from './checked-lines.ts';
import { EXHAUSTIVE_UNITS, RANDOM_UNITS } from './unit-codec.ts';
import { type Header, endLine, headerLine, readUnitFile, resultIn, unitLine } from './unit-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-units-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const HEADER: Header = {
  kind: 'random',
  options: { runs: 30, seed: 'é\u2028' },
  files: {},
  model: 'abc-node20',
  asked: { runs: 30 },
  shard: { number: 1, of: 2 },
};
const FOUND = {
  scenario: {
    mode: 'full',
    disk: { sectors: 2, clusterSectors: 1, zero: [1], discardReads: 'zero' },
    targetClusterSectors: 0,
    guest: [{ id: 'g1', kind: 'write', first: 0, count: 1, after: [], early: false }],
    cancel: false,
    throttled: true,
  },
  schedule: [1, 2, 1],
  violation: { property: 'some', detail: 'a line\nand more', sector: 0, expected: 5 },
  without: ['copyBeforeWrite'],
  cause: ['copyBeforeWrite'],
  run: 4,
  unit: 0,
} as const;
const BOUND = { depth: 2, coroutines: 3, steps: 20, runs: 5, overshoots: 1 };
const RESULT: UnitResult = {
  mode: 'full',
  schedules: 10,
  steps: 100,
  scenarios: 2,
  cutOff: 1,
  marks: MARK_IDS.map((_, i) => i),
  found: [FOUND],
  bounds: [
    { ...BOUND, logMiss: -0.1 - 1e-17 / 3 },
    { ...BOUND, logMiss: -Infinity },
  ],
};
const SWEPT: SweepResult = {
  byMode: new Map([['top', { states: 7, transitions: 9, canonicalScenarios: 1, scenarios: 2 }]]),
  collisionBound: 7 ** 2 / 2 ** 65,
  found: [{ ...FOUND, bucket: 'full copyBeforeWrite' }],
  cut: null,
};
const unit = (number: number): string => unitLine(number, RESULT, RANDOM_UNITS);

/** @returns what is read from a file of these lines */
async function read(...lines: string[]): ReturnType<typeof readUnitFile> {
  const path = join(folder, 'units');
  writeFileSync(path, lines.join(''));
  return readUnitFile(path, 'a journal');
}

describe('a file of units', () => {
  it('has results as they were, to the last bit', async () => {
    const swept = unitLine(7, SWEPT, EXHAUSTIVE_UNITS);
    const file = await read(headerLine(HEADER), unit(0), swept, endLine(2, 0.5));
    expect(file).toMatchObject({ header: HEADER, end: { seconds: 0.5 }, tornAt: null });
    expect(resultIn(file.units.get(0)!, RANDOM_UNITS, 'f')).toEqual(RESULT);
    expect(resultIn(file.units.get(7)!, EXHAUSTIVE_UNITS, 'f')).toEqual(SWEPT);
    expect(readFileSync(join(folder, 'units'), 'latin1')).toMatch(/^[\u0020-\u007e\n]*$/);
  });

  it('says where its tail is torn, wherever that is', async () => {
    const whole = headerLine(HEADER) + unit(0);
    for (const cut of [1, 20, unit(1).length - 1]) {
      const file = await read(whole, unit(1).slice(0, cut));
      expect(file).toMatchObject({ tornAt: whole.length, end: null });
      expect([...file.units.keys()]).toEqual([0]);
    }
    expect(await read(whole, '\0'.repeat(300), '\n')).toMatchObject({ tornAt: whole.length });
  });

  it.each([
    ['a line in the middle has changed', [headerLine(HEADER), unit(0).replace('"steps":100', '"steps":101'), unit(1)], ':2: it is damaged'],
    ['a unit has two results', [headerLine(HEADER), unit(0), unitLine(0, { ...RESULT, steps: 9 }, RANDOM_UNITS)], ':3: .* is there twice'],
    ['a line is missing', [headerLine(HEADER), unit(0), endLine(2, 1)], ':3: it is damaged'],
    ['something comes behind its end', [headerLine(HEADER), unit(0), endLine(1, 1), unit(1)], ':4: it is damaged'],
    ['it is something else', ['verdict: holds\n'], ': not a journal'],
    ['it is empty', [], ': not a journal'],
    ['its header is of another format', [checkedLine('{"cowcheck":"units 9"}')], ': not a journal, or another version'],
  ])('is refused where %s', async (_, lines, says) => {
    await expect(read(...lines)).rejects.toThrow(new RegExp(`units${says}`));
  });

  it.each([
    ['nothing', 'null'],
    ['an unknown mode', JSON.stringify({ ...RESULT, mode: 'half' })],
    ['too few situations', JSON.stringify({ ...RESULT, marks: [1] })],
    ['a rule that there is not', JSON.stringify({ ...RESULT, found: [{ ...FOUND, cause: ['x'] }] })],
    ['a scenario that makes no sense', JSON.stringify({ ...RESULT, found: [{ ...FOUND, scenario: { ...FOUND.scenario, mode: 'top' } }] })],
  ])('has no result in a line that has %s', (_, result) => {
    const text = textOfLine(checkedLine(`{"unit":3,"result":${result}}`).trimEnd())!;
    expect(() => resultIn(text, RANDOM_UNITS, 'f')).toThrow(/^f: it is damaged: its unit 3 has no valid result$/);
  });

  it('may grow behind a torn tail once that is cut off', async () => {
    const path = join(folder, 'units');
    const { tornAt } = await read(headerLine(HEADER), unit(0).slice(0, 9));
    writeFileSync(path, readFileSync(path).subarray(0, tornAt!));
    appendFileSync(path, unit(3));
    expect([...(await readUnitFile(path, 'a journal')).units.keys()]).toEqual([3]);
  });
});

describe('a campaign', () => {
  it('has an id that any option, file or build changes, and their order does not', () => {
    const id = campaignId(HEADER);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(campaignId({ ...HEADER, options: { seed: HEADER.options['seed'], runs: 30 } })).toBe(id);
    expect(campaignId({ ...HEADER, shard: null } as Header)).toBe(id);
    const others = [
      { options: { ...HEADER.options, runs: 31 } },
      { files: { workload: 'x' } },
      { model: 'y' },
      { kind: 'exhaustive' },
    ] as const;
    for (const other of others) expect(campaignId({ ...HEADER, ...other })).not.toBe(id);
  });

  it('says in one line what is different in another one', () => {
    expect(differenceOf(HEADER, HEADER)).toBeNull();
    expect(differenceOf(HEADER, { ...HEADER, options: { seed: HEADER.options['seed'], keepGoing: true } })).toBe(
      'it belongs to another search: --runs is 30 there and absent here',
    );
    expect(differenceOf({ ...HEADER, model: 'old' }, HEADER)).toMatch(
      /^another build of cowcheck wrote it: its model is old, this one's is abc/,
    );
    expect(differenceOf({ ...HEADER, kind: 'exhaustive' }, HEADER)).toBe('it belongs to an exhaustive search, but this is a random search');
    expect(differenceOf({ ...HEADER, files: { workload: 'x' } }, HEADER)).toBe(
      'it belongs to another search: the file of --workload has changed',
    );
  });
});
