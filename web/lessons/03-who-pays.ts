import type { Lesson } from './lesson.ts';

/** Time is not modelled, so the bet counts who waits, and not how long. */
export const whoPays: Lesson = {
  id: 'who-pays',
  title: 'Who pays',
  goal: 'Which writes of the guest a backup slows down',
  story: [
    'If its cluster is already copied, a guest write does not wait. If not, the write pays: first the old data is ' +
      'read from the disk and written to the target. And if that cluster is being copied just now, the write waits ' +
      'until the copy has ended.',
    'Here are three writes, one after the other. This model has no clock: count who waits, and imagine a slow target.',
  ],
  bet: {
    question:
      'The job is copying cluster 0 when g1 writes there. Then g2 writes cluster 1, which is not copied yet, ' +
      'and g3 writes cluster 1 again. Which writes wait for a copy?',
    options: ['All three', 'Only g2', 'g1 and g2', 'None: the job runs in the background'],
    answer: 2,
    because:
      "g1 waits for the job's copy, and g2 makes one itself. g3 finds cluster 1 copied and goes straight " +
      'to the disk. A cluster is copied once, however often it is written.',
  },
  scenes: [
    {
      trace: 'who-waits',
      caption:
        'The row "copying" says which coroutine copies a cluster, and which wait for it. For each write, look between its start and the ' +
        'moment when it is sent to the disk: g1 waits, g2 copies, g3 does neither.',
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'All rules are on. Can a cluster be copied twice, or a write land before the copy? Try it, or let the checker try every order.',
    trace: 'who-waits',
    par: null,
    hints: [],
  },
  keep: 'Only the first write to a cluster that is not copied yet pays, and a slow target makes it pay more.',
};
