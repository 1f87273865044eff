import type { Lesson } from './lesson.ts';

export const largerTargetClusters: Lesson = {
  id: 'larger-target-clusters',
  title: 'A target with larger clusters',
  goal: 'What a target fills in by itself',
  story: [
    'The target has clusters too. Here they are twice as large as those of the backup, and nothing lies ' +
      'beneath the target yet: it gets its backing file later. TOP copies only cluster 1, which is ' +
      'allocated, and stores half a cluster of the target.',
  ],
  bet: {
    question: 'The target can only hold a whole cluster of its own. What does it put into the other half, which TOP did not copy?',
    options: ['Zeroes', 's0@0, from the backing file', 'Nothing: it stays a hole'],
    answer: 0,
    because: 'It has nothing beneath it from which it could read. From now on these zeroes hide the backing file, even once it is there.',
  },
  scenes: [
    {
      trace: 'larger-target-clusters',
      caption: 'One store of cluster 1, and cluster 0 of the target is full of zeroes.',
      rows: ['target alone'],
    },
  ],
  challenge: null,
  keep: 'Clusters of the target should be no larger than those that are copied, where nothing lies beneath it.',
};
