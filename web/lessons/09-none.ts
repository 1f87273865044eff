import type { Lesson } from './lesson.ts';

export const none: Lesson = {
  id: 'none',
  title: 'NONE: only what is about to change',
  goal: 'What NONE copies, and what its target is without the disk',
  story: [
    'A backup has one of three modes: FULL copies everything, TOP what the upper image holds itself, NONE only what is about to ' +
      'change. In NONE the job waits, and the hook does all the copying. With no writes the target stays empty, and every read goes ' +
      'to the disk.',
    'So there is a view of the disk at T0 at once. While the machine is running, you can read that view and store it elsewhere: a ' +
      'reader gets what the target has, and the rest from the disk.',
  ],
  bet: {
    question: 'The disk has three clusters. g1 writes cluster 1, and then g2 writes it again. What does the target hold?',
    options: [
      'The new data of cluster 1: s2.g1, and then s2.g2',
      'The old data of all three clusters',
      'The old data of cluster 1: s2@0 and s3@0',
      'Nothing',
    ],
    answer: 2,
    because:
      'The hook copied the old data before g1. Before g2 there was nothing left to copy. Clusters 0 and 2 are ' +
      'holes: they are read from the disk, which still has them as they were.',
  },
  scenes: [
    {
      trace: 'none',
      caption: 'Compare "backup shows" with "target": without the disk, the target is mostly holes.',
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Now g1 and g2 may run at once. Can s2.g1 get into the target? Try it, or let the checker try every order.',
    trace: 'none',
    par: null,
    hints: [],
  },
  keep: 'NONE copies the old data of what is about to change. With the live disk it shows the start; alone it is mostly holes.',
};
