/** A step in plain words, or in those of its trace. */
import { afterEach, expect, it } from 'vitest';
import { stepNamed } from '../../model/kernel/step.ts';
import '../lessons/testing.ts';
import { Played } from '../lessons/testing.ts';
import { everyDetail } from './detail.ts';
import { PLAIN_STEPS } from '../common/plain-steps.ts';
import { sentenceOf } from './said.ts';

afterEach(() => void (everyDetail.value = false));

it('says in a few words what a trace says in more', () => {
  const { steps } = new Played('old-first').run;
  const told = steps.filter(({ who }) => who === 'g1').map(sentenceOf);
  expect(told).toEqual([
    'g1 begins its write',
    'g1 asks the disk for cluster 0, to save it',
    'g1 reads cluster 0, to save it → s0@0 s1@0',
    'g1 has the data of cluster 0',
    'g1 sends cluster 0 to the target',
    'g1 stores cluster 0 in the target → s0@0 s1@0',
    'g1 ends its copy of cluster 0',
    'g1 sends its write of cluster 0 to the disk',
    'g1 writes cluster 0 → s0.g1 s1.g1',
    'g1 is done',
  ]);
  everyDetail.value = true;
  expect(sentenceOf(steps.find(({ what }) => what.startsWith('copy.land'))!)).toBe(
    'g1 has its copy of cluster 0 land in the target → s0@0 s1@0',
  );
});

it('has words for steps that there are, and only shorter ones', () => {
  for (const label of Object.keys(PLAIN_STEPS)) expect(stepNamed(label), label).not.toBeNull();
});
