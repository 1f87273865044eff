/** Everybody who has not ended is named with what comes next, or with why it can't; and every step has its sentence. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import '../families/block-copy.ts';
import { readTrace } from '../trace/read.ts';
import { choicesAfter } from './choices.ts';
import { runOfTrace } from './of-trace.ts';
import { sentenceOfStep } from './step-words.ts';

const load = (name: string) => readTrace(readFileSync(join(import.meta.dirname, '../../traces/gallery', name), 'utf8'));

it('says what each will do next, and why who is blocked can not', () => {
  const { run } = runOfTrace({ ...load('waitForOverlappingCopies.trace.yaml'), without: [], schedule: [] });
  expect(choicesAfter(run, 0)).toMatchObject([
    { who: 'job', what: 'start', does: 'The job begins the backup: this instant is T0', blocked: null },
    { who: 'g1', blocked: 'comes after T0' },
  ]);
});

it('names whom a guest waits for', () => {
  const trace = load('waitForOverlappingCopies.trace.yaml');
  const { run } = runOfTrace({ ...trace, without: [], schedule: [] });
  const take = (who: string): void =>
    run.take(choicesAfter(run, run.length).find((choice) => choice.who === who && choice.blocked === null)!.id);
  for (const who of ['job', 'job', 'g1']) take(who);
  const g1 = choicesAfter(run, run.length).find(({ who }) => who === 'g1');
  expect(g1).toMatchObject({ what: 'wait c0', blocked: 'waits for the job' });
});

it('has a sentence for every step that any trace has', () => {
  const folder = join(import.meta.dirname, '../../traces');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(?:gallery|matrix|lessons)\/.*\.trace\.yaml$/.test(name),
  );
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) {
    for (const { who, what, saw } of readTrace(readFileSync(join(folder, file), 'utf8')).schedule) {
      expect(sentenceOfStep(who, what, saw), what).not.toMatch(/\{c\}|undefined/);
      expect(sentenceOfStep(who, what, saw), what).not.toContain(what.split(' ')[0]!.includes('.') ? what.split(' ')[0]! : '{c}');
    }
  }
});
