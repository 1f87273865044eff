import type { Lesson } from './lesson.ts';

export const unalignedWrite: Lesson = {
  id: 'unaligned-write',
  title: 'A write across the edge',
  goal: 'Why the range to copy is rounded outwards',
  story: [
    'Guests write sectors, a backup copies clusters. g1 writes sectors 1 and 2: the last of cluster 0 and the ' +
      'first of cluster 1. So the range to copy must be rounded outwards, to both clusters. Here its end ' +
      'is rounded down.',
  ],
  bet: {
    question: 'The end of the range is rounded down. Which cluster does the hook leave out?',
    options: ['Cluster 0', 'Cluster 1', 'Neither: a sector of each is written'],
    answer: 1,
    because:
      'Sectors 1 and 2 end in the middle of cluster 1, which is cut off. Cluster 0 is copied, and s2.g1 lands where s2@0 was not saved.',
  },
  scenes: [{ trace: 'unaligned-write', caption: 'g1 copies cluster 0, and then writes both sectors. The second one was not saved.' }],
  challenge: {
    kind: 'break',
    text: 'Break it.',
    trace: 'unaligned-write',
    par: { preemptions: 1, steps: 11 },
    hints: [
      'g1 must come before the job has copied cluster 1.',
      'Let the job start, and no more.',
      'Then g1 runs until its second sector lands.',
    ],
  },
  keep: 'Round outwards: a cluster that is touched is copied whole.',
};
