/** One lesson: story, bet, scenes, challenge, and the one line to keep. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { data } from '../common/data.ts';
import { type Lesson, lessonAt } from '../lessons/lesson.ts';
import { NoSuch, Quiz } from '../common/parts.tsx';
import { Challenge } from '../play/challenge.tsx';
import { replaceQuery, route } from '../common/route.ts';
import { useAddress } from '../player/address.ts';
import { Player } from '../player/player.tsx';
import { Session } from '../player/session.ts';
import { noteBet, noteStars, progress } from '../common/progress.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';

export function LessonScreen({ name }: { name: string }) {
  const lesson = lessonAt(data().course, name);
  return lesson === null ? <NoSuch what={`lesson "${name}"`} back="#/" /> : <LessonView lesson={lesson} key={lesson.id} />;
}

function LessonView({ lesson }: { lesson: Lesson }) {
  const { id, title, goal, story, bet, challenge, keep } = lesson;
  const isShown = useSignal(false);
  const chosen = progress.value.bets[id] ?? null;
  const number = data().course.lessons.indexOf(lesson) + 1;
  return (
    <main>
      <div class="text">
        <p class="dim">{number === 0 ? 'Edge' : `Lesson ${number}`}</p>
        <h1>{title}</h1>
        <p class="dim">{goal}</p>
        {story.map((paragraph) => (
          <p>{paragraph}</p>
        ))}
        <Quiz
          name={`bet-${id}`}
          question={bet.question}
          options={bet.options}
          chosen={chosen}
          reveal={bet}
          onChoose={(option) => noteBet(id, option)}
        />
        {chosen === null && !isShown.value ? (
          <p>
            Place your bet, and see; or{' '}
            <button type="button" onClick={() => (isShown.value = true)}>
              just show me
            </button>
          </p>
        ) : null}
      </div>
      {chosen !== null || isShown.value ? (
        <>
          <Scenes lesson={lesson} />
          {challenge === null ? null : (
            <Challenge
              challenge={challenge}
              trace={data().lessons[challenge.trace]!}
              prefix="own-"
              onDone={(stars) => noteStars(id, stars)}
            />
          )}
          <p class="keep text" data-keep>
            <b>To keep:</b> {keep}
          </p>
        </>
      ) : null}
      <Neighbours lesson={lesson} />
    </main>
  );
}

function Scenes({ lesson: { scenes } }: { lesson: Lesson }) {
  const nth = useSignal(sceneOf(route.value.query, scenes.length));
  const scene = scenes[nth.value]!;
  const session = useMemo(() => sessionOf(scene.trace), [scene.trace]);
  useAddress(session);
  const turnTo = (i: number): void => {
    if (i === nth.value) return;
    // The step is one of the scene before.
    replaceQuery({ scene: i === 0 ? '' : String(i + 1), step: '' });
    nth.value = i;
  };
  return (
    <section aria-label="Scenes">
      {scenes.length === 1 ? null : (
        <div class="tabs" role="group" aria-label="Which scene">
          {scenes.map((_, i) => (
            <button type="button" aria-pressed={i === nth.value} onClick={() => turnTo(i)}>
              scene {i + 1}
            </button>
          ))}
        </div>
      )}
      <p class="text">{scene.caption}</p>
      <Player session={session} extra={scene.rows ?? []} canChoose={false} key={scene.trace} />
    </section>
  );
}

/** From 0; the first, if the address says none. */
function sceneOf(query: URLSearchParams, scenes: number): number {
  const n = Number(query.get('scene') ?? 1);
  return Number.isInteger(n) && n >= 1 && n <= scenes ? n - 1 : 0;
}

function sessionOf(name: string): Session {
  const trace = data().lessons[name]!;
  return new Session(runOfTrace(trace).run, trace);
}

function Neighbours({ lesson }: { lesson: Lesson }) {
  const { lessons, edges } = data().course;
  const all = [...lessons, ...edges];
  const i = all.indexOf(lesson);
  const [before, after] = [all[i - 1], all[i + 1]];
  return (
    <nav class="neighbours" aria-label="Other lessons">
      {before === undefined ? <span /> : <a href={`#/learn/${before.id}`}>← {before.title}</a>}
      <a href="#/">all lessons</a>
      {after === undefined ? <span /> : <a href={`#/learn/${after.id}`}>{after.title} →</a>}
    </nav>
  );
}
