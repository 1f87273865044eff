/** The ways that were tried: none is lost, whatever is chosen in the past. */
import type { Session } from './session.ts';

export function Branches({ session }: { session: Session }) {
  const { number, length, broken, canUndo, canRedo } = session;
  const ways = [...session.branches.value, { number: number.value, ids: { length: length.value }, broken: broken.value }].toSorted(
    (a, b) => a.number - b.number,
  );
  return (
    <div class="branches" role="group" aria-label="Tries">
      <button type="button" onClick={() => session.undo()} disabled={!canUndo} aria-keyshortcuts="z">
        undo
      </button>
      <button type="button" onClick={() => session.redo()} disabled={!canRedo} aria-keyshortcuts="Shift+Z">
        redo
      </button>
      {ways.length === 1
        ? null
        : ways.map((way) => {
            const isThis = way.number === number.value;
            const end = way.broken === null ? `ok so far, ${way.ids.length}` : `✗ ${way.broken.step}`;
            return (
              <button
                type="button"
                aria-pressed={isThis}
                onClick={() => (isThis ? undefined : session.goToWay(way.number))}
                data-try={way.number}
              >
                {isThis ? 'this: ' : ''}try {way.number} <b>{end}</b>
              </button>
            );
          })}
    </div>
  );
}
