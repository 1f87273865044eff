/** You are the scheduler: who goes on, with what, and why the others can't. */
import type { Session } from './session.ts';

export function Choices({ session }: { session: Session }) {
  const choices = session.choices.value;
  let number = 0;
  return (
    <section class="choices">
      <h2>Who goes on?</h2>
      {choices.length === 0 ? <p>Everybody has ended.</p> : null}
      <ul>
        {choices.map(({ id, who, does, what, blocked }) => (
          <li>
            <button
              type="button"
              aria-disabled={blocked !== null}
              onClick={() => (blocked === null ? session.take(id) : undefined)}
              data-who={who}
            >
              {blocked === null ? <kbd>{++number}</kbd> : null} <b>{who}</b>{' '}
              {blocked === null ? does.replace(/^(?:The )?\S+ /, '') : blocked} <code>{what}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
