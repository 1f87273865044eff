/** The steps as a list. Of a long run only those near the one that is shown are there. */
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../../src/explain/story/words.ts';
import { sentenceOf } from './said.ts';
import type { Session } from './session.ts';

/** Steps shown before and after. */
const AROUND = 40;

export function StepList({ session, isSecret = false }: { session: Session; isSecret?: boolean }) {
  const { run, at, length, toldBroken: broken } = session;
  const first = length.value <= 2 * AROUND ? 0 : Math.max(0, Math.min(at.value - AROUND, length.value - 2 * AROUND));
  const until = session.told.value;
  const shown = run.steps.slice(first, Math.min(first + 2 * AROUND, until));
  const notes = new Map(
    (isSecret || broken.value === null ? null : session.explanation.value)?.guilty.map(({ step, note }) => [step, note]),
  );
  return (
    <ol class="steps" start={first} aria-label="Steps">
      {first === 0 ? <StepLine session={session} n={0} words="nothing has happened yet" mark="" /> : null}
      {shown.map((step, i) => {
        const n = first + i + 1;
        const mark = broken.value?.step === n ? '✗' : notes.has(n) ? '!' : '';
        return (
          <StepLine
            key={n}
            session={session}
            n={n}
            words={sentenceOf(step)}
            mark={mark}
            {...(notes.has(n) ? { note: notes.get(n)! } : {})}
          />
        );
      })}
      {until < length.value ? <li class="to-come">… {plural(length.value - until, 'step')} to come</li> : null}
    </ol>
  );
}

function StepLine({ session, n, words, mark, note }: { session: Session; n: number; words: string; mark: string; note?: string }) {
  const isHere = session.at.value === n;
  const line = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isHere) showWithin(line.current!);
  }, [isHere]);
  return (
    <li value={n} ref={line}>
      <button
        type="button"
        class={`step ${mark === '✗' ? 'broke' : mark === '!' ? 'guilty' : ''}`}
        aria-current={isHere ? 'step' : undefined}
        onClick={() => session.go(n)}
        title={note}
      >
        <span class="n">{n}</span>
        <span class="mark">{mark}</span>
        <span>{words}</span>
      </button>
    </li>
  );
}

/** Pixels at both edges of the list in which lines fade. */
const FADE = 24;

/** Scrolls the list, and only the list. */
function showWithin(line: HTMLElement): void {
  const list = line.parentElement!;
  const [top, bottom] = [line.offsetTop - list.offsetTop, line.offsetTop - list.offsetTop + line.offsetHeight];
  if (top - FADE < list.scrollTop) list.scrollTop = top - FADE;
  else if (bottom + FADE > list.scrollTop + list.clientHeight) list.scrollTop = bottom + FADE - list.clientHeight;
}
