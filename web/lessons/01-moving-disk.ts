import type { Lesson } from './lesson.ts';

export const movingDisk: Lesson = {
  id: 'moving-disk',
  title: 'A copy of a moving disk',
  goal: 'Why a copy made while somebody writes is not just a bit old',
  story: [
    'A disk is a row of sectors. Here two sectors make a cluster, and a backup job copies cluster by cluster ' +
      'to another disk, the target. Meanwhile the guest, the machine that uses the disk, goes on writing: g1 ' +
      'and g2 are two of its writes.',
    'A backup is of one instant: the start of the job. It is called T0. s0@0 is what sector 0 held at T0, ' +
      's0.g1 what g1 wrote there. In this job nothing holds a write back.',
  ],
  bet: {
    question:
      'The job copies cluster 0. Then g1 writes cluster 0, and when that is over g2 writes cluster 1. Only then ' +
      'is cluster 1 copied. When was the disk as the copy is now?',
    options: ['At T0', 'Between the two writes', 'After both writes', 'Never'],
    answer: 3,
    because:
      'Cluster 0 is as before g1 and cluster 1 as after g2, but g2 came after g1: the disk never looked like ' +
      'that. Such a copy is torn. (T0 is like the moment of a power cut; torn is worse than that.)',
  },
  scenes: [
    {
      trace: 'moving-disk',
      caption:
        'What the target has not got yet is read from the disk. So the backup shows T0 until g2 lands in cluster ' +
        '1. After that, let it go on to the end: s2.g2 goes into the target, beside s0@0.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'Now you say who goes on. Make the backup show something that the disk did not hold at T0.',
    trace: 'moving-disk',
    par: { preemptions: 1, steps: 4 },
    hints: [
      'A write does damage if it lands before its cluster is copied.',
      'Let the job start, and then keep it from copying.',
      'The job starts. Then only g1: it begins, is sent, and lands.',
    ],
  },
  keep: 'A copy made while somebody writes can be a disk that never was. A backup shows the disk at its start, T0.',
};
