import type { Lesson } from './lesson.ts';

export const goodDay: Lesson = {
  id: 'good-day',
  title: 'The same mistake on a good day',
  goal: 'A rule that is not missed until something fails',
  story: [
    'In lesson 12 a cluster was marked as copied before the target had its data, and one error was enough to ' +
      'lose it. Here is the same job, with a guest that writes while the job copies. This time no error strikes.',
  ],
  bet: {
    question: 'Is there any order in which the early mark breaks this backup?',
    options: ['Yes, if g1 sees the mark before the data is there', 'No'],
    answer: 1,
    because:
      'A write to cluster 0 waits until the copy in flight has ended, and by then the data is ' +
      'there. One rule hides that the other is missing.',
  },
  scenes: [
    {
      trace: 'good-day',
      caption: 'The row "copied?" says yes before the target has anything. But g1 waits for the copy, not for the bit.',
    },
  ],
  challenge: {
    kind: 'hold',
    text: 'Can it be broken all the same? Try it, or let the checker try every order.',
    trace: 'good-day',
    par: null,
    hints: [],
  },
  keep: 'What no test has broken may only be waiting for its error.',
};
