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
    question: 'A backup of a running machine takes an hour, and the guest writes all the time. Which moment does the backup show?',
    options: ['Its start', 'Its end', 'For each part, the moment when it was copied'],
    answer: 0,
    because:
      'Old data is copied before a write lands, so the backup shows the disk at the start of the job, T0 ' +
      '(lessons 1, 2 and 7). A mirror shows the end.',
  },
  {
    question: 'You cancel a NONE job. What does that mean for its image?',
    options: [
      'The job failed, so the image never was a backup',
      'The job did not fail: the cancel finishes the image, which is good from then on',
      'The job did not fail: the image was good until the cancel, and must not be used after it',
    ],
    answer: 2,
    because:
      'A cancel is how NONE ends. Until then, target and disk together show T0. After it, old data is no longer ' +
      'saved, and the next write may spoil the image (lesson 10).',
  },
];
