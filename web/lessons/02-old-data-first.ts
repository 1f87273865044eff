import type { Lesson } from './lesson.ts';

export const oldDataFirst: Lesson = {
  id: 'old-data-first',
  title: 'Old data out first',
  goal: 'The order that is the whole idea: read, store, mark, and only then write',
  story: [
    'The cure is to copy before the write. At T0 the job links a hook into the disk. From then on, the ' +
      'hook holds each guest write to a cluster that is not copied yet, copies the old data to the target, and lets the write continue.',
    'New data goes where it always went, and the old data moves out first. No snapshot of the storage is needed. ' +
      'To read the backup, take the target; where it is empty, take the disk.',
  ],
  hides: [', because it did not call the hook'],
  bet: {
    question: 'g1 is about to write cluster 0, which is not copied yet. What does the target hold when this write lands?',
    options: ['Nothing yet: the job copies it later', 'The old data, s0@0', 'The new data, s0.g1'],
    answer: 1,
    because:
      'The hook made g1 copy first. So the backup shows s0@0 all the time: from the disk while that is old, and ' +
      'from the target once it is new.',
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
