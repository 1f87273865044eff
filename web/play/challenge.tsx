/** A goal, a player, and what it counts: break a backup, or find that no order does. Lessons have it, and so do games. */
import { LATER_WORDS } from '../common/later-words.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import type { RowName } from '../../src/run/grid.ts';
import type { Trace } from '../../src/trace/format.ts';
import { type Search, search } from '../checker/checker.ts';
import { SearchView } from '../checker/search-view.tsx';
import { plural } from '../../src/explain/story/words.ts';
import { costWords } from '../checker/words.ts';
import { data } from '../common/data.ts';
import { TermView } from '../common/terms.tsx';
import type { Challenge as Told } from '../lessons/lesson.ts';
import { useAddress } from '../player/address.ts';
import { Player } from '../player/player.tsx';
import { Game } from './game.ts';
import { type Cost, starsWords } from './score.ts';
import { WinDialog } from './win.tsx';

interface ChallengeProps {
  readonly challenge: Pick<Told, 'kind' | 'text'> & { readonly par: Cost | null; readonly hints: readonly string[] };
  /** Of which scenario, rules, grain and wake order count. */
  readonly trace: Trace;
  /** Which rule is off is not to be seen. */
  readonly isSecret?: boolean;
  /** It was broken; or the checker has said that no order breaks it. */
  readonly onDone?: (stars: number) => void;
  readonly onGame?: (game: Game) => void;
  /** Of what the address says of it. */
  readonly prefix?: string;
  /** Rows of the disks besides the usual ones, and those that are not shown. */
  readonly extra?: readonly RowName[];
  readonly without?: readonly RowName[];
  readonly isLesson?: boolean;
  /** Where the win card leads. */
  readonly next?: { readonly href: string; readonly text: string };
}

export function Challenge({
  challenge: { kind, text, par, hints },
  trace,
  isSecret = false,
  onDone,
  onGame,
  prefix = '',
  extra = [],
  without = [],
  isLesson = false,
  next,
}: ChallengeProps) {
  const game = useMemo(() => {
    const made = new Game(trace);
    made.session.without = without;
    return made;
  }, [trace]);
  const searching = useSignal<Search | null>(null);
  const wanted = useSignal<'par' | 'show'>('par');
  useEffect(() => onGame?.(game), [game]);
  useAddress(game.session, prefix);
  // The checker works out a par that nobody has given, and what it finds is what it shows.
  const ask = (what: 'par' | 'show'): void => {
    wanted.value = what;
    searching.value ??= search({ kind: 'cheapest', scenario: trace.scenario, setting: game.session.run.setting });
  };
  useEffect(() => {
    searching.value = null;
    if (kind === 'break' && par === null) ask('par');
    return () => searching.value?.stop();
  }, [game, kind]);
  const found = searching.value?.found.value ?? null;
  const computed =
    found?.is === 'broken' && found.way.isCheapest ? { preemptions: found.way.preemptions, steps: found.way.ids.length } : null;
  // With the answer comes the run that it shows: a key that is pressed then is for that run.
  useLayoutEffect(() => {
    if (found === null || wanted.value !== 'show') return;
    if (found.is === 'broken') game.show(found.way.ids);
    if (found.is === 'holds' && kind === 'hold') onDone?.(game.stars.value);
  }, [found, wanted.value]);
  const win = game.win.value;
  // Before the win is shown: a user who sees it may close the page.
  useLayoutEffect(() => {
    if (win !== null) onDone?.(win.stars);
  }, [win?.where]);
  const stop = (): void => {
    searching.value?.stop();
    searching.value = null;
  };
  return (
    <section class="challenge" aria-label="Challenge" data-challenge={kind}>
      <h2>{text}</h2>
      <div class="game-bar">
        {kind === 'hold' ? null : <Count game={game} par={par ?? computed} isWorkingOut={par === null && found === null} />}
        <Help game={game} hints={hints} kind={kind} onAsk={() => (found?.is === 'stopped' ? (stop(), ask('show')) : ask('show'))} />
      </div>
      <Hints hints={hints.slice(0, game.hints.value)} />
      {searching.value !== null && wanted.value === 'show' ? <SearchView search={searching.value} /> : null}
      {game.wasShown ? <p class="dim">{LATER_WORDS.shownWay}</p> : null}
      <Player
        session={game.session}
        isSecret={isSecret}
        extra={extra}
        without={without}
        isLesson={isLesson}
        onTry={game.isShowing ? () => game.again() : undefined}
      />
      <WinDialog game={game} par={par ?? computed} kind={kind} isSecret={isSecret} {...(next === undefined ? {} : { next })} />
    </section>
  );
}

function Count({ game, par, isWorkingOut }: { game: Game; par: Cost | null; isWorkingOut: boolean }) {
  const { cost, stars } = game;
  const isBegun = game.win.value !== null || game.hints.value > 0 || game.wasShown;
  return (
    <p class="count">
      {par === null ? null : (
        <span data-par>
          Best <Preemptions n={par.preemptions} /> <b>{plural(par.steps, 'step')}</b>
        </span>
      )}
      {isWorkingOut ? <span>{LATER_WORDS.workedOut}</span> : null}
      <span>
        {game.isShowing ? (
          LATER_WORDS.shownBy
        ) : (
          <>
            You <b>{costWords(cost.value.preemptions, cost.value.steps)}</b>
          </>
        )}
      </span>
      <span class={isBegun && !game.isShowing ? '' : 'not-yet'} data-stars={stars.value}>
        {starsWords(stars.value)}
      </span>
    </p>
  );
}

function Help({ game, hints, kind, onAsk }: { game: Game; hints: readonly string[]; kind: Told['kind']; onAsk: () => void }) {
  const shown = game.hints.value;
  return (
    <p class="help">
      {kind === 'hold' ? null : (
        <button type="button" onClick={() => game.hints.value++} disabled={shown >= hints.length} data-hint>
          {shown >= hints.length ? 'no more hints' : `hint ${shown + 1} of ${hints.length} (costs a star)`}
        </button>
      )}
      <button type="button" class={kind === 'hold' ? 'main' : ''} onClick={onAsk} data-ask>
        {kind === 'break' ? 'just show me' : LATER_WORDS.tryAll}
      </button>
      {game.isShowing ? null : (
        <button type="button" onClick={() => game.again()} disabled={game.session.length.value === 0}>
          another try
        </button>
      )}
    </p>
  );
}

/** They count first, and the word is one that a newcomer may not have heard. */
function Preemptions({ n }: { n: number }) {
  const row = data().glossary[0]!.rows.find(({ words }) => words === 'preemption')!;
  return (
    <b>
      {n} <TermView term={{ text: n === 1 ? 'preemption' : 'preemptions', ...row }} />,
    </b>
  );
}

function Hints({ hints }: { hints: readonly string[] }) {
  return hints.length === 0 ? null : (
    <div role="status">
      <ol class="hints" aria-label="Hints">
        {hints.map((hint) => (
          <li>{hint}</li>
        ))}
      </ol>
    </div>
  );
}
