/** You are the scheduler. Each coroutine has a row that keeps its place for the whole run: what it would do, or why it can't. */
import type { Choice } from '../../src/run/choices.ts';
import { capital } from '../../src/explain/story/words.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { everyDetail } from './detail.ts';
import { sentenceOf } from './said.ts';
import type { Session } from './session.ts';
import { arrive, travel } from './travel.ts';

interface ChoicesProps {
  readonly session: Session;
  /** One press runs a coroutine until it ends or has to wait, and this is what a row says. */
  readonly bigMoves?: (choice: Choice) => string;
  /** Runs a coroutine by such a press. @returns the step from which on it ran */
  readonly runBig?: (id: number) => number;
  /** Of big moves, milliseconds a step. */
  readonly pace?: number;
  /** Which one leads on, by id: it is filled. */
  readonly marked?: number | null;
  /** What a row says while nothing may be chosen; null: something may. */
  readonly closed?: ((choice: Choice) => string) | null;
}

export function Choices({ session, bigMoves, runBig = (id) => session.runOn(id), pace, marked = null, closed = null }: ChoicesProps) {
  const rows = session.choices.value;
  const run = (id: number, isBig: boolean): void => {
    arrive(session);
    if (closed !== null || session.choices.value.find((row) => row.id === id)?.blocked !== null) return;
    if (isBig) travel(session, runBig(id), pace);
    else session.take(id);
  };
  return (
    <section class={`choices ${bigMoves === undefined ? '' : 'big'}`} role="group" aria-label="Who runs next?">
      {bigMoves === undefined ? (
        <p class="ask">
          {LATER_WORDS.chooseWho} <span class="dim">{LATER_WORDS.untilWaits}</span>
        </p>
      ) : null}
      <ul>
        {rows.map((row, i) => (
          <li key={row.id} class={row.hasEnded ? 'ended' : ''}>
            <button
              type="button"
              class={`choice ${marked === row.id ? 'main' : ''}`}
              aria-disabled={row.blocked !== null || closed !== null}
              onClick={() => run(row.id, bigMoves !== undefined)}
              data-who={row.who}
              data-primary={marked === row.id ? '' : undefined}
            >
              {bigMoves === undefined ? <kbd aria-hidden="true">{i + 1}</kbd> : null}
              <b>{row.who}</b>
              <span class="does">
                {closed !== null
                  ? closed(row)
                  : row.blocked === null
                    ? (bigMoves?.(row) ?? withoutName(row))
                    : blockedWords(row, row.blocked)}
              </span>
              {bigMoves === undefined && everyDetail.value ? <code>{row.what}</code> : null}
            </button>
            {bigMoves === undefined ? (
              <button
                type="button"
                class="on"
                aria-disabled={row.blocked !== null}
                aria-label={`${row.who}: run until it waits or ends`}
                onClick={() => run(row.id, true)}
                data-run-on={row.who}
              >
                ▸▸
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What has not begun says what it will do. */
const blockedWords = (row: Choice, why: string): string => (why.startsWith('comes after') ? `${why}: ${doesOf(row)}` : why);

const doesOf = ({ who, what }: Choice): string => sentenceOf({ who, what, saw: '' }).replace(/^(?:The )?\S+ /, '');

const withoutName = (row: Choice): string => capital(doesOf(row));
