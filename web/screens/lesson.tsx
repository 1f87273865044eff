/** One lesson: story, bet, scenes, challenge, and the one line to keep. */
import { LATER_WORDS } from '../common/later-words.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
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
import { Session, runToEnd } from '../player/session.ts';
import { noteBet, noteStars, progress } from '../common/progress.ts';
import { STARS } from '../play/score.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';

export function LessonScreen({ name }: { name: string }) {
  const lesson = lessonAt(data().course, name);
  return lesson === null ? <NoSuch what={`lesson "${name}"`} back="#/learn" /> : <LessonView lesson={lesson} key={lesson.id} />;
}

function LessonView({ lesson }: { lesson: Lesson }) {
  const { id, title, goal, opening = [], story, bet, answerIn = 0, challenge, keep, without = [] } = lesson;
  const wasBet = useMemo(() => progress.value.bets[id] !== undefined, [id]);
  const isOpen = useSignal(opening.length === 0 || wasBet);
  const isShown = useSignal(false);
  const isWatched = useSignal(wasBet);
  const betBox = useRef<HTMLDivElement>(null);
  const runBox = useRef<HTMLDivElement>(null);
  const ownBox = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen.value && opening.length > 0 && !wasBet) betBox.current?.scrollIntoView({ block: 'center' });
  }, [isOpen.value]);
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
        <p class="dim">
          {number > 0 ? `Lesson ${number} · QEMU 1.6 to 4.1` : data().course.today.includes(lesson) ? 'QEMU since 4.2' : 'Edge'}
        </p>
        <h1>{title}</h1>
        <p class="dim">{goal}</p>
      </div>
      {opening.length === 0 ? null : <Opening lesson={lesson} pieces={pieces} isOver={isOpen.value} onOver={() => (isOpen.value = true)} />}
      {isOpen.value ? (
        <>
          <div class={opening.length === 0 ? 'beside' : ''}>
            <div class="text">
              {story.map((paragraph) => (
                <p>
                  <Terms pieces={pieces.get(paragraph)!} />
                </p>
              ))}
              <div ref={betBox}>
                <Quiz
                  name={`bet-${id}`}
                  question={bet.question}
                  options={bet.options}
                  chosen={chosen}
                  reveal={isWatched.value ? bet : null}
                  isBet
                  onChoose={(option) => noteBet(id, option)}
                />
              </div>
              {chosen === null && !isShown.value ? (
                <p>
                  {LATER_WORDS.showMe}{' '}
                  <button type="button" onClick={() => (isShown.value = true)}>
                    just show me
                  </button>
                </p>
              ) : chosen !== null && !isWatched.value ? (
                <p role="status" class="help" data-watch>
                  <button type="button" class="main" onClick={() => runBox.current?.scrollIntoView({ block: 'start' })}>
                    watch the run ↓
                  </button>
                  <span>{answerIn === 0 ? LATER_WORDS.answerHere : LATER_WORDS.answerThere}</span>
                </p>
              ) : null}
            </div>
            {opening.length === 0 ? <Intro lesson={lesson} /> : null}
          </div>
          {chosen !== null || isShown.value ? (
            <>
              <div ref={runBox}>
                <Scenes
                  lesson={lesson}
                  pieces={pieces}
                  chosen={chosen}
                  onWatched={() => {
                    isWatched.value = true;
                    if (challenge === null) noteStars(id, STARS);
                  }}
                  onTry={challenge === null ? null : () => ownBox.current?.scrollIntoView({ block: 'start' })}
                />
              </div>
              <div ref={ownBox}>
                {isWatched.value ? (
                  <p class="keep text" data-keep>
                    <b>To keep:</b> <Terms pieces={pieces.get(keep)!} />
                  </p>
                ) : null}
                {challenge === null ? null : (
                  <Challenge
                    challenge={challenge}
                    trace={data().lessons[challenge.trace]!}
                    prefix="own-"
                    next={nextOf(lesson)}
                    extra={lesson.scenes.at(-1)!.rows ?? []}
                    without={without}
                    isLesson
                    onDone={(stars) => noteStars(id, stars)}
                  />
                )}
              </div>
            </>
          ) : null}
        </>
      ) : null}
      <Neighbours lesson={lesson} isDone={isWatched.value} />
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
  const session = useMemo(() => sessionOf(lesson, 0), [lesson]);
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
        <button type="button" disabled={nth.value === 0} onClick={() => turnTo(nth.value - 1)}>
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

interface ScenesProps {
  readonly lesson: Lesson;
  readonly pieces: Pieces;
  /** The option of the bet; null: none. */
  readonly chosen: number | null;
  /** The scene that has the answer was seen to its end. */
  readonly onWatched: () => void;
  /** Shows the challenge; null: there is none. */
  readonly onTry: (() => void) | null;
}

