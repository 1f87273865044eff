/** A text in which terms can be asked for: by click, tap or keyboard a term opens what the glossary says of it. */
import { useId } from 'preact/hooks';
import type { Piece, Term } from './terms.ts';

export function Terms({ pieces }: { pieces: readonly Piece[] }) {
  return <>{pieces.map((piece) => (typeof piece === 'string' ? piece : <TermView term={piece} />))}</>;
}

/** The browser opens it, closes it on Escape or a click elsewhere, and gives the focus back. */
export function TermView({ term: { text, words, means } }: { term: Term }) {
  const id = useId();
  return (
    <>
      <button type="button" class="term" popovertarget={id}>
        {text}
      </button>
      <span popover="auto" id={id} class="means" role="note">
        <b>{words}</b>: {means}
      </span>
    </>
  );
}
