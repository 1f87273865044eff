import type { Lesson } from './lesson.ts';

export const discard: Lesson = {
  id: 'discard',
  title: 'Thrown away is changed too',
  goal: 'Why a discard must call the hook',
  story: [
    'A guest can also discard sectors: it says that it does not need them any more, and here the disk shows ' +
      'zeroes from then on. For a backup that is a change like any other. In QEMU 1.6 to 2.6 a discard did not ' +
      'call the hook.',
  ],
  bet: {
    question: 'g1 discards cluster 0, which is not copied yet, and the hook is not called. What does the backup show there?',
    options: ['Zeroes', 's0@0: a discard writes nothing', 'An error'],
    answer: 0,
    because: 'The backup reads what it does not have from the disk, which has zeroes now. The old data is lost.',
  },
  scenes: [{ trace: 'discard', caption: 'Nothing is copied before the discard lands.' }],
  challenge: {
    kind: 'break',
    text: 'Break it.',
    trace: 'discard',
    par: { preemptions: 1, steps: 4 },
    hints: ['The discard must land before the copy.', 'Let the job start, and no more.', 'Then g1 runs until it lands.'],
  },
  keep: 'Whatever changes the disk calls the hook: writes, zeroes, discards.',
};
