/** Data in flight is drawn from where it is taken to where it lands, and rows of coroutines keep their places. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTrace } from '../trace/read.ts';
import { rowsAfter } from './choices.ts';
import { gridOf } from './grid.ts';
import { runOfTrace } from './of-trace.ts';

const runOf = (name: string) =>
  runOfTrace(readTrace(readFileSync(join(import.meta.dirname, `../../traces/gallery/${name}.trace.yaml`), 'utf8'))).run;

/** After each step, from 0. */
const carried = (name: string): string[] => {
  const run = runOf(name);
  return Array.from({ length: run.length + 1 }, (_, n) =>
    gridOf(run, n)
      .rows.find((row) => row.name === 'carried')!
      .cells.map(({ text }) => text)
      .join('|'),
  );
};

it('shows the race at the end of TOP: a copy that carries what another write has just landed', () => {
  expect(carried('drainBeforeUnhook')).toEqual([
    '', // nothing yet
    '', // T0
    '', // the job wakes
    '↑ s0.g1', // g1 begins
    '↑ s0.g1', // the hook goes
    '↑ s0.g1 ↑ s0.g2', // g2 begins
    '↑ s0.g1 ↑ s0.g2',
    '↑ s0.g1', // g2 has landed
    '↑ s0.g1',
    '↑ s0.g1', // g1's copy asks
    'g1 ↓ s0.g2 ↑ s0.g1', // and has taken the wrong data
    'g1 ↓ s0.g2 ↑ s0.g1',
    'g1 ↓ s0.g2 ↑ s0.g1',
    '↑ s0.g1', // which is in the target now
  ]);
});

it('carries old data to the target in a copy of the job', () => {
  expect(carried('checkBitAfterWaiting').slice(3, 8)).toEqual(['', 'job ↓ s0@0', 'job ↓ s0@0', 'job ↓ s0@0', '']);
});

it('shows what a copy has asked for until it has the data, and stops no step for it', () => {
  const run = runOf('checkBitAfterWaiting');
  const chips = Array.from({ length: 8 }, (_, n) =>
    gridOf(run, n)
      .rows.find((row) => row.name === 'carried')!
      .cells.flatMap((cell) => cell.chips!.map(({ text }) => text)),
  );
  expect(chips.slice(3, 8)).toEqual([['job ↓ …'], ['job ↓ s0@0'], ['job ↓ s0@0'], ['job ↓ s0@0'], []]);
});

it('has the same rows in the same order after every step, whichever coroutines have ended', () => {
  const run = runOf('drainBeforeUnhook');
  for (let n = 0; n <= run.length; n++) expect(rowsAfter(run, n).map(({ who }) => who)).toEqual(['job', 'g1', 'g2']);
  expect(rowsAfter(run, run.length).find(({ who }) => who === 'g2')).toMatchObject({ hasEnded: true, blocked: 'is done' });
});
