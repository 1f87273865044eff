import type { Lesson } from './lesson.ts';

/** The other two bitmaps are told and not shown: the model has neither. */
export const whatTheBitSays: Lesson = {
  id: 'what-the-bit-says',
  title: 'What the bit says',
  goal: 'Three bitmaps that look alike and mean different things',
  story: [
    'The job keeps one bit for each cluster, so that nothing is copied twice. In QEMU 1.6, and here, 1 means ' +
      'copied. Since QEMU 2.12 it is the other way round: 1 means still to copy. And a backup of changes only ' +
      'begins with a third bitmap, in which 1 means changed since the last backup.',
    'All three are rows of 0 and 1. The name of the row says which one you see. Here it is "copied?", and 1 is shown as yes.',
  ],
  bet: {
    question:
      'g1 has copied cluster 1 before its write, so the bit of cluster 1 is 1, and it means copied. Now the job ' +
      'comes to cluster 1. What does it do?',
    options: ['It passes cluster 1 by', 'It copies cluster 1', 'It copies cluster 1, because g1 has changed it'],
    answer: 0,
    because:
      'The target has the old data, and the disk has new data by now: another copy would spoil the ' +
      'backup. If the bit meant "to copy" or "changed", the same 1 would ask for a copy.',
  },
  scenes: [
    {
      trace: 'the-bit',
      caption:
        'The bit of cluster 1 turns to yes when g1 has stored the old data. Later the job copies cluster 0, and at ' +
        'cluster 1 it has nothing to do.',
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Can s2.g1 get into the target? It would take a second copy of cluster 1. Try it, or let the checker try every order.',
    trace: 'the-bit',
    par: null,
    hints: [],
  },
  keep: 'Copied, to copy or changed: the bits look the same. Read the word before you read the bit.',
};
