import type { Lesson } from './lesson.ts';

/** Nothing is named before it is seen: this job has no hook to speak of, so what its run says of one is left out. */
export const movingDisk: Lesson = {
  id: 'moving-disk',
  title: 'A copy of a moving disk',
  goal: 'Why a copy of a disk in use is not just a bit old',
  opening: [
    { at: 0, text: 'This is a disk. It has four sectors, and two of them make a cluster. Below it is an empty disk, the target.' },
    { at: 8, text: 'A backup job copies the disk to the target, one cluster after the other. Cluster 0 is done.' },
    { at: 12, text: 'But the disk is in use. A guest, a virtual machine, writes to it: its write g1 has just changed cluster 0.' },
    { at: 12, text: 'No harm done: the target has the old data. s0@0 is what sector 0 held at the start, and s0.g1 is what g1 wrote.' },
    { at: 12, text: 'The start of the job is called T0. The backup must show the disk as it was then. Cluster 1 is still to be copied.' },
    {
      at: 12,
      text: 'A reader of the backup gets the target, and the disk where the target is empty. So far that works: cluster 1 has not changed.',
    },
  ],
  hides: ['T0, hook linked', 'hook unlinked', ', because it did not call the hook'],
  story: [],
  bet: {
    question: 'Now g2 writes cluster 1. Only after that does the job copy cluster 1. When did the disk look like the finished copy?',
    options: ['At T0', 'Between the two writes', 'After both writes', 'Never'],
    answer: 3,
    because:
      'Cluster 0 is from before g1, and cluster 1 is from after g2. The disk never looked like that. Such a copy is torn, ' +
      'and a file system on it may be damaged.',
  },
  scenes: [
    {
      trace: 'moving-disk',
      caption:
        'Press "step". Where "backup shows" turns red, the old data is nowhere any more. At the end, the target is the finished ' +
        'copy: compare it with each state that the disk was in.',
      isRunOn: true,
    },
  ],
  challenge: {
    kind: 'break',
    text: 'Your turn: you decide who runs next. Make the backup show something that the disk did not hold at T0.',
    trace: 'moving-disk',
    par: { preemptions: 1, steps: 4 },
    hints: [
      'A write does damage if it lands before its cluster is copied.',
      'Let the job start, and then keep it from copying.',
      'The job starts. Then only g1 runs: it begins, is sent, and lands.',
    ],
  },
  keep: 'A copy of a disk in use can be a disk that never was. A backup must show the disk at its start, T0.',
};
