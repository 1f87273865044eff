/** It is broken: in what way, why, and what it counts. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { costWords } from '../checker/words.ts';
import type { Challenge } from '../lessons/lesson.ts';
import type { Game, Win } from './game.ts';
import { type Cost, againstPar, starsWords } from './score.ts';

interface WinProps {
  readonly game: Game;
  readonly par: Cost | null;
  readonly kind: Challenge['kind'];
  readonly isSecret: boolean;
}

export function WinDialog({ game, par, kind, isSecret }: WinProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const win = game.win.value;
  useLayoutEffect(() => {
    if (win !== null && dialog.current?.open === false) dialog.current.showModal();
  }, [win?.where]);
  return (
    <dialog ref={dialog} class="win" aria-labelledby="won" data-win>
      {win === null ? null : <Won game={game} win={win} par={par} kind={kind} isSecret={isSecret} />}
      <form method="dialog" class="help">
        <button type="submit" class="main">
          look at it
        </button>
        <button type="submit" onClick={() => game.again()}>
          try it with less
        </button>
      </form>
    </dialog>
  );
}

function Won({ game, win, par, kind, isSecret }: WinProps & { win: Win }) {
  const { violation } = game.session.broken.value!;
  const explanation = game.session.explanation.value;
  return (
    <>
      <h2 id="won">You broke it{isSecret || explanation?.shape == null ? '' : `: ${explanation.shape}`}</h2>
      {kind === 'hold' ? <p>This should not be possible: please share this run.</p> : null}
      <p>
        <b>{violation.property}</b> {isSecret ? `is broken: ${violation.detail}.` : (explanation?.sentence ?? violation.detail)}
      </p>
      <p data-score>
        {starsWords(win.stars)} with {costWords(win.preemptions, win.steps)}. {par === null ? '' : againstPar(win, par)}
      </p>
    </>
  );
}
