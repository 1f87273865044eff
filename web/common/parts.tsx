/** Small parts that several screens have. */
import type { ComponentChildren } from 'preact';

/** A question with options, of which one is chosen: for good, where the answer is then told, and why. */
export function Quiz({
  name,
  question,
  options,
  chosen,
  reveal,
  isBet = false,
  onChoose,
}: {
  name: string;
  question: string;
  options: readonly string[];
  chosen: number | null;
  reveal: { readonly answer: number; readonly because: string } | null;
  /** It is not known yet whether what is chosen is right. */
  isBet?: boolean;
  onChoose: (option: number) => void;
}) {
  const isShown = chosen !== null && reveal !== null;
  return (
    <fieldset class="quiz" data-quiz={name}>
      <legend>{question}</legend>
      {options.map((option, i) => (
        <button
          type="button"
          class={`option ${isShown && i === reveal.answer ? 'right' : ''}`}
          aria-pressed={chosen === i}
          aria-disabled={isShown}
          onClick={() => (isShown ? undefined : onChoose(i))}
        >
          {option}
          {isShown && i === reveal.answer ? ' ✓' : ''}
          {isBet && chosen === i ? <span class="dim"> · your bet</span> : null}
        </button>
      ))}
      {isShown ? (
        <p class="reveal" role="status">
          {chosen === reveal.answer ? 'Right. ' : `Not quite: the answer is "${options[reveal.answer]}". `}
          {reveal.because}
        </p>
      ) : null}
    </fieldset>
  );
}

export function NoSuch({ what, back, name = 'the lessons' }: { what: string; back: string; name?: string }) {
  return (
    <main class="text">
      <h1>There is no {what}</h1>
      <p>
        <a href={back}>Back to {name}</a>
      </p>
    </main>
  );
}

/** Something that the reader must know before the rest. */
export function Notice({ children, isBad = false }: { children: ComponentChildren; isBad?: boolean }) {
  return (
    <p class={`notice ${isBad ? 'bad' : ''}`} role={isBad ? 'alert' : undefined} data-notice>
      {children}
    </p>
  );
}
