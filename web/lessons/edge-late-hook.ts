import type { Lesson } from './lesson.ts';

export const lateHook: Lesson = {
  id: 'late-hook',
  title: 'One yield too late',
  goal: 'Why T0 and the hook must come in one step',
  story: [
    'To yield is to let others run. Between two yields nobody else does anything. So if the hook is linked ' +
      'before the job yields for the first time, no write fits between T0 and the hook. Here the job yields ' +
      'once, and links its hook then.',
  ],
  bet: {
    question: 'T0 has been, the hook is not linked yet, and g1 writes cluster 0. What does the backup show there?',
    options: ['s0@0: T0 came before the write', 'It waits for the hook', 's0.g1: nobody has copied the old data'],
    answer: 2,
    because: 'The promise holds from T0 on, but there was no hook that would have kept it.',
  },
  scenes: [{ trace: 'late-hook', caption: 'The first step says T0, and it does not say that the hook is linked.' }],
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
