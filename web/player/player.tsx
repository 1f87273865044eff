/** A run on the page: disks, what the step did, the steps, the lanes, and the bar to go through it. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { describeScenario } from '../../src/explain/scenario.ts';
import type { RowName } from '../run/grid.ts';
import { Compare } from './compare.tsx';
import { Share } from '../share/share.tsx';
import { Choices } from './choices.tsx';
import { GridView } from './grid.tsx';
import { onKey } from './keys.ts';
import { Lanes } from './lanes.tsx';
import { Scrub } from './scrub.tsx';
import type { Session } from './session.ts';
import { StepList } from './steps.tsx';
import { Verdict } from './verdict.tsx';

interface PlayerProps {
  readonly session: Session;
  /** Rows of the grid besides the usual ones. */
  readonly extra?: readonly RowName[];
  /** Whether one may choose who goes on. */
  readonly canChoose?: boolean;
  /** Only disks, sentence and buttons: within another page. */
  readonly isSmall?: boolean;
  readonly children?: ComponentChildren;
}

export function Player({ session, extra = [], canChoose = true, isSmall = false, children }: PlayerProps) {
  const isComparing = useSignal(false);
  useEffect(() => onKey(session, { compare: () => (isComparing.value = !isComparing.value), canChoose }), [session, canChoose]);
  const { scenario, setting } = session.run;
  const isCorrect = setting.without.length === 0;
  return (
    <article class={`player ${isSmall ? 'small' : ''}`} aria-label="Player">
      <p class="scenario">
        <b>{scenario.mode.toUpperCase()}</b> · {describeScenario(scenario)} · {isCorrect ? 'the correct job' : `without ${setting.without.join(', ')}`} ·{' '}
        {setting.wake === 'any' ? 'any order' : "QEMU's wake order"}
      </p>
      <div class="columns">
        <div>
          <GridView session={session} extra={extra} />
          <Scrub session={session} />
          <Verdict session={session} />
          {children}
        </div>
        {isSmall ? null : (
          <div>
            <Lanes session={session} />
            {canChoose ? <Choices session={session} /> : null}
            <StepList session={session} />
          </div>
        )}
      </div>
      {isSmall ? null : (
        <p class="ways">
          {isCorrect ? null : (
            <button type="button" aria-pressed={isComparing.value} onClick={() => (isComparing.value = !isComparing.value)}>
              {isComparing.value ? 'hide the correct job' : 'compare with the correct job'}
            </button>
          )}
          <Share session={session} />
        </p>
      )}
      {isComparing.value ? <Compare session={session} extra={extra} /> : null}
      <p class="live" role="status" aria-live="polite">
        {session.isBroken ? `${session.broken.value!.violation.property} is broken` : ''}
      </p>
    </article>
  );
}
