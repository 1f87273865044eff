import type { Lesson } from './lesson.ts';

export const none: Lesson = {
  id: 'none',
  title: 'NONE: only what is about to change',
  goal: 'What NONE copies, and what its target is without the disk',
  story: [
    'In mode NONE the job itself copies nothing: it waits. Only the hook works, when a guest write is about to change the disk.',
    'What is that good for? It gives a view of the disk at T0 at once, and nothing is copied in advance. While the machine ' +
      'is running, you can read the view and store it elsewhere: a reader gets what the target has, and the rest from the disk.',
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
  answerIn: 1,
  scenes: [
    {
      trace: 'none-quiet',
      name: 'no writes',
      caption: 'First, a quiet day: no guest writes. The target stays empty, and yet the backup shows T0: every read goes to the disk.',
      rows: ['target alone'],
    },
    {
      trace: 'none',
      name: 'two writes',
      caption: 'Now g1 and g2 write. Compare "backup shows" with "target alone": without the disk, the target is mostly holes.',
      rows: ['target alone'],
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Try to get s2.g1 into the target. If you think that nobody can, ask the checker.',
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
