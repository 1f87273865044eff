/**
 * What a build of fc5d3f84 was seen to do (docs/qemu-1.6.md, "Seen on a build"), asked of the command: `check --job qemu-1.6 --scenario`
 * ends in the same way, says so, and `defects` has the number of that row.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { oneIn } from '../../../tools/nightly/testing.ts';
import { runHere } from './testing.ts';

interface Failure {
  readonly property: string;
  readonly sentence: string;
  readonly defects: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'cowcheck-seen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `check` finds in a scenario, one line of YAML a key; null: nothing. */
async function found(...scenario: readonly string[]): Promise<Failure | null> {
  const lines = ['trace: 2', 'subject: {family: notifier, era: qemu-1.6}', 'scenario:', ...scenario.map((line) => `  ${line}`)];
  writeFileSync(join(folder, 'seen.yaml'), `${[...lines, 'schedule: []', 'verdict: holds'].join('\n')}\n`);
  const asked = ['check', '--job', 'qemu-1.6', '--scenario', 'seen.yaml', '--json', '--keep-going'];
  const { status, out, err } = await runHere([...asked, '--runs', '64', '--seed', 'spec', '--workers', '1', '--prove-seconds', '0'], {
    cwd: folder,
  });
  expect(status, err).toBeLessThan(2);
  const { verdict, failures } = JSON.parse(out) as { verdict: string; failures: Failure[] };
  expect({ status, verdict, found: failures.length }).toEqual(
    status === 0 ? { status, verdict: 'holds', found: 0 } : { status, verdict: 'broken', found: 1 },
  );
  return failures[0] ?? null;
}

const top = (sectors: number, allocated: string): string =>
  `images: {disk: {sectors: ${sectors}, cluster-sectors: 2, allocated: [${allocated}], backing: base}, base: {sectors: ${sectors}}}`;
const disk = (sectors: number, target = ''): string => `images: {disk: {sectors: ${sectors}}${target === '' ? '' : `, target: ${target}`}}`;
const job = (sync: string, more = ''): string => `jobs: [{sync: ${sync}, cluster-sectors: 2${more}}]`;
const EXISTING = ', mode: existing';
const SHORT = ['S-09', 'B-40'];
const write = (first: number): string => `requests: [{id: g1, write: [${first}, 1]}]`;
const COPY_ON_READ = 'nodes: {disk: {copy-on-read: true}}';

interface Row {
  readonly scenario: readonly string[];
  readonly property: string;
  readonly defects: readonly string[];
  /** Of what `check` says. */
  readonly says: RegExp;
}

const ROWS: Readonly<Record<string, Row>> = {
  'NONE has no room for the end of the disk in a shorter target': {
    scenario: [disk(6, '{sectors: 4, cluster-sectors: 2}'), job('none', EXISTING), write(4)],
    property: 'snapshot-kept',
    defects: SHORT,
    says: /^The target is \d sectors? long, so the backup shows zero at sector \d instead of/,
  },
  'TOP hangs on a disk that ends within a cluster of which nothing is allocated': {
    scenario: [top(3, '0'), job('top')],
    property: 'always-finishes',
    defects: ['S-02', 'B-20'],
    says: /^The job runs forever without yielding/,
  },
  'TOP hangs on a disk of one sector': {
    scenario: [top(1, ''), job('top')],
    property: 'always-finishes',
    defects: ['S-02', 'B-20'],
    says: /^The job runs forever without yielding/,
  },
  ...Object.fromEntries(
    (['full', 'none'] as const).map((sync): [string, Row] => [
      `a guest write to what has not been copied aborts, on a disk with copy-on-read=on: ${sync}`,
      {
        scenario: [disk(2), COPY_ON_READ, job(sync), write(0)],
        property: 'always-finishes',
        defects: ['S-04', 'B-22'],
        says: /^g1 waits for its own request/,
      },
    ]),
  ),
  'TOP completes with an offset below its length': {
    scenario: [top(4, '0'), job('top')],
    property: 'progress-adds-up',
    defects: ['S-10'],
    says: /skipped/,
  },
  'FULL ends with EIO where a shorter target does': {
    scenario: [disk(6, '{sectors: 4}'), job('full', EXISTING)],
    property: 'errors-are-told',
    defects: SHORT,
    says: /^The job told of EIO from the target, and no disk had failed: the target ends at sector \d, the disk at \d/,
  },
  'FULL meets EIO where a shorter target ends, under ignore, too': {
    scenario: [disk(6, '{sectors: 4}'), job('full', `${EXISTING}, on-target-error: ignore`)],
    property: 'errors-are-told',
    defects: SHORT,
    says: /^The job told of EIO from the target, and no disk had failed: the target ends at sector \d, the disk at \d/,
  },
  'a guest gets EIO where a shorter target ends': {
    scenario: [disk(6, '{sectors: 4}'), job('full', EXISTING), write(4)],
    property: 'guest-unharmed',
    defects: SHORT,
    says: /^g1 was told EIO at step \d+, and no disk had failed: the target ends at sector \d, the disk at \d/,
  },
  'FULL completes on a longer target': {
    scenario: [disk(6, '{sectors: 8, data: [7]}'), job('full', EXISTING)],
    property: 'snapshot-kept',
    defects: SHORT,
    says: /^The job was given a target of \d sectors? for a disk of \d/,
  },
  "FULL accepts the source's file as its existing target": {
    scenario: [disk(6), 'nodes: {target: {image: disk}}', job('full', EXISTING), write(0)],
    property: 'snapshot-kept',
    defects: ['S-11'],
    says: /^The job was given the disk itself as its target/,
  },
  'NONE accepts a raw existing target': {
    scenario: [disk(6, '{}'), job('none', EXISTING)],
    property: 'snapshot-kept',
    defects: ['S-24'],
    says: /because the target is raw/,
  },
  'TOP accepts a raw existing target, in which nothing of the base is': {
    scenario: [`${top(4, '0').slice(0, -1)}, target: {}}`, job('top', EXISTING)],
    property: 'snapshot-kept',
    defects: ['S-24'],
    says: /because the target is raw/,
  },
  'CANCELLED carries the error of a copy that had failed': {
    scenario: [
      disk(2),
      job('full', ', on-target-error: stop'),
      'commands: [{cancel: job}]',
      'faults: [{node: target, op: write, cluster: 0, errno: EIO}]',
    ],
    property: 'errors-are-told',
    defects: ['S-19'],
    says: /ended at step \d+ with "CANCELLED with EIO from the target"/,
  },
};

describe('check --job qemu-1.6 --scenario', () => {
  it.each(oneIn(14, Object.entries(ROWS)))('finds that %s', async (_, { scenario, property, defects, says }) => {
    expect(await found(...scenario)).toMatchObject({ property, defects, sentence: expect.stringMatching(says) });
  });

  const RIGHT: readonly [string, readonly string[]][] = [
    ['TOP of which the last cluster is allocated', [top(3, '0, 1'), job('top')]],
    ['TOP of a disk of no sectors', [top(0, ''), job('top')]],
    ['FULL of a disk that ends within a cluster', [disk(3), job('full')]],
    ['NONE of a disk that ends within a cluster', [disk(3), job('none')]],
  ];
  it.each(oneIn(4, RIGHT))('finds nothing in %s', async (_, scenario) => {
    expect(await found(...scenario)).toBeNull();
  });
});
