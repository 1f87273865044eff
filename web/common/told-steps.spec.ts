/** Words of steps that come with the data are those that the model has. */
import { expect, it } from 'vitest';
import { stepNamed } from '../../model/kernel/step.ts';
import { meaningOf } from '../../model/meaning.ts';
import '../lessons/testing.ts';
import { tellSteps, wordsOfSteps } from './told-steps.ts';

it('takes all words away, and gives them back', () => {
  const all = wordsOfSteps();
  expect(Object.keys(all).length).toBeGreaterThan(80);
  expect(all['copy.land']).toBe('has its copy of {c} land in the target');
  tellSteps({});
  expect(meaningOf(stepNamed('copy.land')!.index).words).toBe('copy.land');
  tellSteps(JSON.parse(JSON.stringify(all)) as typeof all);
  expect(wordsOfSteps()).toEqual(all);
});
