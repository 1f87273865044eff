import type { Lesson } from './lesson.ts';

export const cancel: Lesson = {
  id: 'cancel',
  title: 'Cancel: the end of NONE',
  goal: 'What a cancel means for a NONE job and its image',
  story: [
    'A NONE job does not end by itself: it would wait for ever. So you cancel it. That does not mean that it ' +
      'failed. It is how NONE normally ends, and its event is CANCELLED.',
    'Its image is the target, and the disk where the target is empty. It shows T0. The question is for how long.',
    'FULL and TOP end by themselves. If you cancel one of those, there is no backup.',
  ],
  bet: {
    question: 'You cancel the job. Then g2 writes cluster 1, which was never copied. What does the backup show there now?',
    options: [
      's2.g2: the old data was never copied',
      's2@0 as before: the image was good, so it stays good',
      'Nothing: the target of a cancelled job is empty',
    ],
    answer: 0,
    because:
      'The hook is gone, g2 went straight to the disk, and cluster 1 is read from there. That is no bug: the promise ' +
      'was over. From the cancel on, do not rely on the image.',
  },
  scenes: [
    {
      trace: 'cancel',
      caption: 'Watch what is said of the promise, and the row "backup shows" after the cancel.',
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Try to make the backup wrong before the cancel. If you think that nobody can, ask the checker.',
    trace: 'cancel',
    par: null,
    hints: [
      'Cancel as early as you can, and let all the others run.',
      'Let g2 begin before the cancel, and land after it: its copy still comes first.',
      'No order breaks anything. Ask the checker.',
    ],
  },
  keep: 'Cancelling is how a NONE job normally ends. Its image is good until then, so first store elsewhere what you want to keep.',
};
