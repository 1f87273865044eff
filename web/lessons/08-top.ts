import type { Lesson } from './lesson.ts';

export const top: Lesson = {
  id: 'top',
  title: 'TOP: what is shared',
  goal: 'What TOP copies, and what its target needs to stay a backup',
  story: [
    'A disk may lie over a backing file: what was never written in the upper one is read from the lower. What ' +
      'the upper one holds itself is allocated. TOP copies only that, and its target gets the same backing ' +
      'file beneath it.',
    'So a TOP target is not a whole disk. Take its backing file away, or change it, and the backup is gone. ' +
      'The row "target alone" shows what would be left.',
  ],
  bet: {
    question:
      'Cluster 0 is allocated, cluster 1 lies in the backing file, and no guest writes. How many clusters does the target hold at the end?',
    options: ['None', 'One', 'Two'],
    answer: 1,
    because: 'Only cluster 0 was allocated. Through the target cluster 1 is read from the backing file. In the target alone it is a hole.',
  },
  scenes: [
    {
      trace: 'top',
      name: 'TOP',
      caption: 'The job asks for each cluster whether it is allocated. It copies cluster 0 and skips cluster 1.',
      rows: ['target alone'],
    },
    {
      trace: 'top-shortcut',
      name: 'the shortcut',
      caption:
        'A shortcut that fails: the hook lets g1 pass, because cluster 0 is unallocated and its old data is safe in the ' +
        'backing file. But the write allocates it. The job asks only then, and copies new data.',
      end: 'The target has what g1 wrote. The old data is still in the backing file, but nothing reads it there any more.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'Break the shortcut: the hook does not copy what is unallocated.',
    trace: 'top-shortcut',
    par: { preemptions: 1, steps: 14 },
    hints: [
      'The job must find the cluster allocated, although it was not at T0.',
      'So g1 writes before the job asks.',
      'The job starts and wakes up. g1 runs to its end. Then the job runs.',
    ],
  },
  keep: 'TOP shares the backing file, so the target needs it unchanged. The job asks what is allocated when it copies, not at T0.',
};
