import type { Lesson } from './lesson.ts';

export const chain: Lesson = {
  id: 'chain',
  title: 'The chain of increments',
  goal: 'What a backup of changes needs from the one before it',
  story: [
    'Most backups are increments. A dirty bitmap remembers which clusters have changed since the last backup. The next one copies ' +
      'only those, and its target lies over the backup before it: together they are a chain.',
    'The job gets the bitmap at T0. If it completes, the bits that it copied go. If it fails, the next increment must copy those ' +
      'clusters again, so the bits must stay.',
  ],
  bet: {
    question:
      'Cluster 0 is dirty. The job copies it, and storing it fails with EIO. The job throws the bits away. ' +
      'What does the next increment show there?',
    options: ['s0@0: it copies cluster 0 again', 's0@old: what the backup before had', 'Zeroes'],
    answer: 1,
    because:
      'Without its bit, cluster 0 counts as unchanged. The next increment leaves it out, and shows the old backup there, ' +
      'without any error.',
  },
  answerIn: 1,
  scenes: [
    {
      trace: 'chain',
      name: 'chain',
      caption: 'Cluster 0 is dirty and is copied. Cluster 1 is not: there the backup shows what the backup before it has.',
      end: 'Together the two backups show the disk at T0.',
    },
    {
      trace: 'lost-bits',
      name: 'lost bits',
      caption: 'Storing cluster 0 fails, and the job ends with an error. Its bits are gone. The next increment is wrong.',
    },
  ],
  challenge: null,
  keep: 'An increment is as good as the bits before it. A job that fails must leave them.',
};
