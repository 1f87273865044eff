import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { JOBS, MODEL as FILES, type Mutant, type Subject, jobSubject, mutantsOf } from './draw.ts';

const root = join(import.meta.dirname, '../..');
const MODEL: Subject = {
  file: 'dist/model/families/notifier/full.js',
  isJob: false,
  modes: ['full'],
  text: 'function* f(a) { if (a.b()) return; a.c(); a.d(); a.e(); yield* a.f(); }',
};
const jobs = JOBS.map((name) => jobSubject(join(root, name)));

function drawn(seed: string, count: number, model: Subject = MODEL): Mutant[] {
  const mutants: Mutant[] = [];
  for (const mutant of mutantsOf([...jobs, model], seed)) if (mutants.push(mutant) === count) break;
  return mutants;
}

it('draws the same mutants from the same seed, and none twice', () => {
  const mutants = drawn('a', 200);
  expect(drawn('a', 200)).toEqual(mutants);
  expect(drawn('b', 200)).not.toEqual(mutants);
  expect(new Set(mutants.map(({ mode, text }) => mode + text)).size).toBe(200);
});

it('draws from files that are there', () => {
  expect(FILES.filter(([name]) => !existsSync(join(root, `model/${name}.ts`)))).toEqual([]);
});

it('draws the same custom jobs whatever the model is like', () => {
  const ofJobs = (mutants: readonly Mutant[]): Mutant[] => mutants.filter(({ isJob }) => isJob).slice(0, 5);
  expect(ofJobs(drawn('12', 20, { ...MODEL, text: 'function f(a) { a.b(); a.c(); a.d(); a.e(); }' }))).toEqual(ofJobs(drawn('12', 20)));
});

it('draws with the default seed, among the first that CI runs, the reader that holds only the first of its clusters', () => {
  const cut = 'inFlight.begin(me, me.firstCluster, me.firstCluster + 1);';
  const found = drawn('12', 14).find(({ mode, text }) => mode === 'none' && text.includes(cut));
  expect(found?.file).toBe('listed.mjs');
});
