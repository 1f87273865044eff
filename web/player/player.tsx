/** A run on the page: disks, what the step did, the steps, the lanes, and the bar to go through it. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { describeScenario } from '../../src/explain/scenario.ts';
import { jobRules } from '../../model/machine/jobs.ts';
import type { Setting } from '../../model/machine/shape.ts';
import type { RowName } from '../../src/run/grid.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { Compare } from './compare.tsx';
import { Share } from './share.tsx';
import { Branches } from './branches.tsx';
import { Choices } from './choices.tsx';
import { GridView } from './grid.tsx';
import { onKey } from './keys.ts';
import { Lanes } from './lanes.tsx';
import { Legend } from './legend.tsx';
import { sentenceOf } from './said.ts';
import { Scrub } from './scrub.tsx';
import { type Session, differs } from './session.ts';
import { StepList } from './steps.tsx';
import { Verdict } from './verdict.tsx';

interface PlayerProps {
  readonly session: Session;
  /** Rows of the grid besides the usual ones. */
  readonly extra?: readonly RowName[];
  /** Whether one may choose who runs next. */
  readonly canChoose?: boolean;
  /** Only disks, sentence and buttons: within another page. */
  readonly isSmall?: boolean;
  /** Which rule is off, and why something broke, is not to be seen. */
  readonly isSecret?: boolean;
  /** Absent: yes. */
  readonly hasLanes?: boolean;
  /** Rows of the grid that are not shown. */
  readonly without?: readonly RowName[];
  /** It speaks to those who have not heard of properties. */
  readonly isLesson?: boolean;
  /** What the verdict says where it breaks, in place of the explanation. */
  readonly says?: string | undefined;
  /** Beneath the verdict: what it says of the question that the run was to answer. */
  readonly aside?: ComponentChildren;
  /** Begins a try of the visitor's own. Present: this run is shown, so that there is nothing to choose or to undo. */
  readonly onTry?: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

export function Player({
  session,
  extra = [],
  canChoose = true,
  isSmall = false,
  isSecret = false,
  hasLanes = true,
  without = [],
  isLesson = false,
  says,
  aside = null,
  onTry,
  children,
}: PlayerProps) {
  const isComparing = useSignal(false);
  const article = useRef<HTMLElement>(null);
  // As soon as it is seen, not a frame later.
  useLayoutEffect(
    () =>
      onKey(session, article.current!.closest<HTMLElement>('.challenge') ?? article.current!, {
        compare: () => (isSecret ? undefined : (isComparing.value = !isComparing.value)),
        canChoose: canChoose && onTry === undefined,
      }),
    [session, canChoose, isSecret, onTry === undefined],
  );
  const isCorrect = session.run.setting.without.length === 0;
  return (
    <article ref={article} class={`player ${isSmall ? 'small' : ''}`} aria-label="Player">
      <div class="stage">
        <div class="act">
          <GridView session={session} extra={extra} without={without} />
          {onTry !== undefined ? (
            <p class="choices">
              <button type="button" class="main" onClick={onTry} data-try-it>
                {LATER_WORDS.tryIt}
              </button>
            </p>
          ) : canChoose && !isSmall ? (
            <Choices session={session} />
          ) : null}
          <Scrub session={session} />
          <Legend isOnBacking={session.run.machine.base !== null} />
        </div>
        <div class="tell">
          <Verdict session={session} isSecret={isSecret} isLesson={isLesson} says={says} />
          {aside}
          {isSmall || !hasLanes ? null : <Lanes session={session} isSecret={isSecret} />}
          {isSmall ? null : <StepList session={session} isSecret={isSecret} />}
        </div>
      </div>
      {canChoose && !isSmall ? <Branches session={session} /> : null}
      <p class="scenario" hidden={isLesson}>
        <b>{session.run.scenario.mode.toUpperCase()}</b> · {describeScenario(session.run.scenario)} ·{' '}
        {isSecret ? 'a job that lacks a rule' : jobWords(session.run.setting)}
      </p>
      {children}
      {isSmall || isSecret ? null : (
        <p class="ways">
          {isCorrect ? null : (
            <button type="button" aria-pressed={isComparing.value} onClick={() => (isComparing.value = !isComparing.value)}>
              {isComparing.value ? LATER_WORDS.hideCorrect : LATER_WORDS.compareCorrect}
            </button>
          )}
          <Share session={session} />
        </p>
      )}
      {isComparing.value ? <Compare session={session} extra={extra} /> : null}
      <p class="live" role="status" aria-live="polite">
        {session.isPlaying.value ? '' : whatHappened(session)}
      </p>
    </article>
  );
}

function jobWords({ job = 'correct', without, wake }: Setting): string {
  const { with: on = [], without: off } = jobRules(job, without);
  const name =
    job === 'correct'
      ? off.length === 0
        ? 'the correct job'
        : `a job without ${off.join(', ')}`
      : `the job of ${job}${off.length === 0 ? '' : `, without ${off.join(', ')}`}${on.length === 0 ? '' : `, with ${on.join(', ')}`}`;
  return `${name} · ${wake === 'any' ? LATER_WORDS.anyWake : LATER_WORDS.wokenFirst}`;
}

/** For a screen reader: the step, what it changed, and what it broke. */
function whatHappened(session: Session): string {
  const step = session.run.steps[session.at.value - 1];
  if (step === undefined) return '';
  const changed = session.grid.value.rows.flatMap((row) =>
    row.cells.flatMap(({ text }, i) => (differs(row, session.gridBefore.value, i) ? [`${row.name}: ${text}`] : [])),
  );
  const { value: broken } = session.broken;
  return [
    `${sentenceOf(step)}.`,
    ...changed,
    broken?.step === session.at.value ? `${broken.violation.property} is broken: ${broken.violation.detail}` : '',
  ].join(' ');
}
