/** What one can take away from a run: a link, the trace as a file, and the explanation in several forms. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { markdownOfExplanation } from '../../src/explain/formats/markdown.ts';
import { svgOfExplanation } from '../../src/explain/formats/svg.ts';
import { writeTrace } from '../../src/trace/write.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { save } from './save.ts';
import type { Session } from './session.ts';
import { holdingTraceOf } from '../../src/run/of-trace.ts';
import { LENGTH_SAFE, linkOf } from '../share/link.ts';
import { isOnlyHere } from '../share/reach.ts';

export function Share({ session }: { session: Session }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const link = useSignal<string | null>(null);
  const isOpen = useSignal(false);
  const { at, length } = session;
  useEffect(() => {
    if (!isOpen.value) return;
    void linkOf(session.run, at.value).then((hash) => (link.value = hash === null ? null : `${location.href.split('#')[0]}#${hash}`));
    dialog.current?.showModal();
  }, [isOpen.value, length.value]);
  return (
    <>
      <button type="button" onClick={() => (isOpen.value = true)} data-share>
        share
      </button>
      <dialog ref={dialog} onClose={() => (isOpen.value = false)} aria-label="Share this run">
        <h2>Share this run</h2>
        {isOpen.value ? <Ways session={session} link={link.value} /> : null}
        <form method="dialog">
          <button type="submit">close</button>
        </form>
      </dialog>
    </>
  );
}

function Ways({ session, link }: { session: Session; link: string | null }) {
  const isCopied = useSignal(false);
  const explanation = session.explanation.value;
  // What is explained is the run as it is now, whatever trace it came from.
  const trace = session.broken.value === null ? holdingTraceOf(session.run) : (explanation?.trace ?? null);
  const copy = async (): Promise<void> => {
    const field = document.getElementById('link') as HTMLInputElement;
    field.select(); // where the page may not write to the clipboard
    await navigator.clipboard.writeText(field.value);
    isCopied.value = true;
  };
  return (
    <>
      {link === null ? (
        <p>{LATER_WORDS.tooWide}</p>
      ) : (
        <p>
          <label for="link">
            A link, {link.length} characters
            {link.length > LENGTH_SAFE ? LATER_WORDS.tooLong : ''}
          </label>
          <input id="link" readOnly value={link} onFocus={({ currentTarget }) => currentTarget.select()} />
          <button type="button" onClick={() => void copy()}>
            {isCopied.value ? 'copied' : 'copy'}
          </button>
          {isOnlyHere() ? (
            <span class="dim" data-only-here>
              {' '}
              {LATER_WORDS.onlyHere}
            </span>
          ) : null}
        </p>
      )}
      {trace === null ? (
        <p>{session.broken.value === null ? LATER_WORDS.notOver : LATER_WORDS.notArrived}</p>
      ) : (
        <p class="ways">
          <Save name="run.trace.yaml" text={() => writeTrace(trace)} words={LATER_WORDS.asTrace} />
          {explanation === null ? null : (
            <>
              <Save
                name="run.md"
                text={() => markdownOfExplanation(explanation, { full: false, path: 'run.trace.yaml' })}
                words={LATER_WORDS.asMarkdown}
              />
              <Save name="run.svg" text={() => svgOfExplanation(explanation)} words="a picture" />
            </>
          )}
        </p>
      )}
    </>
  );
}

function Save({ name, text, words }: { name: string; text: () => string; words: string }) {
  return (
    <button type="button" onClick={() => save(name, text())}>
      {words}
    </button>
  );
}
