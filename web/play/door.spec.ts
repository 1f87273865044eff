/** The first screen: which of its orders break the backup, what each move is told as, and that the marked control alone breaks it. */
import { expect, it } from 'vitest';
import { traceNamed } from '../lessons/testing.ts';
import { Door } from './door.ts';

const door = (): Door => new Door(traceNamed('door'));

function play(game: Door, order: readonly string[]): void {
  const { session } = game.game;
  for (const who of order) {
    const row = session.choices.value.find((one) => one.who === who)!;
    expect(row.blocked, `${who} in ${order.join(' ')}`).toBeNull();
    game.move(row.id);
  }
}

/** All orders of moves, each up to where it breaks or ends. */
function orders(): { order: string[]; breaks: boolean; safeFrom: number }[] {
  const all: { order: string[]; breaks: boolean; safeFrom: number }[] = [];
  const go = (order: string[], safeFrom: number): void => {
    const mine = door();
    play(mine, order);
    const { isBroken, choices } = mine.game.session;
    const can = choices.value.filter(({ blocked }) => blocked === null).map(({ who }) => who);
    const isSafe = !isBroken && mine.nextToBreak.value === null;
    const from = isSafe ? Math.min(safeFrom, order.length) : Infinity;
    // Once it is told to be safe, it stays so.
    if (safeFrom < Infinity) expect(isSafe, order.join(' ')).toBe(true);
    if (isBroken || can.length === 0) all.push({ order, breaks: isBroken, safeFrom: from });
    else for (const who of can) go([...order, who], from);
  };
  go([], Infinity);
  return all;
}

it('breaks where a write comes between the read of its sector and its end, and nowhere else', () => {
  const all = orders();
  expect(all.length).toBeGreaterThan(20);
  for (const { order, breaks, safeFrom } of all) {
    const turns = order
      .map((who, i) => `${who}${who === 'job' ? order.slice(0, i).filter((one) => one === 'job').length + 1 : ''}`)
      .join(' ');
    // Of the sector that was saved before, the job takes no copy: its moves are fewer then.
    const isOvertaken = /\bjob1 (?:g2 )?g1 (?:g2 )?job2$/.test(turns) || /\bjob3 (?:g1 )?g2 (?:g1 )?job4$/.test(turns);
    const isOnlyG2 = /^(?:g1 )job1 g2 job2$/.test(turns);
    expect({ turns, breaks }).toEqual({ turns, breaks: isOvertaken || isOnlyG2 });
    expect(safeFrom < Infinity).toBe(!breaks);
  }
  expect(Math.min(...all.filter(({ breaks }) => breaks).map(({ order }) => order.length))).toBe(3);
});

it('the way that it shows is the shortest, and is one', () => {
  const mine = door();
  for (let i = 1; i <= 3; i++) {
    expect(mine.game.session.isBroken).toBe(false);
    mine.move(mine.nextToBreak.value!);
  }
  expect(mine.game.session.isBroken).toBe(true);
  expect(mine.moves.map(({ who }) => who)).toEqual(['job', 'g1', 'job']);
  expect(mine.game.win.value).toMatchObject({ stars: 3 });
});

it('marks where to begin, and from then on nothing until it is asked for', () => {
  const mine = door();
  const { session } = mine.game;
  const marked = (): string | undefined => session.choices.value.find(({ id }) => id === mine.marked)?.who;
  expect([marked(), mine.isUntouched]).toEqual(['job', true]);
  play(mine, ['job']);
  expect([marked(), mine.isUntouched]).toEqual([undefined, false]);
  mine.guide();
  expect(marked()).toBe('g1');
  play(mine, ['g1']);
  expect(marked()).toBe('job');
  play(mine, ['job']);
  expect(session.isBroken).toBe(true);
  expect(marked()).toBeUndefined();
  expect(mine.game.win.value).toMatchObject({ stars: 2 });
  mine.again();
  expect([marked(), mine.isGuided.value]).toEqual(['job', false]);
});

it('tells what each move did, and what each would do', () => {
  const mine = door();
  const does = (): string[] =>
    mine.game.session.choices.value.filter(({ blocked }) => blocked === null).map((choice) => `${choice.who}: ${mine.does(choice)}`);
  expect(mine.moves).toEqual([]);
  expect(does()).toEqual([
    'job: Ask the disk for sector 0',
    'g1: Save the old data, write sector 0',
    'g2: Save the old data, write sector 1',
  ]);
  play(mine, ['job']);
  expect(does()[0]).toBe('job: Get sector 0, store it');
  play(mine, ['g1', 'job']);
  expect(mine.moves.map(({ told }) => told)).toEqual([
    'The job asks the disk for sector 0.',
    'g1 saves the old data of sector 0 in the backup, and then writes the sector.',
    "The job gets g1's new data of sector 0, and stores it in the backup.",
  ]);
});

it('shows an order that is safe, and begins again from where the visitor came in', () => {
  const mine = door();
  mine.showSafe();
  const { session } = mine.game;
  expect(session.isBroken).toBe(false);
  expect(session.choices.value.every(({ hasEnded }) => hasEnded)).toBe(true);
  expect(mine.moves.map(({ told }) => told)).toEqual([
    'The job asks the disk for sector 0.',
    'The job gets the old data of sector 0, and stores it in the backup.',
    'g1 writes sector 0.',
    'g2 saves the old data of sector 1 in the backup, and then writes the sector.',
    'The job completes the backup.',
  ]);
  expect(mine.isShow.value).toBe(true);
  mine.again();
  expect([mine.isShow.value, session.length.value, mine.moves.length]).toEqual([false, mine.begun, 0]);
});

it('tells of a move that is under way only what has been seen', () => {
  const mine = door();
  play(mine, ['job', 'g1']);
  const { session } = mine.game;
  const told = new Set(
    Array.from({ length: session.length.value - mine.begun }, (_, i) => (session.go(mine.begun + i + 1), mine.moves.at(-1)!.told)),
  );
  expect([...told]).toEqual([
    'The job looks for what is left to copy.',
    'The job asks the disk for sector 0.',
    'g1 begins its write.',
    'g1 reads the old data of sector 0, to save it.',
    'g1 saves the old data of sector 0 in the backup.',
    'g1 saves the old data of sector 0 in the backup, and then writes the sector.',
  ]);
});
