/** Mystery: break it, and say which rule it lacks. */
import { LATER_WORDS } from '../common/later-words.ts';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { RuleName } from '../../model/machine/job-names.ts';
import { ruleNamed } from '../../model/machine/jobs.ts';
import { data } from '../common/data.ts';
import { Challenge } from './challenge.tsx';
import type { Game } from './game.ts';
import { hintsFor } from './hints.ts';
import { isAlsoRight, mysteryOf } from './mystery.ts';
import { starsWords } from './score.ts';

export function MysteryGame({ seed }: { seed: string }) {
  const { trace, rule, suspects } = useMemo(() => mysteryOf(seed, data().gallery), [seed]);
  const challenge = useMemo(
    () => ({
      kind: 'break' as const,
      text: LATER_WORDS.mystery,
      par: null,
      hints: hintsFor(trace, false),
    }),
    [trace],
  );
  const game = useSignal<Game | null>(null);
  const solved = useSignal<RuleName | null>(null);
  return (
    <>
      <Challenge challenge={challenge} trace={trace} isSecret={solved.value === null} onGame={(played) => (game.value = played)} />
      {game.value === null ? null : (
        <Guess game={game.value} rule={rule} suspects={suspects} solved={solved.value} onSolved={(by) => (solved.value = by)} />
      )}
    </>
  );
}

interface GuessProps {
  readonly game: Game;
  readonly rule: RuleName;
  readonly suspects: readonly RuleName[];
  readonly solved: RuleName | null;
  readonly onSolved: (rule: RuleName) => void;
}

function Guess({ game, rule, suspects, solved, onSolved }: GuessProps) {
  const wrong = useSignal<readonly RuleName[]>([]);
  const mayGuess = game.session.broken.value !== null;
  const guess = (suspect: RuleName): void => {
    if (suspect === rule || isAlsoRight(game.session.run, suspect)) onSolved(suspect);
    else wrong.value = [...wrong.value, suspect];
  };
  const stars = Math.max(0, game.stars.value - wrong.value.length);
  return (
    <section class="guess text" aria-label="Which rule was it?" data-guess>
      <h2>{LATER_WORDS.whichRule}</h2>
      {mayGuess ? null : <p class="dim">{LATER_WORDS.breakFirst}</p>}
      <ul class="cards">
        {suspects.map((suspect) => {
          const isOut = wrong.value.includes(suspect);
          return (
            <li>
              <button
                type="button"
                aria-disabled={!mayGuess || isOut || solved !== null}
                onClick={() => (mayGuess && !isOut && solved === null ? guess(suspect) : undefined)}
                data-suspect={suspect}
              >
                {suspect === solved ? '✓ ' : isOut ? '✗ ' : ''}
                {ruleNamed(suspect).sentence}
              </button>
              {isOut ? <span class="dim">{LATER_WORDS.otherRule}</span> : null}
            </li>
          );
        })}
      </ul>
      <p role="status" data-solved={solved ?? ''}>
        {solved === null ? '' : `${solved === rule ? 'Yes' : LATER_WORDS.alsoRight}. It was ${rule}. ${starsWords(stars)}`}
      </p>
      {solved === null ? null : (
        <p>
          <a href={`#/bug/${rule}`}>More of this bug</a>
        </p>
      )}
    </section>
  );
}
