/** Back, forward, play, and the bar over the whole run. */
import { useEffect, useRef } from 'preact/hooks';
import { sentenceOfStep } from '../../src/run/step-words.ts';
import type { Session } from './session.ts';

/** Milliseconds a step. */
const PACE = 900;

export function Scrub({ session }: { session: Session }) {
  const { at, length, broken, run, isPlaying } = session;
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
  const marks = [
    ...(run.promise.opened === null ? [] : [{ n: run.promise.opened, text: 'T0' }]),
    ...(run.promise.closed === null ? [] : [{ n: run.promise.closed, text: 'closed' }]),
    ...(broken.value === null ? [] : [{ n: broken.value.step, text: '✗' }]),
  ];
  return (
    <div class="scrub" role="group" aria-label="Where in the run">
      <div class="buttons">
        <button type="button" class="far" onClick={() => session.go(0)} disabled={at.value === 0} aria-label="to the start">
          |◀
        </button>
        <button type="button" onClick={() => session.go(session.before(at.value))} disabled={at.value === 0} aria-label="one step back">
          ◀
        </button>
        <button type="button" class="main" onClick={() => session.go(session.after(at.value))} disabled={atEnd} aria-label="one step on">
          ▶ step
        </button>
        <button type="button" class="far" onClick={() => session.go(length.value)} disabled={atEnd} aria-label="to the end">
          ▶|
        </button>
        <button
          type="button"
          aria-pressed={isPlaying.value}
          onClick={() => (isPlaying.value = !isPlaying.value)}
          disabled={atEnd && !isPlaying.value}
        >
          {isPlaying.value ? 'pause' : 'play'}
        </button>
        <button type="button" class="far" onClick={() => session.go(broken.value?.step ?? at.value)} disabled={broken.value === null}>
          first ✗
        </button>
        {session.trace === null ? null : (
          <button type="button" class={mayGoOn ? '' : 'not-yet'} onClick={() => session.goOn()} data-go-on>
            run to the end
          </button>
        )}
        <output>
          step {at.value} of {length.value}
        </output>
      </div>
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
            <span style={{ left: percent(n) }}>{text}</span>
          ))}
        </div>
      </div>
    </div>
  );
}
