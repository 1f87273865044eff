import type { Lesson } from './lesson.ts';

export const filter: Lesson = {
  id: 'filter',
  title: 'A filter instead of a hook',
  goal: 'How QEMU does it since 4.2',
  story: [
    'Since QEMU 4.2 the backup puts a filter above the disk. Every request of the guest passes through it. Before the ' +
      'filter lets a write through, it has the old data copied, as the hook did. (The steps here still call it the hook.)',
    'Guest and job now share one engine, block-copy: one bitmap of what is still to be copied, and one list of copies in ' +
      'flight. The job itself reads the disk below the filter.',
  ],
  bet: {
    question: 'The job has just begun. Before it has copied anything, g1 writes cluster 1. Which copies cluster 1?',
    options: ['The job, while g1 waits for it', 'g1, through the filter', 'Neither: the filter keeps the new data'],
    answer: 1,
    because: 'The idea is the same: old data out first. g1 makes the copy itself, and later the job finds cluster 1 copied.',
  },
  scenes: [
    {
      trace: 'filter',
      caption:
        'g1 copies cluster 1 before its write lands. The job then copies cluster 0 alone. The bit says busy while a copy has the cluster.',
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Can s2.g1 get into the backup? Try it, or let the checker try every order.',
    trace: 'filter',
    par: null,
    hints: [],
  },
  keep: 'The hook became a filter, and guest and job share one engine. The order is the same: old data out first.',
};
