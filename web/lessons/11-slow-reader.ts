import type { Lesson } from './lesson.ts';

export const slowReader: Lesson = {
  id: 'slow-reader',
  title: 'The slow reader',
  goal: 'Why a reader of a NONE backup takes turns with copies',
  story: [
    'A reader reads a NONE backup through its target, for example to store it elsewhere. Here it is called r1. A ' +
      'read has two halves: look where the sector is, then take it from there.',
    'r1 looks. The target has nothing, so the sector is on the disk. Then r1 is slow. Meanwhile g1 does ' +
      'everything right: it copies the old data out, and writes. QEMU had this mistake before 3.0.',
  ],
  bet: {
    question:
      'r1 has decided to take sector 0 from the disk. Now g1 copies the old data to the target, and its write lands. What does r1 get?',
    options: ['s0@0, from the target, where it is now', 's0@0, from the disk', 's0.g1, from the disk'],
    answer: 2,
    because:
      'r1 had already decided. At every moment target and disk together showed T0, but r1 used one moment to decide and another to read.',
  },
  scenes: [
    {
      trace: 'slow-reader',
      name: 'no turns',
      caption: 'The row "backup shows" stays right to the end. Only r1 is wrong: it looked before the copy, and took after the write.',
    },
    {
      trace: 'reader-in-turn',
      name: 'in turn',
      caption: 'With the rule on, readers and copies take turns. g1 waits until r1 has its data, and copies then.',
      end: 'r1 has read the old data, and the target has a copy of it.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'You are the reader and the guest. Make r1 read what was not there at T0.',
    trace: 'slow-reader',
    par: { preemptions: 1, steps: 14 },
    hints: [
      'r1 must be between its two halves.',
      'Let r1 look, and then let g1 go.',
      'r1 begins and looks. g1 runs to its end. Then r1 takes.',
    ],
  },
  keep: 'Deciding where to read and reading must not be torn apart.',
};