function Scenes({ lesson, pieces, chosen, onWatched, onTry }: ScenesProps) {
  const { scenes, bet, answerIn = 0 } = lesson;
  const nth = useSignal(sceneOf(route.value.query, scenes.length));
  const scene = scenes[nth.value]!;
  const session = useMemo(() => {
    const made = sessionOf(lesson, nth.value);
    // What was told before is not told again.
    if (nth.value === 0) made.go(lesson.opening?.at(-1)?.at ?? 0);
    return made;
  }, [scene]);
  useAddress(session);
  const isAtEnd = session.at.value === session.length.value;
  useEffect(() => {
    if (isAtEnd && nth.value >= answerIn) onWatched();
  }, [isAtEnd, nth.value]);
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
          {scenes.map(({ name }, i) => (
            <button type="button" aria-pressed={i === nth.value} onClick={() => turnTo(i)}>
              {i + 1}. {name}
            </button>
          ))}
        </div>
      )}
      <p class="text">
        <Terms pieces={pieces.get(scene.caption)!} />
      </p>
      <Player
        session={session}
        extra={scene.rows ?? []}
        without={lesson.without ?? []}
        canChoose={false}
        isLesson
        says={scene.broke}
        aside={
          isAtEnd ? (
            <AtEnd
              bet={nth.value === answerIn ? bet : null}
              end={scene.end}
              isAnswered={nth.value >= answerIn}
              chosen={chosen}
              next={scenes[nth.value + 1]?.name ?? null}
              onNext={() => turnTo(nth.value + 1)}
              onTry={onTry}
            />
          ) : null
        }
        key={scene.trace}
      />
    </section>
  );
}

interface AtEndProps {
  /** Null: this scene is not the one that answers it. */
  readonly bet: Lesson['bet'] | null;
  /** What this run has shown. */
  readonly end: string | undefined;
  readonly isAnswered: boolean;
  readonly chosen: number | null;
  /** The name of the next scene; null: this is the last. */
  readonly next: string | null;
  readonly onNext: () => void;
  readonly onTry: (() => void) | null;
}

/** What the run says of the bet, where one looks when it ends; and where to go from there. */
function AtEnd({ bet, end, isAnswered, chosen, next, onNext, onTry }: AtEndProps) {
  return (
    <section class="answer" aria-label="The answer" data-answer>
      {bet !== null ? (
        <p>
          {chosen === null || chosen === bet.answer ? null : `You bet "${bet.options[chosen]}". `}
          <b>{chosen === bet.answer ? 'Your bet was right.' : `The answer is "${bet.options[bet.answer]}".`}</b> {bet.because}
        </p>
      ) : (
        <p>
          {end} {isAnswered ? null : LATER_WORDS.answerNext}
        </p>
      )}
      {next !== null ? (
        <button type="button" class="main" onClick={onNext} data-next-scene>
          next: {next} →
        </button>
      ) : onTry === null ? null : (
        <button type="button" class="main" onClick={onTry} data-try-it>
          try it yourself ↓
        </button>
      )}
    </section>
  );
}

/** From 0; the first, if the address says none. */
function sceneOf(query: URLSearchParams, scenes: number): number {
  const n = Number(query.get('scene') ?? 1);
  return Number.isInteger(n) && n >= 1 && n <= scenes ? n - 1 : 0;
}

function sessionOf({ scenes, without = [] }: Lesson, nth: number): Session {
  const { trace: name, isRunOn = false } = scenes[nth]!;
  const trace = data().lessons[name]!;
  const { run } = runOfTrace(trace);
  if (isRunOn) runToEnd(run, false);
  return Object.assign(new Session(run, trace, true), { without });
}

/** The disks of the first scene before anything has happened: what the story is about. */
function Intro({ lesson }: { lesson: Lesson }) {
  const session = useMemo(() => sessionOf(lesson, 0), [lesson]);
  return (
    <aside>
      <p class="dim">At the start:</p>
      <GridView session={session} only={['source', 'backing', 'target']} label="The disks at the start" />
    </aside>
  );
}

function Neighbours({ lesson, isDone }: { lesson: Lesson; isDone: boolean }) {
  const all = allLessons();
  const i = all.indexOf(lesson);
  const [before, after] = [all[i - 1], all[i + 1]];
  return (
    <nav class="neighbours" aria-label="Other lessons">
      {before === undefined ? <span /> : <a href={`#/learn/${before.id}`}>← {before.title}</a>}
      <a href="#/learn">all lessons</a>
      {after === undefined ? (
        <span />
      ) : (
        <a class={isDone ? 'button main' : ''} href={`#/learn/${after.id}`}>
          {isDone ? 'next: ' : ''}
          {after.title} →
        </a>
      )}
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
