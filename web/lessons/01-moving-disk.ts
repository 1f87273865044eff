import type { Lesson } from './lesson.ts';

/** Nothing is named before it is seen: this job has no hook to speak of, so what its run says of one is left out. */
export const movingDisk: Lesson = {
  id: 'moving-disk',
  title: 'A copy of a moving disk',
  goal: 'Why a copy of a disk in use is not just a bit old',
  opening: [
    {
      at: 0,
      text:
        'This disk has four sectors, and two of them make a cluster. s0@0 is what sector 0 holds at the start: ' +
        'on the first screen that was just "old".',
    },
    {
      at: 8,
      text:
        'A job copies the disk to the target, the backup, one cluster after the other. ' +
        'Here, unlike on the first screen, writes save nothing. Cluster 0 is done.',
    },
    {
      at: 12,
      text:
        'But the disk is in use. A guest, a virtual machine, has just changed cluster 0: s0.g1 is what its write g1 wrote. ' +
        'The target has the old data.',
    },
    {
      at: 12,
      text:
        'The start of the job is T0: the backup must show the disk as it was then. A reader gets the target, ' +
        'and where that is empty, the disk.',
    },
  ],
  without: ['hook', 'bit', 'in flight'],
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
        'Press "step" to go on. "In flight" is data on its way to or from a disk. Where "backup shows" turns red, old data is lost. ' +
        'At the end, compare the target with each state of the disk.',
      broke: 'g2 has overwritten s2@0, and the target has no copy of it. The old data is lost.',
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
