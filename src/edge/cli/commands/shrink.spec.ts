import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrace } from '../../../trace/read.ts';
import { writeTrace } from '../../../trace/write.ts';
import { failureOf } from '../../../shrink/failure.ts';
import { findFailure, settingWithout } from '../../../testing.ts';
import { GOLDEN, INTERRUPTED, type Ran, run, runHere, tracesIn } from '../testing.ts';

let folder: string;
const cowcheck = (...args: string[]): Promise<Ran> => runHere(args, { cwd: folder });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-shrink-'));
  for (const [name, rule, mode] of [
    ['write', 'copyBeforeWrite', 'full'],
    ['race', 'wakeWaiters', 'top'],
  ] as const) {
    const setting = settingWithout([rule]);
    const { found } = findFailure(setting, mode, 60_000)!;
    writeFileSync(
      join(folder, `${name}.trace.yaml`),
      writeTrace(failureOf(found, { setting, strategy: 'portfolio', seed: 'spec' }, () => true).trace),
    ); // as it was found
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('cowcheck shrink', { timeout: 60_000 }, () => {
  it('writes a smaller trace beside the given one, which stays as it is', async () => {
    const given = readFileSync(join(folder, 'write.trace.yaml'), 'utf8');
    const { status, out } = await cowcheck('shrink', 'write.trace.yaml');
    expect(status).toBe(0);
    expect(out).toMatch(
      new RegExp(
        String.raw`^from {5}\d+ requests?, \d+ clusters?, \d+ preemptions?, \d+ steps\n` +
          String.raw`to {7}1 request, 1 cluster, 1 preemption, 4 steps\n` +
          String.raw`minimal {2}best effort \(\d+ tries\)\n` +
          String.raw`(\./)?full-copyBeforeWrite-[0-9a-f]{8}\.trace\.yaml\n$`,
      ),
    );
    expect(readTrace(readFileSync(join(folder, out.split('\n')[3]!), 'utf8')).schedule).toHaveLength(4);
    expect(readFileSync(join(folder, 'write.trace.yaml'), 'utf8')).toBe(given);
    const [, , , small] = out.split('\n');
    const before = tracesIn(folder);
    expect((await cowcheck('shrink', small!)).out.split('\n')[3]).toBe(small); // no smaller one, so no other file
    expect(tracesIn(folder)).toEqual(before);
  });

  it('proves that none is smaller, as one JSON object', async () => {
    const { status, out } = await cowcheck('shrink', 'write.trace.yaml', '--prove', '--json', '--out', 'proven');
    expect(status).toBe(0);
    const { before, after, trace, ...more } = JSON.parse(out) as Record<string, unknown>;
    expect(before).toMatchObject({
      requests: expect.any(Number),
      clusters: expect.any(Number),
      preemptions: expect.any(Number),
      steps: expect.any(Number),
    });
    expect(after).toEqual({ requests: 1, clusters: 1, features: 0, preemptions: 1, steps: 4, sectors: 1, frills: 1 });
    expect(more).toEqual({ minimal: 'proven', minimalScope: expect.stringMatching(/^FULL, up to 2 clusters/), tries: expect.any(Number) });
    expect(tracesIn(join(folder, 'proven')).map((name) => `proven/${name}`)).toEqual([trace]);
    expect(await cowcheck('replay', trace as string)).toMatchObject({ status: 0 });
  });

  it('ends a proof in time, with the best that it has', async () => {
    const { status, out } = await cowcheck('shrink', 'race.trace.yaml', '--prove', '--prove-seconds', '0.05', '--json', '--out', 'hurried');
    expect({ status, minimal: (JSON.parse(out) as { minimal: string }).minimal }).toEqual({ status: 0, minimal: 'best effort' });
  });

  it('ends a proof when it is interrupted, and keeps the best that it has', async () => {
    const interrupt = { at: /shrinking/, signal: 'SIGINT' } as const;
    const tells = [
      '--import',
      `data:text/javascript,${encodeURIComponent(
        'import { Worker } from "node:worker_threads"; const post = Worker.prototype.postMessage; ' +
          'Worker.prototype.postMessage = function (message, ...more) { if ' +
          '(String(message?.filename).includes("failure-worker")) process.stderr.write("shrinking\\n"); return ' +
          'post.call(this, message, ...more); };',
      )}`,
    ];
    const { status, out } = await run(['shrink', 'race.trace.yaml', '--prove', '--json', '--out', 'interrupted'], {
      cwd: folder,
      node: tells,
      interrupt,
    });
    expect(status).toBe(INTERRUPTED);
    expect(JSON.parse(out)).toMatchObject({ minimal: 'best effort' });
    expect(tracesIn(join(folder, 'interrupted'))).toHaveLength(1);
  });

  it.each([
    [['nothing.trace.yaml'], /^cowcheck: nothing\.trace\.yaml: no such file\n$/],
    [
      ['holds.trace.yaml'],
      /^cowcheck: holds\.trace\.yaml: it does not fail as it says, so [a-z ]+ to shrink: replay says "diverged": at step \d+ [^\n]+\n$/,
    ],
    [['fine.trace.yaml'], /^cowcheck: fine\.trace\.yaml: nothing breaks in it, so there is nothing to shrink\n$/],
    [['write.trace.yaml', '--prove-seconds', '-1'], /^cowcheck: [^\n]+\n$/],
    [[], /^cowcheck: missing required argument 'trace'\. See: cowcheck shrink --help\n$/],
  ])('says in one line what is wrong with %j', async (args, says) => {
    const holds = { ...readTrace(readFileSync(GOLDEN, 'utf8')), without: [], cause: [] };
    writeFileSync(join(folder, 'holds.trace.yaml'), writeTrace(holds));
    copyFileSync(new URL('../../../trace/golden/format-1-holds.trace.yaml', import.meta.url), join(folder, 'fine.trace.yaml'));
    const { status, out, err } = await cowcheck('shrink', ...args);
    expect(err).toMatch(says);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });
});
