import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../copy-of-tree.ts';
import { type Results, brokenBuildsDocument } from './document.ts';
import { EDITS, KNOWN_BUGS } from './edits.ts';
import type { Trial } from './trial.ts';

const trial = (name: string, change: Partial<Trial> = {}): Trial => ({
  name,
  verdict: 'broken',
  runs: 7,
  seconds: 3,
  property: 'snapshot-kept',
  promise: 'MO-2',
  said: 'sector 1 should be a|b',
  ...change,
});
const holds = { verdict: 'holds', runs: 2000, property: null, promise: null, said: null } as const;
const RESULTS: Results = {
  version: '1:10.0.13+ds-0',
  budget: { runs: 2000, seconds: 240, seed: 'a', workers: 2 },
  asItIs: trial('asItIs', { runs: 55, property: 'stable-reader' }),
  mended: trial('mended', holds),
  trials: [trial('forwardFirst', { runs: 1 }), trial('bitLost'), trial('sleepOwning', holds)],
};

describe('docs/broken-builds.md', () => {
  const lines = brokenBuildsDocument(RESULTS, EDITS, KNOWN_BUGS).split('\n');

  it('says how many of the builds are found, and how soon', () => {
    expect(lines).toContain('**2 of 3 broken builds are found (67 %), half of them within 4 runs**, the last one in run 7.');
  });

  it('does not count a build as held that had next to no runs', () => {
    expect(lines.join()).not.toContain('nothing is known of them');
    const few = { ...RESULTS, trials: [...RESULTS.trials, trial('scanTooFar', { ...holds, runs: 20 })] };
    expect(brokenBuildsDocument(few, EDITS, KNOWN_BUGS)).toContain(
      '\nOf those that are not, 1 had fewer than 100 runs: nothing is known of them.\n',
    );
  });

  it('has a row for each build that was tried', () => {
    expect(lines).toContain(
      String.raw`| \`bitLost\` | T6 | 7 | \`snapshot-kept\` | MO-2 | sector 1 should be a\|b | 3 |`.replaceAll('\\`', '`'),
    );
    expect(lines).toContain('| `sleepOwning` | K6 | **not** in 2000 |  |  |  | 3 |');
  });

  it('says why a build is not found, and only of those', () => {
    const reasons = lines.filter((line) => line.startsWith('- `'));
    expect(reasons).toEqual([expect.stringMatching(/^- `sleepOwning`: it takes a speed limit, /)]);
  });

  it('is what stands in the repository', () => {
    const results = JSON.parse(readFileSync(join(ROOT, 'docs/broken-builds.json'), 'utf8')) as Results;
    const tried = results.trials.map(({ name }) => name);
    expect(tried.length).toBeGreaterThanOrEqual(30);
    expect(tried).toEqual(EDITS.map(({ name }) => name).filter((name) => tried.includes(name)));
    expect(readFileSync(join(ROOT, 'docs/broken-builds.md'), 'utf8')).toBe(brokenBuildsDocument(results, EDITS, KNOWN_BUGS));
  });
});
