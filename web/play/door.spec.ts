/** Of the six orders of the first screen's three moves exactly one breaks the backup, and who follows the marked button finds it. */
import { expect, it } from 'vitest';
import { DOOR_BUG } from './door-bug.ts';
import { Door } from './door.ts';
import { GALLERY } from './testing.ts';

const door = (): Door => new Door(GALLERY.get(DOOR_BUG)!);

function play(game: Door, order: readonly string[]): void {
  const { session } = game.game;
  for (const who of order) {
    const row = session.choices.value.find((one) => one.who === who)!;
    if (row.blocked === null) session.runOn(row.id);
  }
}

const ORDERS = ['job g1 g2', 'job g2 g1', 'g1 job g2', 'g1 g2 job', 'g2 job g1', 'g2 g1 job'].map((order) => order.split(' '));

it.each(ORDERS.map((order) => ({ order, breaks: order.join(' ') === 'job g2 g1' })))('$order: breaks $breaks', ({ order, breaks }) => {
  const mine = door();
  play(mine, order);
  expect(mine.game.session.isBroken).toBe(breaks);
  if (breaks) expect(mine.game.win.value).toMatchObject({ steps: 13, stars: 3 });
  // One that had to wait ends afterwards, in whatever order.
  if (!breaks) for (let i = 0; i < 3; i++) play(mine, order);
  expect(mine.game.session.isBroken).toBe(breaks);
  expect(mine.isOver).toBe(!breaks);
});

it('the marked button leads to a try that is safe, and then to the one that is not', () => {
  const mine = door();
  const follow = (): number => {
    let presses = 0;
    for (let who = mine.primary; who !== null && presses < 10; who = mine.primary, presses++) play(mine, [who]);
    return presses;
  };
  expect(follow()).toBe(4);
  expect(mine.game.session.isBroken).toBe(false);
  expect(mine.isOver).toBe(true);
  mine.again();
  expect(follow()).toBe(3);
  expect(mine.game.session.isBroken).toBe(true);
});

it('tells whose moves were made, each turn once', () => {
  const mine = door();
  expect(mine.moves).toEqual([]);
  play(mine, ['job', 'g2', 'g1']);
  expect(mine.moves).toEqual(['job', 'g2', 'g1']);
  mine.again();
  expect(mine.moves).toEqual([]);
});

it('tells what each move did', () => {
  const mine = door();
  expect(mine.told).toBeNull();
  const told = ['job', 'g2', 'g1'].map((who) => (play(mine, [who]), mine.told));
  expect(told).toEqual([
    'The job finds nothing to copy and takes the hook off.',
    'g2 writes s0.g2 to the disk.',
    'g1 saves s0.g2 to the target.',
  ]);
  mine.again();
  play(mine, ['g1']);
  expect(mine.told).toBe('g1 saves s0@0 to the target and writes s0.g1 to the disk.');
});

it('another try begins where the first did, and keeps it', () => {
  const mine = door();
  play(mine, ['g1']);
  const { session } = mine.game;
  mine.again();
  expect(session.length.value).toBe(mine.begun);
  expect(session.branches.value).toHaveLength(1);
});
