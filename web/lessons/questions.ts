/** Three questions that most people get wrong: asked before lesson 1, and once more when the lessons are over. */
import type { Question } from './lesson.ts';

export const QUESTIONS: readonly Question[] = [
  {
    question: 'A NONE backup is running, and the guest writes to a cluster for the first time. What goes to the target?',
    options: ['The new data: what the guest writes', 'The old data: what was there before the write', 'Nothing: NONE copies nothing'],
    answer: 1,
    because: 'NONE copies the old data of what is about to change, and only once. The new data goes to the disk, as always (lesson 9).',
  },
  {
    question: 'A backup of a running machine takes an hour, and the guest writes all the time. As of when does the backup show the disk?',
    options: ['As of its start', 'As of its end', 'Each part as of the moment when it was copied'],
    answer: 0,
    because:
      'Old data is copied before a write lands, so the backup shows the disk at the start of the job, T0 ' +
      '(lessons 1, 2 and 7). It is a mirror that shows the end.',
  },
  {
    question: 'You cancel a NONE job. What does that mean for its image?',
    options: [
      'The job failed, so the image never was a backup',
      'The job did not fail: the cancel finishes the image, which is good from then on',
      'The job did not fail: the image was good until the cancel, and is not to be used after it',
    ],
    answer: 2,
    because:
      'To cancel is how NONE ends. Up to then image and disk show T0 together. After it nobody saves old data ' +
      'any more, and the next write may spoil it (lesson 10).',
  },
];
