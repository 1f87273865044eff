/** Logs of a large disk and of many requests: by day one that is long enough to be cut, at night those that the limits are for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fioLines, nbdkitLines } from '../../../tools/guest-logs/generate.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { run, runHere } from './testing.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'cowcheck-logs-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const TEBIBYTE = 2 ** 40;
const FORMATS = { fio: fioLines, nbdkit: nbdkitLines };
type Format = keyof typeof FORMATS;

function writeLog(format: Format, requests: number, diskBytes = TEBIBYTE): string {
  const path = join(folder, `${format}-${requests}.log`);
  writeFileSync(path, [...FORMATS[format]({ diskBytes, requests, seed: 'long' })].join(''));
  return path;
}

const once = (path: string): string[] => ['check', '--workload', path, '--mode', 'full', '--runs', '1', '--workers', '1', '--seed', 'long'];

interface Recorded {
  readonly requests: number;
  readonly count: number;
  readonly diskClusters: number;
  readonly clusters: number;
}

describe('a long log of a disk of 1 TiB', () => {
  it('runs a window of it, on a disk that is no larger than the window needs, and says so', async () => {
    const { status, out } = await runHere([...once(writeLog('fio', 3_000)), '--json'], { cwd: folder });
    expect(status).toBe(0);
    const { recorded, steps } = JSON.parse(out) as { recorded: Recorded; steps: number };
    expect(recorded).toMatchObject({ requests: 3_000, count: 1_000, diskClusters: 2 ** 24, cutLine: null });
    expect(recorded.clusters).toBeGreaterThan(100);
    expect(recorded.clusters).toBeLessThanOrEqual(4 * recorded.count + 1);
    expect(steps).toBeLessThan(400_000); // a step for each cluster of the disk would be 16,777,216
  });

  it.skipIf(sized(true, false)).each(['fio', 'nbdkit'] as const)(
    'takes seconds, and little memory: 100,000 requests, %s',
    async (format) => {
      const long = await measured(writeLog(format, 100_000));
      const half = await measured(writeLog(format, 50_000));
      expect(long.seconds).toBeLessThan(10);
      expect(long.bytes).toBeLessThan(2 ** 30);
      expect(half.cpu).toBeGreaterThan(0.4 * long.cpu);
    },
  );

  it.skipIf(sized(true, false)).each([
    ['fio', 500_000],
    ['nbdkit', 250_000],
  ] as const)('reads half a million lines, %s', async (format, requests) => {
    const { seconds, bytes } = await measured(writeLog(format, requests));
    expect(seconds).toBeLessThan(15);
    expect(bytes).toBeLessThan(2 ** 30);
  });
});

/** Each thread says what it has used when it ends; the last to do so is the process. */
const USED = `process.on('exit', () => {
  const { maxRSS, userCPUTime } = process.resourceUsage();
  console.error(\`used \${maxRSS} \${userCPUTime}\`);
})`;

/** One schedule: its seconds and those of its CPU, and the memory that it took. */
async function measured(path: string): Promise<{ seconds: number; cpu: number; bytes: number }> {
  const begin = performance.now();
  const { status, err } = await run(once(path), { cwd: folder, node: [`--import=data:text/javascript,${encodeURIComponent(USED)}`] });
  expect(status).toBe(0);
  const used = [...err.matchAll(/^used (\d+) (\d+)$/gm)].map(([, rss, cpu]) => [Number(rss), Number(cpu)]);
  const [rss, cpu] = [0, 1].map((i) => Math.max(...used.map((each) => each[i]!)));
  return { seconds: (performance.now() - begin) / 1000, cpu: cpu! / 1e6, bytes: rss! * 1024 };
}
