import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../copy-of-tree.ts';
import type { Answer } from '../../src/edge/qemu/daemon/bitmap-modes.ts';
import { type Cell, atOddsWithModel, releasesDocument, wordOf } from './document.ts';

const cell = (change: Partial<Cell>): Cell => ({
  trace: 'traces/releases/some-5.2.trace.yaml',
  suite: 'bullseye',
  outcome: 'reproduced',
  detail: '',
  status: 1,
  said: 'BUG: `a || b` failed',
  ...change,
});

const taken = (sync: Answer['sync'], given: Answer['given']): Answer => ({ sync, given, isTaken: true, refusal: null });

it('tells where a release is at odds with the model', () => {
  const refused: Answer = { sync: 'full', given: 'always', isTaken: false, refusal: 'no' };
  expect(atOddsWithModel({ suite: 'sid', answers: [taken('full', 'always'), taken('full', 'never'), refused] })).toEqual([
    taken('full', 'never'),
    refused,
  ]);
});

it('has a word for a cell only where cowcheck and the reproducer agree', () => {
  expect(wordOf(cell({}))).toBe('reproduced');
  expect(wordOf(cell({ outcome: 'holds now', status: 0 }))).toBe('holds');
  expect(wordOf(cell({ outcome: 'diverged', status: 125 }))).toBe('not expressible');
  expect(wordOf(cell({ status: 0 }))).toBeNull();
  expect(wordOf(cell({ status: null }))).toBeNull();
});

it('is a table of traces and releases', () => {
  const columns = [
    { suite: 'bullseye', version: '5.2.0 (Debian 1:5.2)' },
    { suite: 'sid', version: '11.1.3 (Debian 1:11.1.3)' },
  ];
  const text = releasesDocument(
    columns,
    [cell({}), cell({ suite: 'sid', outcome: 'holds now', status: 0, said: 'FINE: nothing is broken' })],
    [
      { trace: 'traces/today/lost.trace.yaml', suite: 'bullseye', outcome: 'cannot be forced', detail: 'it lacks a | b' },
      { trace: 'traces/today/lost.trace.yaml', suite: 'sid', outcome: 'reproduced', detail: 'next-increment: lost' },
    ],
    [
      { suite: 'bullseye', answers: [taken('full', 'always'), taken('bitmap', 'never')] },
      { suite: 'sid', answers: [taken('bitmap', 'never')] },
    ],
  );
  expect(text).toContain('\n| sync | no bitmap | a bitmap alone | on-success | always | never |\n');
  expect(text).toContain('\n| full |  |  |  | yes: bullseye |  |\n');
  expect(text).toContain('\n| bitmap |  |  |  |  | yes |\n');
  expect(text).toContain('\n| trace | 5.2.0, bullseye | 11.1.3, sid |\n| --- | --- | --- |\n| some-5.2 | reproduced | holds |\n');
  expect(text).toContain('\n| lost | cannot be forced | reproduced |\n');
  expect(text).toContain(String.raw`| lost | bullseye | it lacks a \| b |`);
  expect(text).toContain(String.raw`| some-5.2 | bullseye | BUG: 'a \|\| b' failed |`);
});

it('has each trace of the corpus in it', () => {
  const text = readFileSync(join(ROOT, 'docs/releases.md'), 'utf8');
  for (const folder of ['releases', 'today'])
    for (const name of readdirSync(join(ROOT, 'traces', folder))) expect(text).toContain(`\n| ${name.replace('.trace.yaml', '')} | `);
});
