import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Compared } from '../../../../bench/compare.ts';
import { sized } from '../../../../tools/nightly/testing.ts';
import { figuresInWords } from './bench.ts';
import { run, runHere } from '../testing.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'cowcheck-bench-'));
/** Nothing but ourselves can be run: neither Spin nor a compiler. */
const WITHOUT_SPIN = { PATH: FOLDER };
afterAll(() => rmSync(FOLDER, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
}

describe('cowcheck bench', { timeout: 180_000 }, () => {
  // By day bench/compare.spec.ts compares figures that were not measured, and .ci/run measures them.
  it.runIf(sized(false, true))('compares its ratios with those of an earlier run, where both have one', async () => {
    const one = 'random schedules, FULL, one scenario of 4 clusters and 3 writes';
    const earlier = file(
      'earlier.json',
      JSON.stringify([
        { name: one, ratio: 2 },
        { name: 'random schedules, FULL, one scenario of 16 clusters and 8 writes', ratio: null },
        { name: 'of yore', ratio: 1 },
      ]),
    );
    const { status, out, err } = await run(['bench', '--seconds', '0.01', '--against', earlier, '--json'], { env: WITHOUT_SPIN });
    expect(status).toBe(0);
    const figures = JSON.parse(out) as Compared[];
    expect(figures.length).toBeGreaterThanOrEqual(3);
    for (const { name, value, peer, ratio, earlierRatio, change } of figures) {
      expect({ name, value: value > 0, peer: peer!.value > 0 }).toEqual({ name, value: true, peer: true });
      expect(earlierRatio).toBe(name === one ? 2 : null);
      expect(change).toBe(name === one ? ratio! / 2 : null);
    }
    const words = figuresInWords(figures);
    expect(words).toMatch(/ 2\.00 x then, [\d.]+ x now: [\d.]+ times as good\n/);
    expect(words).toContain('not measured then');
    expect(words).not.toContain('exhaustive');
    expect(err).toContain('cowcheck: exhaustive search is not measured, because Spin is missing: apt-get install spin gcc\n');
  });

  it.each([
    ['not JSON', '{', 'it is not JSON'],
    ['not a list', '{}', 'these are no figures: .*'],
    ['figures without names', '[{"ratio": 1}]', 'these are no figures: .*'],
    ['a ratio that is none', '[{"name": "a", "ratio": 0}]', 'these are no figures: .*'],
  ])('refuses to compare with what is no list of figures, before it measures: %s', async (name, text, says) => {
    const path = file(`${name}.json`, text);
    const { status, out, err } = await runHere(['bench', '--against', path]);
    expect({ status, out, err }).toEqual({ status: 2, out: '', err: expect.stringMatching(new RegExp(`^cowcheck: ${path}: ${says}\n$`)) });
  });
});
