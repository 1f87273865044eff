import type { Lesson } from './lesson.ts';

export const breakSnapshot: Lesson = {
  id: 'break-snapshot',
  title: 'break-snapshot: the guest or the backup',
  goal: 'Which of the two meets the error when a copy fails',
  story: [
    'When the copy before a guest write fails, one of them must suffer. By default it is the guest: its write fails. With ' +
      'on-cbw-error=break-snapshot it is the backup: the write lands, and the snapshot is given up.',
    'From then on the backup shows T0 no longer. That is allowed, as long as it is told: the job must end with an error, ' +
      'and readers must get one.',
  ],
  bet: {
    question: 'g1 writes cluster 1, and its copy fails with EIO. break-snapshot is on. What does the job copy from cluster 1 later?',
    options: ['s2@0', 'Nothing: it leaves cluster 1 out', 's2.g1'],
    answer: 2,
    because:
      'The write has landed, so the old data is gone. The copy stores new data. Only the error at the end says that this is no backup.',
  },
  scenes: [
    { trace: 'given-up', name: 'told', caption: 'The snapshot is broken, and the job says so: it completes with EIO.' },
    {
      trace: 'given-up-late',
      name: 'not told',
      caption:
        'QEMU since 10.1 forgets to say so: the job completes without an error, and its target has new data. This was seen on 11.1.3.',
      end: 'The job completed without an error. A backup program would keep this target.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'The job does not look whether its snapshot is broken. Make it complete without an error.',
    trace: 'given-up-late',
    par: { preemptions: 1, steps: 29 },
    hints: [
      'Only a copy of the guest can break the snapshot.',
      'So g1 must come before the job has taken cluster 1.',
      'The job starts, calls, and begins to copy. Then g1 runs to its end. Then all the others.',
    ],
  },
  keep: 'break-snapshot saves the guest and gives the backup up. Look at how the job ended before you trust it.',
};
