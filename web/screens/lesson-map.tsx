/** The lessons, with what is done. */
import { type Card, data, first, hasMore } from '../common/data.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { progress } from '../common/progress.ts';

export function LessonMap() {
  return (
    <>
      <h2>Lessons</h2>
      <p>On QEMU 1.6 to 4.1. Its rules still hold; since 4.2 other code keeps them.</p>
      <ol class="cards">
        {first().cards.map((card, i) => (
          <CardView card={card} number={i + 1} />
        ))}
      </ol>
      {hasMore.value === true ? <More /> : null}
    </>
  );
}

/** Those without a number, which are below what a visitor sees first. */
function More() {
  const { today, edges } = data().course;
  return (
    <>
      <h2>QEMU since 4.2</h2>
      <p>{LATER_WORDS.today}</p>
      <ul class="cards">
        {today.map((card) => (
          <CardView card={card} />
        ))}
      </ul>
      <h2>Edges</h2>
      <p>{LATER_WORDS.edges}</p>
      <ul class="cards">
        {edges.map((card) => (
          <CardView card={card} />
        ))}
      </ul>
    </>
  );
}

function CardView({ card: { id, title, goal }, number }: { card: Card; number?: number }) {
  const stars = progress.value.stars[id];
  return (
    <li>
      <a href={`#/learn/${id}`}>
        {number === undefined ? '' : `${number}. `}
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
