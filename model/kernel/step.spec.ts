import { expect, it } from 'vitest';
import { atOf, defineStep, nameOf, parseStep, printStep, stepNamed, stepNames, stepOf } from './step.ts';

it('is one number: its name, and the cluster or sector that it is about', () => {
  const copy = defineStep('copy', 'cluster');
  const step = stepOf(copy, 5);
  expect([nameOf(step), atOf(step)]).toEqual([copy, 5]);
  expect(printStep(step, 2, false)).toBe('copy c5');
  expect(parseStep('copy c5', 2)).toBe(step);
});

it('has one of 255 names, each of which keeps its cluster apart', () => {
  while (stepNames().length < 256) defineStep(`name ${stepNames().length}`, 'cluster');
  for (const label of ['name 128', 'name 255']) {
    const name = stepNamed(label)!;
    expect([nameOf(stepOf(name, 1_000_000)), atOf(stepOf(name, 1_000_000))]).toEqual([name, 1_000_000]);
  }
  expect(() => defineStep('one too many', 'nothing')).toThrow('more than 255 names of steps: widen NAME_BITS');
});
