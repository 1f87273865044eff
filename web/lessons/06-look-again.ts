import type { Lesson } from './lesson.ts';

export const lookAgain: Lesson = {
  id: 'look-again',
  title: 'Look again after waking',
  goal: 'Why the wait for other copies is a loop',
  story: [
    'g1 writes two clusters at once. It may begin to copy only when neither of them is being copied. It ' +
      'finds the job at cluster 0, and sleeps. The copy ends, and g1 may wake up. But it does ' +
      'not run at once: the job may run first.',
    'It does, and starts on cluster 1. When g1 runs at last, the copy that it waited for is over and the next has ' +
      'begun. In the first run g1 does not look again.',
  ],
  bet: {
    question:
      'g1 wakes up and continues without another look, although the job has asked for cluster 1 by now. g1 is ' +
      'quick, and its write lands. What does the job take from cluster 1?',
    options: ['s2.g1', 's2@0', 'Nothing: g1 has marked cluster 1 as copied'],
    answer: 0,
    because:
      'Both were copying cluster 1 at once, and the job, which came late, took the new data. This is the mistake of ' +
      'the last lesson, coming in by the back door.',
  },
  scenes: [
    {
      trace: 'one-look',
      name: 'one look',
      caption: 'g1 sleeps at cluster 0, and wakes when the job is already at cluster 1. From then on both copy cluster 1.',
    },
    {
      trace: 'look-again',
      name: 'look again',
      caption: 'With the rule on, g1 looks again, finds the job at cluster 1, and sleeps once more. So it is a loop: look, sleep, look.',
      end: 'g1 waited twice. Each cluster was copied once, and the target has the old data.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'g1 looks only once here. Break any property. This one is hard.',
    trace: 'one-look',
    par: { preemptions: 2, steps: 21 },
    hints: [
      'You need g1 asleep, and the job at the next cluster when g1 runs again.',
      'Begin g1 when the copy of cluster 0 has landed but not ended. Then let the job start on cluster 1.',
      'Let the copy of cluster 1 land, and not end. Then g1 runs until its own copy lands.',
    ],
  },
  keep: 'While you slept, the next one began. After waking, look again.',
};
