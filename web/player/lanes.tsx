/** Who was under way when: a lane for each coroutine, a dot for each step, and the order that should have been. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { nameOf } from '../../model/kernel/step.ts';
import { ioOf } from '../../model/meaning.ts';
import { sentenceOf } from './said.ts';
import type { Session } from './session.ts';

const COLUMN = 22;
const LANE = 30;
/** Names stand in a column of their own, which does not scroll. */
const HEAD = 64;
const TOP = 20;
/** Of a long run only steps near the one that is shown are drawn. */
const COLUMNS_MAX = 60;

interface LanesProps {
  readonly session: Session;
  readonly isSecret?: boolean;
  /** A dot was dragged: step n, before the earlier step `before`. Absent: dots stay where they are. */
  readonly onMove?: ((n: number, before: number) => void) | undefined;
}

/** The same facts as the list of steps, for the eye. */
export function Lanes({ session, isSecret = false, onMove }: LanesProps) {
  const { run, at, length, toldBroken: broken } = session;
  const held = useSignal<{ readonly n: number; readonly before: number } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const first = length.value <= COLUMNS_MAX ? 0 : Math.max(0, Math.min(at.value - COLUMNS_MAX / 2, length.value - COLUMNS_MAX));
  useLayoutEffect(() => keepInSight(box.current, (at.value - first) * COLUMN), [at.value, first]);
  if (length.value === 0) return null;
  const shown = run.steps.slice(first, Math.min(first + COLUMNS_MAX, session.told.value));
  const names = lanesOf(session);
  const x = (n: number): number => (n - first - 0.5) * COLUMN;
  const y = (who: string): number => TOP + names.indexOf(who) * LANE + LANE / 2;
  const [width, height] = [Math.min(length.value - first, COLUMNS_MAX) * COLUMN + 10, TOP + names.length * LANE + 6];
  const take = (event: PointerEvent): void => {
    const n = Number((event.target as Element).closest<SVGElement>('[data-step]')?.dataset['step'] ?? Number.NaN);
    if (onMove !== undefined && n > 0) held.value = { n, before: n };
  };
  const drag = (event: PointerEvent): void => {
    if (held.value === null) return;
    const svg = event.currentTarget as SVGElement;
    svg.setPointerCapture(event.pointerId); // only now: a click that moves nothing is the dot's
    const column = Math.floor((event.clientX - svg.getBoundingClientRect().left) / COLUMN);
    held.value = { ...held.value, before: Math.max(first + 1, Math.min(first + column + 1, held.value.n)) };
  };
  const drop = (): void => {
    const { value } = held;
    held.value = null;
    if (value !== null && value.before < value.n) onMove?.(value.n, value.before);
  };
  return (
    <>
      <div class="lanes">
        <svg class="names" width={HEAD} height={height} aria-hidden="true">
          {names.map((who) => (
            <text x={2} y={y(who) + 4}>
              {who}
            </text>
          ))}
        </svg>
        <div class="wide" ref={box} tabIndex={0} role="group" aria-label="Lanes: the same facts as the list of steps">
          <svg
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            aria-hidden="true"
            class={onMove === undefined ? '' : 'movable'}
            onPointerDown={take}
            onPointerMove={drag}
            onPointerUp={drop}
            onPointerCancel={() => (held.value = null)}
          >
            {at.value > first ? <rect class="here" x={x(at.value) - COLUMN / 2} y={0} width={COLUMN} height={height} /> : null}
            {waysOf(session, first, first + shown.length).map(({ who, from, to, isWaiting }) => (
              <path
                class={isWaiting ? 'waits' : 'runs'}
                d={isWaiting ? zigzag(x(from), x(to), y(who)) : `M${x(from)} ${y(who)}H${x(to)}`}
              />
            ))}
            {shown.map(({ who, step, what, saw }, i) => {
              const n = first + i + 1;
              const isEffect = ioOf(step)?.phase === 'effect';
              return (
                <g class={`dot ${held.value?.n === n ? 'held' : ''}`} onClick={() => session.go(n)} data-step={n}>
                  <title>{`${n}: ${sentenceOf({ who, what, saw })}`}</title>
                  <circle
                    cx={x(n)}
                    cy={y(who)}
                    r={isEffect ? 6 : 4}
                    class={`${isEffect ? 'effect' : ''} ${broken.value?.step === n ? 'broke' : ''} ${n > at.value ? 'future' : ''}`}
                  />
                  {broken.value?.step === n ? (
                    <text class="cross" x={x(n) - 5} y={y(who) - 8}>
                      ✗
                    </text>
                  ) : null}
                </g>
              );
            })}
            {held.value !== null && held.value.before < held.value.n ? (
              <g class="drop">
                <path d={`M${x(held.value.before) - COLUMN / 2} ${TOP - 4}V${height}`} />
                <circle cx={x(held.value.before) - COLUMN / 2} cy={y(shown[held.value.n - first - 1]!.who)} r={6} />
              </g>
            ) : null}
            {isSecret ? null : <MissingOrder session={session} x={x} y={y} first={first} last={first + shown.length} />}
            {shown.map((_, i) =>
              (first + i + 1) % 5 === 0 ? (
                <text class="tick" x={x(first + i + 1)} y={12}>
                  {first + i + 1}
                </text>
              ) : null,
            )}
          </svg>
        </div>
      </div>
      <p class="lanes-key" aria-hidden="true">
        <svg width="12" height="12">
          <circle cx="6" cy="6" r="4" />
        </svg>{' '}
        a step
        <svg width="14" height="14">
          <circle class="effect" cx="7" cy="7" r="6" />
        </svg>{' '}
        data is read or lands
        <svg width="26" height="12">
          <path class="waits" d={zigzag(0, 26, 6)} />
        </svg>{' '}
        waits for another
      </p>
    </>
  );
}

