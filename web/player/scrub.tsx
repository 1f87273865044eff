/** Back, forward, play, and the bar over the whole run. */
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../../src/explain/story/words.ts';
import { sentenceOfStep } from '../../src/run/step-words.ts';
import { everyDetail, toggleDetail } from './detail.ts';
import type { Session } from './session.ts';
import { promiseEnd } from './verdict.tsx';

/** Of a longer run it takes too long to look how many steps one press has joined. */
const JOINED_OF_MAX = 500;

/** Milliseconds a step. */
const PACE = 900;

export function Scrub({ session }: { session: Session }) {
  const { at, length, toldBroken: broken, run, isPlaying } = session;
  const timer = useRef<number>(0);
  useEffect(() => {
    if (!isPlaying.value) return undefined;
    timer.current = window.setInterval(() => {
      session.go(session.after(at.value));
      if (at.value >= length.value) isPlaying.value = false;
    }, PACE);
    return () => clearInterval(timer.current);
  }, [isPlaying.value]);
  const step = run.steps[at.value - 1];
  const atEnd = at.value >= length.value;
  const mayGoOn = atEnd && session.choices.value.some(({ blocked }) => blocked === null);
  const percent = (n: number): string => `${(100 * n) / Math.max(1, length.value)}%`;
  const end = promiseEnd(run);
  const marks = [
    ...(run.promise.opened === null ? [] : [{ n: run.promise.opened, text: 'T0' }]),
    ...(end === null ? [] : [{ n: end, text: 'promise ends' }]),
    ...(broken.value === null ? [] : [{ n: broken.value.step, text: '✗' }]),
  ].filter(({ n }) => n <= session.told.value || n === run.promise.opened);
  return (
    <div class={`scrub ${length.value === 0 ? 'not-yet' : ''}`} role="group" aria-label="Where in the run">
      <div class="buttons">
        <button type="button" onClick={() => session.go(session.before(at.value))} disabled={at.value === 0} aria-label="one step back">
          ◀
        </button>
        <button type="button" class="main" onClick={() => session.go(session.after(at.value))} disabled={atEnd} aria-label="one step on">
          ▶ step
        </button>
        <button
          type="button"
          aria-pressed={isPlaying.value}
          onClick={() => (isPlaying.value = !isPlaying.value)}
          disabled={atEnd && !isPlaying.value}
        >
          {isPlaying.value ? 'pause' : 'play'}
        </button>
        {session.trace === null ? null : (
          <button type="button" class={mayGoOn ? '' : 'not-yet'} onClick={() => session.goOn()} data-go-on>
            run to the end
          </button>
        )}
      </div>
      <p class="where">
        <output>
          step {at.value} of {length.value}
        </output>
        <span class="dim">{joinedWords(session)}</span>
        <label>
          <input type="checkbox" checked={everyDetail.value} onChange={toggleDetail} data-detail /> stop at every step
        </label>
      </p>
      <div class="bar">
        <input
          type="range"
          min={0}
          max={length.value}
          value={at.value}
          aria-label="step"
          aria-valuetext={
            step === undefined ? 'before the first step' : `step ${at.value}: ${sentenceOfStep(step.who, step.what, step.saw)}`
          }
          onInput={(event) => session.go(Number(event.currentTarget.value))}
        />
        <div class="marks" aria-hidden="true">
          {marks.map(({ n, text }) => (
            <span class={n > 0.8 * length.value ? 'late' : n === end && n < 0.2 * length.value ? 'early' : ''} style={{ left: percent(n) }}>
              {text}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

/** The steps between the place before and this one, which change nothing in the picture. */
function joinedWords(session: Session): string {
  const { at, length } = session;
  if (everyDetail.value || at.value === 0 || length.value > JOINED_OF_MAX) return '';
  const joined = at.value - session.before(at.value) - 1;
  return joined === 0 ? '' : `+ ${plural(joined, 'small step')}`;
}
