/** Can it break? The player says so before the checker does, which goes through every order. */
import { LATER_WORDS } from '../common/later-words.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ruleNamed } from '../../model/machine/jobs.ts';
import { settingOf } from '../../src/replay/replay.ts';
import { Run } from '../../src/run/run.ts';
import type { Trace } from '../../src/trace/format.ts';
import { type Search, search } from '../checker/checker.ts';
import type { Found } from '../checker/question.ts';
import { SearchView } from '../checker/search-view.tsx';
import { noteBet, noteStars, progress } from '../common/progress.ts';
import { useAddress } from '../player/address.ts';
import { Player } from '../player/player.tsx';
import { Session } from '../player/session.ts';
import { starsWords } from './score.ts';

interface PredictProps {
  /** In which nothing has happened yet. */
  readonly trace: Trace;
  /** Under which it is kept what was said first. */
  readonly name: string;
  readonly next?: { readonly href: string; readonly text: string };
}

/** Stars of a right answer: at first, and once one has been wrong. */
const [AT_FIRST, LATER] = [3, 1];

export function PredictGame({ trace, name, next }: PredictProps) {
  const session = useMemo(() => new Session(new Run(trace.scenario, settingOf(trace)), null), [trace]);
  useAddress(session);
  const said = useSignal<'breaks' | 'holds' | null>(null);
  const searching = useSignal<Search | null>(null);
  useEffect(() => () => searching.value?.stop(), []);
  const found = searching.value?.found.value ?? null;
  const isRight = found === null || said.value === null ? null : rightIf(said.value, found);
  const stars = useMemo(() => (progress.value.bets[name] === undefined ? AT_FIRST : LATER), [name, said.value]);
  useEffect(() => {
    if (isRight === null) return;
    noteBet(name, said.value === 'breaks' ? 1 : 0);
    if (isRight) noteStars(name, stars);
  }, [isRight]);
  const say = (what: 'breaks' | 'holds'): void => {
    said.value = what;
    searching.value ??= search({ kind: 'cheapest', scenario: trace.scenario, setting: session.run.setting });
  };
  return (
    <section class="challenge" aria-label="Challenge" data-challenge="predict">
      <h2>{LATER_WORDS.canBreak}</h2>
      <p class="text">
        {missing(trace)} {LATER_WORDS.asLong}
      </p>
      <p class="help predict">
        {(['breaks', 'holds'] as const).map((what) => (
          <button
            type="button"
            class={said.value === null ? 'main' : ''}
            aria-pressed={said.value === what}
            aria-disabled={said.value !== null && isRight !== false}
            onClick={() => (said.value === null || isRight === false ? say(what) : undefined)}
            data-say={what}
          >
            {what === 'breaks' ? 'It can break' : 'It always holds'}
          </button>
        ))}
        {isRight === true && next !== undefined ? (
          <a class="button main" href={next.href} data-primary>
            {next.text}
          </a>
        ) : null}
      </p>
      {said.value === null || searching.value === null ? null : (
        <>
          {isRight === null ? null : (
            <p role="status" class={isRight ? 'good' : ''} data-predicted={isRight ? 'right' : 'wrong'}>
              <b>{isRight ? `✓ Right. ${starsWords(stars)}` : '✗ Not so.'}</b>
            </p>
          )}
          <SearchView search={searching.value} />
          {found?.is === 'broken' ? (
            <p class="help">
              <button type="button" onClick={() => session.follow(found.way.ids)} data-show>
                show me
              </button>
            </p>
          ) : null}
        </>
      )}
      <Player session={session} />
    </section>
  );
}

/** Null: the checker does not know either. */
function rightIf(said: 'breaks' | 'holds', { is }: Found): boolean | null {
  return is === 'broken' || is === 'holds' ? (said === 'breaks') === (is === 'broken') : null;
}

function missing({ without, job }: Trace): string {
  if (without.length === 0) return LATER_WORDS.allRules;
  return `${LATER_WORDS.oneRule} ${without.map((rule) => ruleNamed(rule, job).sentence).join(' ')}`;
}