/** Scrolls sideways, and no further than it must. */
function keepInSight(box: HTMLDivElement | null, end: number): void {
  if (box === null) return;
  box.scrollLeft = Math.max(Math.min(box.scrollLeft, Math.max(0, end - 2 * COLUMN)), end + COLUMN - box.clientWidth);
}

function lanesOf({ run, choices }: Session): string[] {
  const { machine } = run;
  const all = machine.coroutines.all.map((coroutine) => machine.coroutineName(coroutine));
  const ran = new Set([...run.steps, ...choices.value].map(({ who }) => who));
  return all.filter((who) => ran.has(who));
}

interface Way {
  readonly who: string;
  readonly from: number;
  readonly to: number;
  readonly isWaiting: boolean;
}

/** From each step to the next of the same coroutine. It waits where another coroutine must wake it for that next one. */
function waysOf({ run }: Session, first: number, last: number): Way[] {
  const ways: Way[] = [];
  const latest = new Map<string, number>();
  for (let n = 1; n <= last; n++) {
    const { who, step } = run.steps[n - 1]!;
    const from = latest.get(who);
    if (from !== undefined && n > first)
      ways.push({ who, from: Math.max(from, first + 1), to: n, isWaiting: nameOf(step).guard === 'woken' });
    latest.set(who, n);
  }
  return ways;
}

function zigzag(from: number, to: number, y: number): string {
  let path = `M${from} ${y}`;
  for (let x = from + 4, up = true; x < to - 4; x += 4, up = !up) path += `L${x} ${y + (up ? -3 : 3)}`;
  return `${path}L${to} ${y}`;
}

/** From what should have come first to what came before it. */
function MissingOrder({
  session,
  x,
  y,
  first,
  last,
}: {
  session: Session;
  x: (n: number) => number;
  y: (who: string) => number;
  first: number;
  last: number;
}) {
  const order = session.isBroken ? session.explanation.value?.order : null;
  const [a, b] = [order?.first.step, order?.second.step];
  if (a == null || b == null || Math.min(a, b) <= first || Math.max(a, b) > last) return null;
  const who = (n: number): string => session.run.steps[n - 1]!.who;
  return (
    <path class="missing" d={`M${x(a)} ${y(who(a))}L${x(b)} ${y(who(b))}`}>
      <title>{`step ${a} should have come before step ${b}`}</title>
    </path>
  );
}
