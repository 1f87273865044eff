import type { Lesson } from './lesson.ts';

export const oddLastCluster: Lesson = {
  id: 'odd-last-cluster',
  title: 'The odd last cluster',
  goal: 'What happens past the end of a disk',
  story: [
    'A disk need not end where a cluster ends. This one has three sectors, so its second cluster has only ' +
      'one. TOP asks how far the next sectors are allocated or unallocated, piece by piece. In QEMU 1.6 to 2.0 it ' +
      'asked past the end of the disk too.',
  ],
  bet: {
    question: 'Past the end of the disk the answer is: the next 0 sectors are unallocated. What does the job do?',
    options: ['It continues with the next cluster', 'It ends with an error', 'It asks again, for ever'],
    answer: 2,
    because: 'It moves on by 0 sectors and asks again. It does not yield, so nothing else runs either: the whole machine hangs.',
  },
  scenes: [{ trace: 'odd-last-cluster', caption: 'The last step never ends. It takes no special order and no guest, only such a disk.' }],
  challenge: null,
  keep: 'The last cluster may be short. Stop where the disk stops.',
};
