import type { Lesson } from './lesson.ts';

/** There is no mirror in the model, and none is needed: its target at the end is the disk at the end. */
export const startOrEnd: Lesson = {
  id: 'start-or-end',
  title: 'Start or end?',
  goal: 'Which moment a backup shows',
  story: [
    'Two jobs of QEMU can copy a whole disk while the guest writes to it: backup (mode FULL) and mirror. ' +
      'A mirror follows every change until ' +
      'you end it, and is then equal to the disk at that instant.',
    'And a backup of the same disk, which moment does that show?',
  ],
  bet: {
    question:
      'The job copies cluster 0. Then g1 writes cluster 1, which is not copied yet, and after it g2 writes cluster 0. The job ' +
      'completes. What is in the backup?',
    options: [
      'The disk at the end: both writes',
      'The write of g1, which came before the copy of its cluster, but not that of g2',
      'The disk at the start: neither write',
    ],
    answer: 2,
    because:
      'The job had copied cluster 0 before g2, and the hook copied cluster 1 before g1. So the backup shows its start, T0, ' +
      'whatever is written later. A mirror with the same writes would have both.',
  },
  scenes: [
    {
      trace: 'start-or-end',
      caption:
        'While the job runs, "backup shows" is what a reader would get: the target, or the disk where the target is ' +
        'empty. At the end, compare it with "disk at T0", and with "disk", which a mirror would hold.',
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Can one of the two writes get into the backup? Try it, or let the checker try every order.',
    trace: 'start-or-end',
    par: null,
    hints: [],
  },
  keep: 'A backup freezes the start. A mirror follows to the end.',
};
