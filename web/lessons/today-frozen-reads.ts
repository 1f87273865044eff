import type { Lesson } from './lesson.ts';

export const frozenReads: Lesson = {
  id: 'frozen-reads',
  title: 'The done bit and the frozen read',
  goal: 'How a reader of the snapshot and a writer keep apart',
  story: [
    'Since QEMU 7.0 a backup program reads the disk at T0 through a node called snapshot-access. For each cluster a done bit ' +
      'says whether the target has it. If so, it is read from there, else from the disk.',
    'A read of the disk takes time, so it is frozen: until it has ended, a guest write to the same cluster waits, even ' +
      'after its copy is done. Lesson 11 was the same race.',
  ],
  bet: {
    question: 'r1 has decided to read cluster 0 from the disk, and has not read it yet. g1 has copied cluster 0. What does g1 do next?',
    options: ['It writes: the old data is safe in the target', 'It fails', 'It waits until r1 has read'],
    answer: 2,
    because: 'The old data is safe, but r1 looks for it on the disk. Without the wait, r1 would read what g1 wrote.',
  },
  answerIn: 1,
  scenes: [
    {
      trace: 'done-bit',
      name: 'done bit',
      caption: 'g1 is over before r1 begins. The done bit sends r1 to the target.',
      end: 'r1 has read the old data, from the target.',
    },
    {
      trace: 'frozen-read',
      name: 'frozen read',
      caption: 'Now r1 begins first and reads the disk. g1 copies, and then waits for r1 before its write is sent.',
    },
    {
      trace: 'no-freeze',
      name: 'not frozen',
      caption: 'Without the rule g1 does not wait. "backup shows" stays right; only r1 gets new data.',
      end: 'r1 has read what g1 wrote, although the backup was right all the time.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'Writes do not wait for frozen reads here. Make r1 read what was not there at T0.',
    trace: 'no-freeze',
    par: { preemptions: 1, steps: 15 },
    hints: [
      'r1 must be between its look and its read.',
      'Let r1 look at the disk, and then let g1 run.',
      'r1 begins and looks. g1 runs to its end. Then r1 takes.',
    ],
  },
  keep: 'A reader that was sent to the disk must find it unchanged: the write waits, even after its copy.',
};
