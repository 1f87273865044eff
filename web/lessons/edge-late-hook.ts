import type { Lesson } from './lesson.ts';

export const lateHook: Lesson = {
  id: 'late-hook',
  title: 'One yield too late',
  goal: 'Why T0 and the hook must come in one step',
  story: [
    'To yield is to let others run. Between two yields nothing else runs. So if the hook is linked ' +
      'before the job yields for the first time, no write fits between T0 and the hook. Here the job yields ' +
      'once, and links its hook after that.',
  ],
  bet: {
    question: 'T0 is past, the hook is not linked yet, and g1 writes cluster 0. What does the backup show there?',
    options: ['s0@0: T0 came before the write', 'It waits for the hook', 's0.g1: the old data was never copied'],
    answer: 2,
    because: 'The promise starts at T0, but there was no hook yet to keep it.',
  },
  scenes: [{ trace: 'late-hook', caption: 'The first step says T0, but not that the hook is linked.' }],
  challenge: {
    kind: 'break',
    text: 'Break it.',
    trace: 'late-hook',
    par: { preemptions: 1, steps: 4 },
    hints: [
      'There is a gap. Go through it.',
      'It is right after the first step of the job.',
      'The job starts. Then g1 runs until its write lands.',
    ],
  },
  keep: 'The hook is linked at T0, and not one yield later.',
};
