/** One lesson: story, bet, scenes, challenge, and the one line to keep. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { data } from '../common/data.ts';
import { type Lesson, lessonAt } from '../lessons/lesson.ts';
import { NoSuch, Quiz } from '../common/parts.tsx';
import { type Piece, markTerms } from '../common/terms.ts';
import { Terms } from '../common/terms.tsx';
import { Challenge } from '../play/challenge.tsx';
import { replaceQuery, route } from '../common/route.ts';
import { useAddress } from '../player/address.ts';
import { GridView } from '../player/grid.tsx';
import { Player } from '../player/player.tsx';
import { unsaid } from '../player/said.ts';
import { Session } from '../player/session.ts';
import { noteBet, noteStars, progress } from '../common/progress.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';

export function LessonScreen({ name }: { name: string }) {
  const lesson = lessonAt(data().course, name);
  return lesson === null ? <NoSuch what={`lesson "${name}"`} back="#/learn" /> : <LessonView lesson={lesson} key={lesson.id} />;
}

function LessonView({ lesson }: { lesson: Lesson }) {
  const { id, title, goal, opening = [], story, bet, challenge, keep } = lesson;
  const wasBet = useMemo(() => progress.value.bets[id] !== undefined, [id]);
  const isOpen = useSignal(opening.length === 0 || wasBet);
  const isShown = useSignal(false);
  const isWatched = useSignal(wasBet);
  const pieces = useMemo(() => markTerms(textsOf(lesson), data().glossary), [lesson]);
  useLayoutEffect(() => {
    unsaid.value = lesson.hides ?? [];
    return () => (unsaid.value = []);
  }, [lesson]);
  const chosen = progress.value.bets[id] ?? null;
  const number = data().course.lessons.indexOf(lesson) + 1;
  return (
    <main>
      <div class="text">
        <p class="dim">{number > 0 ? `Lesson ${number}` : data().course.today.includes(lesson) ? 'Today' : 'Edge'}</p>
        <h1>{title}</h1>
        <p class="dim">{goal}</p>
      </div>
      {opening.length === 0 ? null : <Opening lesson={lesson} pieces={pieces} isOver={isOpen.value} onOver={() => (isOpen.value = true)} />}
      {isOpen.value ? (
        <>
          <div class="text">
            {story.map((paragraph) => (
              <p>
                <Terms pieces={pieces.get(paragraph)!} />
              </p>
            ))}
            <Quiz
              name={`bet-${id}`}
              question={bet.question}
              options={bet.options}
              chosen={chosen}
              reveal={isWatched.value ? bet : null}
              onChoose={(option) => noteBet(id, option)}
            />
            {chosen === null && !isShown.value ? (
              <p>
                Place your bet, then watch; or{' '}
                <button type="button" onClick={() => (isShown.value = true)}>
                  just show me
                </button>
              </p>
            ) : chosen !== null && !isWatched.value ? (
              <p role="status" data-watch>
                Watch the run to its end: it has the answer.
              </p>
            ) : null}
          </div>
          {chosen !== null || isShown.value ? (
            <>
              <Scenes lesson={lesson} pieces={pieces} onWatched={() => (isWatched.value = true)} />
              {challenge === null ? null : (
                <Challenge
                  challenge={challenge}
                  trace={data().lessons[challenge.trace]!}
                  prefix="own-"
                  next={nextOf(lesson)}
                  onDone={(stars) => noteStars(id, stars)}
                />
              )}
              <p class="keep text" data-keep>
                <b>To keep:</b> <Terms pieces={pieces.get(keep)!} />
              </p>
            </>
          ) : null}
        </>
      ) : null}
      <Neighbours lesson={lesson} />
    </main>
  );
}

/** In the order in which they are read. */
const textsOf = ({ opening = [], story, scenes, keep }: Lesson): string[] => [
  ...opening.map(({ text }) => text),
  ...story,
  ...scenes.map(({ caption }) => caption),
  keep,
];

type Pieces = ReadonlyMap<string, readonly Piece[]>;

/** One picture, one sentence at a time. */
function Opening({ lesson, pieces, isOver, onOver }: { lesson: Lesson; pieces: Pieces; isOver: boolean; onOver: () => void }) {
  const opening = lesson.opening!;
  const session = useMemo(() => sessionOf(lesson.scenes[0]!.trace), [lesson]);
  const nth = useSignal(isOver ? opening.length - 1 : 0);
  const turnTo = (i: number): void => {
    nth.value = i;
    session.go(opening[i]!.at);
  };
  useMemo(() => session.go(opening[nth.value]!.at), [session]);
  const isLast = nth.value === opening.length - 1;
  return (
    <section class="opening player" aria-label="The story so far">
      <p class="sentence" role="status" data-opening={nth.value + 1}>
        <Terms pieces={pieces.get(opening[nth.value]!.text)!} />
      </p>
      <GridView session={session} only={['source', 'target']} />
      <p class="help">
        <button type="button" disabled={nth.value === 0} onClick={() => turnTo(nth.value - 1)} data-opening-back>
          back
        </button>
        {isLast && isOver ? null : (
          <button type="button" class="main" onClick={() => (isLast ? onOver() : turnTo(nth.value + 1))} data-opening-next>
            {isLast ? 'place your bet' : 'next'}
          </button>
        )}
        <span class="dim">
          {nth.value + 1} of {opening.length}
        </span>
      </p>
    </section>
  );
}

function Scenes({ lesson: { scenes }, pieces, onWatched }: { lesson: Lesson; pieces: Pieces; onWatched: () => void }) {
  const nth = useSignal(sceneOf(route.value.query, scenes.length));
  const scene = scenes[nth.value]!;
  const session = useMemo(() => sessionOf(scene.trace), [scene.trace]);
  useAddress(session);
  const isAtEnd = session.at.value === session.length.value;
  useEffect(() => {
    if (isAtEnd) onWatched();
  }, [isAtEnd]);
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
      <p class="text">
        <Terms pieces={pieces.get(scene.caption)!} />
      </p>
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
  const all = allLessons();
  const i = all.indexOf(lesson);
  const [before, after] = [all[i - 1], all[i + 1]];
  return (
    <nav class="neighbours" aria-label="Other lessons">
      {before === undefined ? <span /> : <a href={`#/learn/${before.id}`}>← {before.title}</a>}
      <a href="#/learn">all lessons</a>
      {after === undefined ? <span /> : <a href={`#/learn/${after.id}`}>{after.title} →</a>}
    </nav>
  );
}

function allLessons(): readonly Lesson[] {
  const { lessons, today, edges } = data().course;
  return [...lessons, ...today, ...edges];
}

/** For the win card. */
function nextOf(lesson: Lesson): { readonly href: string; readonly text: string } {
  const all = allLessons();
  const after = all[all.indexOf(lesson) + 1];
  return after === undefined ? { href: '#/play', text: 'Play on' } : { href: `#/learn/${after.id}`, text: `Next: ${after.title}` };
}
