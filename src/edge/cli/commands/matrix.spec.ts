/** `cowcheck rules --matrix`, of one rule. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import type { MatrixRow } from '../../../matrix/matrix.ts';
import { type Ran, UNFINISHED, runHere, tracesIn } from '../testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'cowcheck-matrix-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const cowcheck = (...args: string[]) => runHere(args, { cwd: folder });

describe('rules --matrix', { timeout: 300_000 }, () => {
  // What becomes of what was searched, src/matrix/matrix.spec.ts asks by day: the rule that is searched soonest takes a third of a minute.
  it.skipIf(sized(true, false))('says what breaks in each mode, the same for any number of workers, and keeps the traces', async () => {
    const ran = (workers: string): Promise<Ran> =>
      cowcheck('rules', 'noneTargetGetsLiveSource', '--matrix', '--json', '--workers', workers, '--out', workers);
    const one = await ran('1');
    expect(one.status).toBe(0);
    expect((await ran('2')).out).toBe(one.out);
    const [row, ...more] = JSON.parse(one.out) as MatrixRow[];
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      name: 'noneTargetGetsLiveSource',
      brokenIn: null,
      fixedBy: null,
      modes: {
        full: { asked: false, necessary: false, wake: [] },
        top: { asked: false },
        none: {
          asked: true,
          necessary: true,
          property: 'snapshot-kept',
          minimal: 'proven',
          wake: ['any', 'qemu'],
          trace: 'noneTargetGetsLiveSource-none.trace.yaml',
        },
      },
    });
    expect(tracesIn(join(folder, '1'))).toEqual(['noneTargetGetsLiveSource-none.trace.yaml']);
  });

  it('says what it does not know when its time is over', async () => {
    const { status, out, err } = await cowcheck('rules', 'wakeWaiters', '--matrix', '--seconds', '0.001');
    expect([status, out]).toEqual([
      UNFINISHED,
      'wakeWaiters\n  FULL    not searched to the end\n  TOP     not searched to the end\n  NONE    not searched to the end\n',
    ]);
    expect(err).toContain('cowcheck: out of time: unanswered cells are null in the JSON, and pairs may be missing\n');
  });

  it('knows its rules', async () => {
    const { status, out, err } = await cowcheck('rules', 'wakeWaiter', '--matrix');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/\(did you mean 'wakeWaiters'\?\)/);
  });
});
