import type { Lesson } from './lesson.ts';

export const errorsAndEndings: Lesson = {
  id: 'errors-and-endings',
  title: 'Errors and endings',
  goal: 'Rules that matter only on a bad day, or in the last step',
  story: [
    'Some rules matter only on a bad day. A cluster should be marked as copied once the target has its data, ' +
      'not before: if storing it fails, an early mark is a lie. Others matter only at the end: a job must not ' +
      'end while a copy is still in flight.',
    'The last run shows a mistake that QEMU had from 1.6 to 4.0: when TOP ends, it unlinks the hook first, and ' +
      'only then waits for copies in flight.',
  ],
  bet: {
    question:
      'Cluster 0 is marked as copied. Then storing it fails. The policy is to ignore errors of the target, ' +
      'so the job continues. What happens to cluster 0?',
    options: [
      'The job tries again, and stores it',
      'It is never tried again, and the job completes without it',
      'The job ends with an error',
    ],
    answer: 1,
    because:
      'The mark says copied, so the job never looks at cluster 0 again. It completes without an error, and the ' +
      'backup has a hole. Marked later, cluster 0 would have been tried again.',
  },
  scenes: [
    {
      trace: 'early-mark',
      name: 'early mark',
      caption: 'The mark is there before the data. The one error of this run makes it a lie, and the job never finds out.',
    },
    {
      trace: 'early-end',
      name: 'early end',
      caption: 'The job is over while g1 still sleeps in its copy. g1 wakes up, and uses a bitmap that is no longer there.',
      end: 'g1 used the bitmap after the job had freed it: memory that was not its own any more.',
    },
    {
      trace: 'top-ending',
      name: 'the end of TOP',
      caption:
        'g1 is in its hook and has not looked at the disk yet. The job skips cluster 0, comes to its end, and unlinks the ' +
        'hook. g2 writes freely. Then g1 looks, finds new data, and stores it as old.',
      end: 'The target has the data of g2. The hook was unlinked while a copy was still in flight.',
    },
  ],
  challenge: {
    kind: 'break',
    text: 'The last one: break the end of TOP. The wake order is that of QEMU.',
    trace: 'top-ending',
    par: { preemptions: 2, steps: 13 },
    hints: [
      'One write must be in the hook when the job ends, and another must come when the hook is gone.',
      'g1 begins when the job is at cluster 0. Then the job continues, and unlinks the hook.',
      'Now g2 runs to its end, and then g1.',
    ],
  },
  keep: 'A backup is as good as its worst day and its last step.',
};
