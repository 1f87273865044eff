/** The index of lessons, and the three questions that they are for. */
import { data } from '../common/data.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { Quiz } from '../common/parts.tsx';
import { forget, note, progress } from '../common/progress.ts';

export function Learn() {
  const { lessons, edges } = data().course;
  return (
    <main class="text">
      <h1>How a backup of a running disk works, and breaks</h1>
      <p>
        QEMU copies a disk while a guest goes on writing to it, and the copy must show the disk exactly as it was at one instant, called T0.
        Step through it, bet on it, break it by hand. Everything here is computed in this page as you go, by the checker that tests the real
        order of steps; nothing is sent anywhere.
      </p>
      <p>
        <a class="button" href={`#/learn/${lessons[0]!.id}`}>
          Begin with lesson 1
        </a>
      </p>
      <Questions when="before" />
      <h2>Lessons</h2>
      <ol class="cards">
        {lessons.map((lesson) => (
          <Card lesson={lesson} />
        ))}
      </ol>
      <h2>Edges</h2>
      <p>Shorter ones, each about a place where a backup is easily wrong.</p>
      <ul class="cards">
        {edges.map((lesson) => (
          <Card lesson={lesson} />
        ))}
      </ul>
      <Questions when="after" />
      <p>
        <button type="button" onClick={forget}>
          forget my answers and stars
        </button>
      </p>
    </main>
  );
}

function Card({ lesson }: { lesson: Lesson }) {
  const { id, title, goal } = lesson;
  const stars = progress.value.stars[id];
  const number = data().course.lessons.indexOf(lesson) + 1;
  return (
    <li>
      <a href={`#/learn/${id}`}>
        {number === 0 ? '' : `${number}. `}
        {title}
      </a>
      <span class="dim">
        {goal} {stars === undefined ? (progress.value.bets[id] === undefined ? '' : '· begun') : `· ${'★'.repeat(stars)} done`}
      </span>
    </li>
  );
}

/** Asked twice: answers are only told the second time. */
function Questions({ when }: { when: 'before' | 'after' }) {
  const answers = progress.value[when];
  const choose = (i: number, option: number): void =>
    note({ [when]: data().course.questions.map((_, k) => (k === i ? option : (answers[k] ?? null))) });
  return (
    <details class="questions" open={when === 'after' && answers.length > 0}>
      <summary>{when === 'before' ? 'Three questions before you begin' : 'The same three questions, after lessons 1, 2, 9 and 10'}</summary>
      {data().course.questions.map(({ question, options, answer, because }, i) => (
        <Quiz
          name={`${when}-${i}`}
          question={question}
          options={options}
          chosen={answers[i] ?? null}
          reveal={when === 'after' ? { answer, because: `${because}${wasSaid(i)}` } : null}
          onChoose={(option) => choose(i, option)}
        />
      ))}
    </details>
  );
}

function wasSaid(i: number): string {
  const before = progress.value.before[i];
  return before === undefined || before === null ? '' : ` Before, you said "${data().course.questions[i]!.options[before] ?? ''}".`;
}
