import type { Lesson } from './lesson.ts';

export const cancel: Lesson = {
  id: 'cancel',
  title: 'Cancel: the end of NONE',
  goal: 'What a cancel means for a NONE job and its image',
  story: [
    'A NONE job does not end by itself: it would wait for ever. So you cancel it. That does not mean that it ' +
      'failed: it is how NONE normally ends, and QEMU reports it with the event CANCELLED.',
    'Its image is the target, and the disk where the target is empty. It shows T0. The question is for how long.',
    'FULL and TOP end by themselves. If you cancel one of those, there is no backup.',
  ],
  bet: {
    question:
      'g1 writes cluster 0, whose old data is copied first. You cancel the job. Then g2 writes cluster 1. ' +
      'What does the backup show in cluster 1?',
    options: ['s2.g2, the new data', 's2@0, the old data', 'Nothing: the target of a cancelled job is empty'],
    answer: 0,
    because:
      'The hook was gone, so g2 went straight to the disk, and cluster 1 is read from there. That is no bug: the promise was over. ' +
      'What was copied stays in the target, but alone it is no backup.',
  },
  scenes: [
    {
      trace: 'cancel',
      caption: 'Watch the promise, and the row "backup shows" after the cancel.',
    },
  ],
  challenge: {
    kind: 'hold',
    text:
      'Now g1, g2 and the cancel may come in any order. Can the backup be wrong before the cancel? ' +
      'Try it, or let the checker try every order.',
    trace: 'cancel',
    par: null,
    hints: [],
  },
  keep: 'Cancelling is how a NONE job normally ends. Its view of T0 is good until then, so first store elsewhere what you want to keep.',
};
