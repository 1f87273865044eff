import type { Lesson } from './lesson.ts';

export const tasks: Lesson = {
  id: 'tasks',
  title: 'Several copies at a time',
  goal: 'Why a clear bit does not mean that a cluster is copied',
  story: [
    'Block-copy copies several pieces at a time, each in a task of its own. A task takes its clusters by clearing their bits, before ' +
      'it has read anything. So no other task takes them too.',
    'That makes a clear bit ambiguous: the cluster is copied, or a task is about to copy it. If the copy fails, the task sets ' +
      'the bits again. A guest write must not only look at the bit.',
  ],
  bet: {
    question: 'A task has taken cluster 0 and not read it yet. g1 is about to write cluster 0 and finds the bit clear. What must g1 do?',
    options: ['Wait for the task', 'Write: the bit is clear', 'Copy cluster 0 itself'],
    answer: 0,
    because: 'If g1 wrote now, the task would read new data. So g1 waits for tasks in its range, and then looks at the bits again.',
  },
  scenes: [
    {
      trace: 'tasks',
      name: 'two tasks',
      caption: 'Two tasks, t1 and t2, copy two clusters at once. g1 waits for the one that has cluster 0.',
    },
    {
      trace: 'clear-bit',
      name: 'clear bit',
      caption: 'Here a clear bit counts as copied. g1 passes, and its write lands before the copy.',
      end: 'The write landed before the task had read the cluster, so the old data is lost.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'A clear bit counts as copied here. Break the backup.',
    trace: 'clear-bit',
    par: { preemptions: 1, steps: 6 },
    hints: [
      'g1 must find the bit clear, and the data not copied.',
      'The job takes the cluster as soon as its copying has begun.',
      'The job starts, calls, and begins to copy. Then g1 runs until its write lands.',
    ],
  },
  keep: 'A clear bit is no copy. Wait for the task that has the cluster, then look again.',
};
