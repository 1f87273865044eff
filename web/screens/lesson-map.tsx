/** The lessons, with what is done. */
import { first } from '../common/data.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { progress } from '../common/progress.ts';

export function LessonMap() {
  const { lessons, edges } = first().course;
  return (
    <>
      <h2>Lessons</h2>
      <ol class="cards">
        {lessons.map((lesson) => (
          <Card lesson={lesson} />
        ))}
      </ol>
      <h2>Edges</h2>
      <p>Shorter lessons, each about a place where a backup easily goes wrong.</p>
      <ul class="cards">
        {edges.map((lesson) => (
          <Card lesson={lesson} />
        ))}
      </ul>
    </>
  );
}

function Card({ lesson }: { lesson: Lesson }) {
  const { id, title, goal } = lesson;
  const stars = progress.value.stars[id];
  const number = first().course.lessons.indexOf(lesson) + 1;
  return (
    <li>
      <a href={`#/learn/${id}`}>
        {number === 0 ? '' : `${number}. `}
        {title}
      </a>
      <span class="dim">{goal}</span>
      {stars === undefined ? (
        progress.value.bets[id] === undefined ? null : (
          <span class="dim">begun</span>
        )
      ) : (
        <span class="done">{'★'.repeat(stars)} done</span>
      )}
    </li>
  );
}
