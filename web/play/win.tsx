/** It is broken: in what way, why, what it counts, and what to pass on. It opens once for each way that broke it. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { svgOfExplanation } from '../../src/explain/formats/svg.ts';
import { plural } from '../../src/explain/story/words.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { costWords } from '../checker/words.ts';
import type { Challenge } from '../lessons/lesson.ts';
import { save } from '../player/save.ts';
import { linkOf } from '../share/link.ts';
import { isOnlyHere } from '../share/reach.ts';
import type { Game, Win } from './game.ts';
import { type Cost, againstPar, starsWords } from './score.ts';

interface WinProps {
  readonly game: Game;
  readonly par: Cost | null;
  readonly kind: Challenge['kind'];
  readonly isSecret: boolean;
  /** Where to go from here. */
  readonly next?: { readonly href: string; readonly text: string };
  readonly onAgain?: () => void;
  readonly onWin?: (stars: number) => void;
}

export function WinDialog({ game, par, kind, isSecret, next, onAgain = () => game.again(), onWin }: WinProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const told = useRef(new Set<string>());
  const win = game.win.value;
  useLayoutEffect(() => {
    if (win === null || told.current.has(win.where)) return;
    told.current.add(win.where);
    if (game.session.isRestored) return; // it was told before the page was left
    onWin?.(win.stars);
    if (dialog.current?.open === false) dialog.current.showModal();
  }, [win?.where]);
  return (
    <dialog ref={dialog} class="win" aria-labelledby="won" data-win>
      {win === null ? null : <Won game={game} win={win} par={par} kind={kind} isSecret={isSecret} />}
      <form method="dialog" class="help">
        {next === undefined ? null : (
          <a class="button main" href={next.href} data-primary onClick={() => dialog.current?.close()}>
            {next.text}
          </a>
        )}
        <button type="submit" class={next === undefined ? 'main' : ''}>
          look at it
        </button>
        <button type="submit" onClick={onAgain}>
          play it again
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
      <h2 id="won">You broke it</h2>
      {kind === 'hold' ? <p>This should not be possible: please share this run.</p> : null}
      {isSecret || explanation === null ? (
        <p class="why-short">
          <b>{violation.property}</b> is broken: {violation.detail}.
        </p>
      ) : (
        <Why explanation={explanation} />
      )}
      {isSecret ? null : <PassOn game={game} win={win} par={par} explanation={explanation} />}
      {isSecret || explanation === null ? null : <Picture explanation={explanation} />}
      <p class="dim" data-score>
        {starsWords(win.stars)} with {costWords(win.preemptions, win.steps)}. {par === null ? '' : againstPar(win, par)}
      </p>
    </>
  );
}

/** What broke, and step by step what had a part in it; where nothing had, in a sentence. */
function Why({ explanation: { property, shape, sentence, guilty } }: { explanation: Explanation }) {
  return (
    <div class="why-short">
      <p>
        <b>What went wrong{shape === null ? '' : `: ${shape}`}</b> ({property}). {guilty.length === 0 ? sentence : ''}
      </p>
      <ul>
        {guilty.map(({ step, note }) => (
          <li>
            Step {step}: {note}
          </li>
        ))}
      </ul>
    </div>
  );
}

const FIRST_WORDS = 'I broke QEMU’s backup in';

function Picture({ explanation }: { explanation: Explanation }) {
  const address = useMemo(() => `data:image/svg+xml,${encodeURIComponent(svgOfExplanation(explanation))}`, [explanation]);
  return <img src={address} alt={`The run step by step: ${explanation.sentence}`} />;
}

function PassOn({
  game: { session },
  win,
  par,
  explanation,
}: Pick<WinProps, 'game' | 'par'> & { win: Win; explanation: Explanation | null }) {
  const link = useSignal<string | null>(null);
  const isCopied = useSignal(false);
  useEffect(() => {
    void linkOf(session.run, session.at.value).then(
      (hash) => (link.value = hash === null ? null : `${location.href.split('#')[0]}#${hash}`),
    );
  }, [win.where]);
  const words = `${FIRST_WORDS} ${plural(win.steps, 'step')}${par === null ? '' : `, par ${par.steps}`}`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(`${words}: ${link.value}`);
    isCopied.value = true;
  };
  return (
    <>
      <p class="big" data-boast>
        {words}.
      </p>
      <p class="ways">
        <button type="button" disabled={link.value === null} onClick={() => void copy()} data-copy>
          {isCopied.value ? 'copied' : 'copy the link'}
        </button>
        {explanation === null ? null : (
          <button type="button" onClick={() => save('cowcheck.svg', svgOfExplanation(explanation))}>
            save the picture
          </button>
        )}
        {isOnlyHere() ? <span class="dim">The link works only on this computer.</span> : null}
      </p>
    </>
  );
}
