/** Which of two steps should have come first? The run with that order is the judge. */
import { LATER_WORDS } from '../common/later-words.ts';
import { useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';
import type { Trace } from '../../src/trace/format.ts';
import { Lanes } from '../player/lanes.tsx';
import { Player } from '../player/player.tsx';
import { Session } from '../player/session.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';
import { sentenceOfStep } from '../../src/run/step-words.ts';
import { type Mended, mend } from './mend.ts';

export function MendGame({ trace }: { trace: Trace }) {
  const session = useMemo(() => new Session(runOfTrace(trace).run, trace), [trace]);
  const last = trace.schedule.length;
  const first = useSignal(last);
  const second = useSignal(Math.max(1, last - 1));
  const judged = useSignal<Mended | null>(null);
  const isOrder = first.value > second.value;
  // The numbers are those of the trace's own run.
  const isAsItWas = session.number.value === 1;
  const judge = (): void => {
    judged.value = mend(trace, first.value, second.value);
    session.follow(judged.value.ids);
    session.go(session.broken.value?.step ?? session.length.value);
  };
  const move = (n: number, before: number): void => {
    [first.value, second.value] = [n, before];
    judge();
  };
  return (
    <section class="challenge" aria-label="Challenge" data-challenge="mend">
      <h2>{isAsItWas ? LATER_WORDS.drag : 'The same choices, in your order.'}</h2>
      <Lanes session={session} isSecret={judged.value === null || !isMended(judged.value)} onMove={isAsItWas ? move : undefined} />
      <p class="fields">
        <StepField label="Or choose: first" trace={trace} value={first.value} onChoose={(n) => (first.value = n)} />
        <StepField label="and only then" trace={trace} value={second.value} onChoose={(n) => (second.value = n)} />
        <button type="button" class="main" aria-disabled={!isOrder} onClick={() => (isOrder ? judge() : undefined)} data-judge>
          would that have helped?
        </button>
        {isOrder ? null : <span class="dim">{LATER_WORDS.laterFirst}</span>}
        <button type="button" disabled={isAsItWas} onClick={() => session.goToWay(1)} data-mend-again>
          back to the broken run
        </button>
      </p>
      <p role="status" data-judged={judged.value === null ? '' : isMended(judged.value) ? 'mended' : 'broken'}>
        {judged.value === null ? '' : judgedWords(judged.value)}
      </p>
      <Player session={session} canChoose={false} hasLanes={false} isSecret={judged.value === null || !isMended(judged.value)} />
    </section>
  );
}

const isMended = ({ broke, isAsWanted }: Mended): boolean => broke === null && isAsWanted;

function judgedWords({ broke, isAsWanted }: Mended): string {
  const order = isAsWanted ? 'In that order' : LATER_WORDS.asNear;
  return broke === null
    ? `${isAsWanted ? '✓ ' : ''}${order}, nothing breaks. This job lacks what keeps that order.`
    : `✗ ${order}, ${broke} is broken all the same.`;
}

function StepField({ label, trace, value, onChoose }: { label: string; trace: Trace; value: number; onChoose: (n: number) => void }) {
  const id = useId();
  return (
    <span class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}>
        {trace.schedule.map(({ who, what, saw }, i) => (
          <option value={i + 1} selected={value === i + 1}>
            {i + 1} {sentenceOfStep(who, what, saw)}
          </option>
        ))}
      </select>
    </span>
  );
}
