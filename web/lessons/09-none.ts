import type { Lesson } from './lesson.ts';

export const none: Lesson = {
  id: 'none',
  title: 'NONE: only what is about to change',
  goal: 'What NONE copies, and what its target is without the disk',
  story: [
    'In mode NONE the job itself copies nothing: it waits. Only the hook works. Before a guest write changes ' +
      'a cluster, the old data of that cluster goes to the target; the new data never does.',
    'The target lies over the live disk. A reader of the target gets old data where the guest has written, ' +
      'and the disk elsewhere. Together they show T0. (The manual says that NONE copies what is ' +
      'written from now on. It means the old data in those places.)',
  ],
  bet: {
    question: 'The disk has three clusters. g1 writes cluster 1, and then g2 writes it again. What does the target hold?',
    options: [
      'The new data of cluster 1: s2.g1, and then s2.g2',
      'The old data of all three clusters',
      'The old data of cluster 1: s2@0',
      'Nothing',
    ],
    answer: 2,
    because:
      'The hook copied the old data before g1. Before g2 there was nothing left to copy. Clusters 0 and 2 are ' +
      'holes: they are read from the disk, which still has them as they were.',
  },
  scenes: [
    {
      trace: 'none-quiet',
      caption: 'First, a quiet day: no guest writes. The target stays empty, and yet the backup shows T0: it is the disk.',
      rows: ['target alone'],
    },
    {
      trace: 'none',
      caption:
        'Now g1 and g2 write. Compare "backup shows" with "target alone": without the live disk under it, the target is mostly holes.',
      rows: ['target alone'],
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Try to get s2.g1 into the target, or any cluster that no guest writes. If you cannot, ask the checker.',
    trace: 'none',
    par: null,
    hints: [
      'Only the hook copies, and only before a write.',
      'g2 comes after g1: by then cluster 1 is copied.',
      'No order breaks anything. Ask the checker.',
    ],
  },
  keep: 'NONE copies the old data of what is about to change. With the live disk it shows the start; alone it is mostly holes.',
};
