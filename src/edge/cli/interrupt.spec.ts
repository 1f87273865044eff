/** A search that is interrupted ends soon, with what it has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FASTER, type How, INTERRUPTED, type Ran, TELLS_LISTENING, run, runHere, tracesIn } from './testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-interrupt-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command in a folder of its own, inside this process. */
const cowcheck = (...args: readonly string[]): Promise<Ran> => runHere(args, { cwd: folder });

/** The same as a process of its own: for what only a process has. */
const asProcess = (args: readonly string[], how: How = {}): Promise<Ran> => run(args, { cwd: folder, ...how });

const search = (...more: string[]): string[] => ['check', '--workers', '1', '--seed', 'spec', ...more];

describe('an interrupt', { timeout: 120_000, concurrent: true }, () => {
  it('ends a long check with status 130 and a verdict, at once', async () => {
    const begin = performance.now();
    const { status, out } = await asProcess(search('--runs', '1000000000', '--json'), {
      node: TELLS_LISTENING,
      interrupt: { at: /listening/, signal: 'SIGINT' },
    });
    expect(status).toBe(INTERRUPTED);
    expect(performance.now() - begin).toBeLessThan(30_000);
    const report = JSON.parse(out) as { verdict: string; schedules: number; bound?: unknown };
    expect(report.verdict).toBe('unfinished');
    expect(report.bound).toBeUndefined();
    expect(report.schedules).toBeLessThan(1_000_000);
  });

  it('says so in words, whatever ended it', async () => {
    const { status, out } = await asProcess(search('--seconds', '1000'), {
      node: TELLS_LISTENING,
      interrupt: { at: /listening/, signal: 'SIGTERM' },
    });
    expect(status).toBe(INTERRUPTED);
    expect(out).toContain('Interrupted: these are the results so far.');
    expect(out).not.toContain('No property was broken');
  });

  it('keeps what was found by then', async () => {
    const out = 'interrupted';
    const ran = await asProcess(
      search('--runs', '1000000000', '--mode', 'full', '--without', 'lookAgainAfterWaking', '--keep-going', '--out', out),
      {
        node: FASTER,
        // The first line of progress says whether there are failures.
        interrupt: { at: /^cowcheck: 0 % done, [\d,]+ schedules, [\d,]+ failures?\n/m, signal: 'SIGINT' },
      },
    );
    expect(ran.status).toBe(INTERRUPTED);
    expect(ran.out).toMatch(/^ *1\. [\w-]+ /m);
    expect(ran.out).toContain('Interrupted: these are the results so far.');
    const names = tracesIn(join(folder, out));
    expect(names.length).toBeGreaterThan(0);
    expect(await cowcheck('replay', ...names.map((name) => `${out}/${name}`))).toMatchObject({ status: 0 });
  });
});
