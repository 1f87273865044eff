import type { Lesson } from './lesson.ts';

export const oldDataFirst: Lesson = {
  id: 'old-data-first',
  title: 'The hook',
  goal: 'What a write has to do while a backup runs',
  story: [
    'In lesson 1 a write landed, and the old data was lost. The cure is copy-before-write: at T0 the job links a hook into the disk, ' +
      'and each guest write calls it before the write lands. It copies whole clusters, and only what is not copied yet. What it does ' +
      'for g1 is told below as steps of g1.',
    'To read the backup, take the target; where it is empty, take the disk. No snapshot of the storage is needed.',
  ],
  without: ['in flight'],
  bet: {
    question: 'g1 is about to write cluster 0, which is not copied yet. What does the target hold when this write lands?',
    options: ['Nothing yet: the job copies it later', 'The old data, s0@0', 'The new data, s0.g1'],
    answer: 1,
    because:
      'The hook made g1 copy first: read, store, mark, and only then write. So the backup shows s0@0 all the time: from the ' +
      'disk while that is old, and from the target once it is new.',
  },
  scenes: [
    {
      trace: 'old-first',
      name: 'copy first',
      caption:
        'The row "copied?" is the job\'s own note of what it need not copy any more. Follow "backup shows" while the disk changes. ' +
        ' Read, store, mark, write.',
    },
    {
      trace: 'write-first',
      name: 'write first',
      caption:
        'This job is broken on purpose: its hook is on, but g1 does not call it. The write lands first, and the job copies after it.',
      end:
        'The same write in the other order: the old data was overwritten at step 4, before the target had it. No later step can bring ' +
        'it back.',
      isRunOn: true,
    },
  ],
  challenge: {
    kind: 'break',
    text: 'Your turn with the broken job: make the backup show s0.g1.',
    trace: 'write-first',
    par: { preemptions: 1, steps: 4 },
    hints: [
      'The old data must be gone before it is copied.',
      'So the job must not copy cluster 0 before g1 writes it.',
      'The job starts. Then g1 runs until its write lands.',
    ],
  },
  keep: 'Old data out first, then the write. And no other copy may come after it: see lesson 5.',
};
