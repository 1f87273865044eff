/** Whatever is chosen, taken back and chosen otherwise: what one looks at is what these choices lead to, and nothing is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingOf } from '../../src/replay/replay.ts';
import { GALLERY } from '../play/testing.ts';
import { gridOf } from '../../src/run/grid.ts';
import { Run } from '../../src/run/run.ts';
import { Played } from '../lessons/testing.ts';
import { Session } from './session.ts';

const trace = GALLERY.get('lookAgainAfterWaking')!;
const fresh = (): Session => new Session(new Run(trace.scenario, settingOf(trace)), null);

const idsUpTo = ({ run, at }: Session): number[] => run.steps.slice(0, at.value).map(({ id }) => id);
const ready = (session: Session): number[] => session.choices.value.filter(({ blocked }) => blocked === null).map(({ id }) => id);

/** What the same choices lead to in a run of its own. */
function gridAfter(ids: readonly number[]): unknown {
  const run = new Run(trace.scenario, settingOf(trace));
  for (const id of ids) run.take(id);
  return gridOf(run, ids.length);
}

type Move = { readonly take: number } | { readonly go: number } | { readonly way: number } | 'undo' | 'redo' | 'again';
const moves = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ take: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ go: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ way: fc.nat(8) }) },
    { weight: 3, arbitrary: fc.constantFrom('undo' as const, 'redo' as const) },
    { weight: 1, arbitrary: fc.constant('again' as const) },
  ),
  { minLength: 10, maxLength: 60 },
);

function make(session: Session, move: Move): void {
  if (move === 'undo') session.undo();
  else if (move === 'redo') session.redo();
  else if (move === 'again') session.follow([]);
  else if ('go' in move) session.go(move.go);
  else if ('way' in move)
    session.goToWay(session.branches.value[move.way % Math.max(1, session.branches.value.length)]?.number ?? session.number.value);
  else if (ready(session).length > 0) session.take(ready(session)[move.take % ready(session).length]!);
}

const startsWith = (longer: readonly number[], ids: readonly number[]): boolean => ids.every((id, i) => longer[i] === id);

describe('Session', () => {
  it('shows what its choices lead to, and loses no way that was tried', () => {
    fc.assert(
      fc.property(moves, (some) => {
        const session = fresh();
        const tried: number[][] = [];
        for (const move of some) {
          make(session, move);
          tried.push(session.run.steps.map(({ id }) => id));
          const ways = [...session.branches.value.map(({ ids }) => ids), tried.at(-1)!];
          expect(tried.every((ids) => ways.some((way) => startsWith(way, ids)))).toBe(true);
        }
        expect(session.grid.value).toEqual(gridAfter(idsUpTo(session)));
        const numbers = [...session.branches.value.map(({ number }) => number), session.number.value];
        expect(new Set(numbers).size).toBe(numbers.length);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('takes back all choices, and makes them again, to the same end', () => {
    fc.assert(
      fc.property(moves, (some) => {
        const session = fresh();
        for (const move of some) if (move !== 'undo' && move !== 'redo' && !(typeof move === 'object' && 'go' in move)) make(session, move);
        const before = { ids: idsUpTo(session), grid: session.grid.value, number: session.number.value };
        let back = 0;
        for (; session.canUndo; back++) session.undo();
        expect(idsUpTo(session)).toEqual([]);
        for (; session.canRedo; back--) session.redo();
        expect(back).toBe(0);
        expect({ ids: idsUpTo(session), grid: session.grid.value, number: session.number.value }).toEqual(before);
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it('keeps what was there when one chooses otherwise in the past', () => {
    const session = fresh();
    for (let i = 0; i < 6; i++) session.take(ready(session)[0]!);
    session.go(3);
    session.take(ready(session).at(-1)!);
    expect(session.branches.value).toMatchObject([{ number: 1, ids: { length: 6 }, broken: null }]);
    expect([session.number.value, session.length.value]).toEqual([2, 4]);
    session.undo();
    expect([session.number.value, session.length.value, session.at.value]).toEqual([1, 6, 3]);
  });

  it('compares with where one pressed, if a press ran several steps', () => {
    const session = fresh();
    const [first] = ready(session);
    session.runOn(first!);
    expect(session.at.value).toBeGreaterThan(2);
    expect(session.gridBefore.value).toEqual(gridAfter([]));
    session.go(session.at.value - 1);
    expect(session.gridBefore.value).toEqual(gridAfter(idsUpTo(session).slice(0, -1)));
  });

  it('tells that a run breaks only to those who have come to that step, if it keeps its end to itself', () => {
    const { run } = new Played('moving-disk');
    const [told, kept] = [new Session(run, null), new Session(run, null, true)];
    expect([told.toldBroken.value?.step, kept.toldBroken.value]).toEqual([15, null]);
    kept.go(14);
    expect(kept.toldBroken.value).toBeNull();
    kept.go(15);
    kept.go(3);
    expect(kept.toldBroken.value?.step).toBe(15);
  });

  it('stops at what the user orders and at the end, though no disk changes', () => {
    const { run } = new Played('cancel');
    const session = new Session(run, null);
    const stops: string[] = [];
    for (let n = session.after(0); ; n = session.after(n)) {
      stops.push(run.steps[n - 1]!.what);
      if (n === session.length.value) break;
    }
    expect(stops).toEqual(expect.arrayContaining(['start', 'cancel', 'park', 'close', 'write.land c1']));
    expect(stops.length).toBeLessThan(run.length);
  });

  it('counts switches away from somebody who could go on, as the checker does', () => {
    const session = fresh();
    for (const id of [1, 1, 1]) session.take(id);
    expect(session.run.preemptions(3)).toBe(0);
    session.take(ready(session).find((id) => id !== 1)!);
    expect([session.run.preemptions(3), session.run.preemptions(4)]).toEqual([0, 1]);
  });
});
