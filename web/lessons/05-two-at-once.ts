import type { Lesson } from './lesson.ts';

export const twoAtOnce: Lesson = {
  id: 'two-at-once',
  title: 'Two at once',
  goal: 'Why copies of one cluster take turns',
  story: [
    'A copy takes several steps: ask the disk, take the data, send it, land in the target. In between, others ' +
      'run. So the job and a guest write can copy the same cluster at once, and each of the two copies is ' +
      'right by itself.',
    'That is why copies in flight are kept in a list. A new copy looks there first, and waits for each ' +
      'copy of the same clusters. In the first run it does not.',
  ],
  bet: {
    question:
      'The job has asked for cluster 0 and has not taken it yet. g1 copies cluster 0 itself, and then its write ' +
      'lands. Now the job takes what it asked for. What does it get?',
    options: ['s0@0, as it was when the job asked', 's0.g1, as it is now', 'Nothing: the bit says that it is copied'],
    answer: 1,
    because:
      'A read takes what is there when it takes effect. The target already had the right data, and the slower copy puts s0.g1 over it.',
  },
  scenes: [
    { trace: 'no-wait', name: 'no wait', caption: 'Neither copy waits. For a while the target is right. Then the slower copy lands.' },
    {
      trace: 'wait',
      name: 'wait',
      caption: "With the rule on, g1 waits until the job's copy has ended. Then it looks at the bit, and finds nothing left to copy.",
      end: 'g1 made no copy, and the target has the old data.',
    },
    {
      trace: 'stale-bit',
      name: 'old bit',
      caption:
        'Another mistake: g1 waits, but it looked at the bit before that. So it copies cluster 0 again, here for ' +
        'nothing. With one more write in between, it would copy new data.',
      end: 'The target is right, but cluster 0 was copied twice, and the second copy was not needed.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'Copies do not wait for each other here. Break any property: new data in the backup, or the same data stored twice.',
    trace: 'no-wait',
    par: { preemptions: 1, steps: 13 },
    hints: [
      'One preemption is enough: g1 runs although the job could go on.',
      "Switch before the job's copy has ended.",
      "Let the job's copy land. Then let g1 run until its own copy lands.",
    ],
  },
  keep: 'Two right copies of one cluster can make a wrong backup. So copies of one cluster take turns.',
};
