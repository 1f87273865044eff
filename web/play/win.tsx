/** It is broken: in what way, why, what it counts, and what to pass on. It opens once for each way that broke it. */
import { LATER_WORDS } from '../common/later-words.ts';
import type { ComponentChildren } from 'preact';
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
  /** What is said of it, in place of the explanation; and what to boast of, in place of its steps. */
  readonly says?: ComponentChildren;
  readonly boast?: string;
  /** In place of "You broke it". */
  readonly title?: string;
  /** In place of the explanation's, as SVG. */
  readonly picture?: () => string;
  /** What playing it again is called. */
  readonly again?: string;
  /** Where to go from here. */
  readonly next?: { readonly href: string; readonly text: string };
  readonly onAgain?: () => void;
  readonly onWin?: (stars: number) => void;
}

export function WinDialog({
  game,
  par,
  kind,
  isSecret,
  next,
  says,
  boast,
  title,
  picture,
  again,
  onAgain = () => game.again(),
  onWin,
}: WinProps) {
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
      {win === null ? null : (
        <Won
          game={game}
          win={win}
          par={par}
          kind={kind}
          isSecret={isSecret}
          says={says}
          {...(boast && { boast })}
          {...(title && { title })}
          {...(picture && { picture })}
        />
      )}
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
          {again ?? 'play it again'}
        </button>
      </form>
    </dialog>
  );
}

function Won({ game, win, par, kind, isSecret, says, boast, title, picture }: WinProps & { win: Win }) {
  const { violation } = game.session.broken.value!;
  const explanation = game.session.explanation.value;
  const svg = useMemo(
    () => (explanation === null || isSecret ? null : (picture?.() ?? svgOfExplanation(explanation))),
    [explanation, isSecret, win.where],
  );
  return (
    <>
      <h2 id="won">{title ?? 'You broke it'}</h2>
      <p class="dim" data-score>
        {starsWords(win.stars)}
        {boast === undefined ? ` with ${costWords(win.preemptions, win.steps)}.` : '.'} {par === null ? '' : againstPar(win, par)}
      </p>
      {kind === 'hold' ? <p>{LATER_WORDS.cannotBe}</p> : null}
      {says !== undefined ? (
        says
      ) : isSecret || explanation === null ? (
        <p class="why-short">
          <b>{violation.property}</b> is broken: {violation.detail}.
        </p>
      ) : (
        <Why explanation={explanation} />
      )}
      {isSecret ? null : <PassOn game={game} win={win} par={par} svg={svg} {...(boast && { boast })} />}
      {svg === null ? null : <Picture svg={svg} words={boast ?? explanation!.sentence} />}
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

function Picture({ svg, words }: { svg: string; words: string }) {
  const address = useMemo(() => `data:image/svg+xml,${encodeURIComponent(svg)}`, [svg]);
  return <img src={address} alt={`The run step by step: ${words}`} />;
}

function PassOn({ game: { session }, win, par, svg, boast }: Pick<WinProps, 'game' | 'par' | 'boast'> & { win: Win; svg: string | null }) {
  const link = useSignal<string | null>(null);
  const isCopied = useSignal(false);
  useEffect(() => {
    void linkOf(session.run, session.at.value).then(
      (hash) => (link.value = hash === null ? null : `${location.href.split('#')[0]}#${hash}`),
    );
  }, [win.where]);
  const words = boast ?? `${FIRST_WORDS} ${plural(win.steps, 'step')}${par === null ? '' : `, par ${par.steps}`}`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(`${words}: ${link.value}`);
    isCopied.value = true;
  };
  return (
    <>
      {boast === undefined ? <p class="big">{words}.</p> : null}
      <p class="ways">
        {isOnlyHere() ? null : (
          <button type="button" disabled={link.value === null} onClick={() => void copy()} data-copy>
            {isCopied.value ? 'copied' : 'copy the link'}
          </button>
        )}
        {svg === null ? null : (
          <button type="button" onClick={() => save('cowcheck.svg', svg)}>
            save the picture
          </button>
        )}
      </p>
    </>
  );
}
