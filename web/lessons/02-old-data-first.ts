import type { Lesson } from './lesson.ts';

export const oldDataFirst: Lesson = {
  id: 'old-data-first',
  title: 'The hook',
  goal: 'What a write has to do while a backup runs',
  story: [
    'In lesson 1 a write landed, and the old data was gone. The cure is a hook: at T0 the job links it into the disk, and from then ' +
      'on each guest write calls it before the write lands.',
    'To read the backup, take the target; where it is empty, take the disk. No snapshot of the storage is needed.',
  ],
  hides: [', because it did not call the hook'],
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
      caption: 'Follow the row "backup shows": it stays the same while the disk changes. Read, store, mark, write.',
    },
    {
      trace: 'write-first',
      name: 'write first',
      caption: 'Now the wrong way round: the write lands first, and the job copies after it. Once s0.g1 has landed, the old data is gone.',
      isRunOn: true,
    },
  ],
  challenge: {
    kind: 'break',
    text: 'Here a guest write lands first, and the copy comes after it. Break the backup.',
    trace: 'write-first',
    par: { preemptions: 1, steps: 4 },
    hints: [
      'The old data must be gone before it is copied.',
      'So the job must not copy cluster 0 before g1 writes it.',
      'The job starts. Then g1 runs until its write lands.',
    ],
  },
  keep: 'Old data out first, then the write. Whatever comes later, the backup is the disk at its start.',
};
