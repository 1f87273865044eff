import { expect, it } from 'vitest';
import { IncrementRight } from './increment-right.ts';
import { HandMade, guestAsks, scenarioOf } from './testing.ts';

const caseOf = (): HandMade => new HandMade(scenarioOf({ guest: [guestAsks('g1', 'write', [1, 1])] }), { hasBitmap: true });

it('after the next increment the target has what the disk has', () => {
  const { view } = caseOf();
  expect(new IncrementRight(view).end()).toBeNull(); // nobody has written, and the target is a backup of the beginning
});

it('and if a sector that a guest wrote was forgotten, that is seen', () => {
  const { view } = caseOf();
  const { disks } = view;
  view.runs[0]!.dataOf(disks.contents, disks.sectorBytes).copy(disks.source.image, disks.sectorBytes);
  expect(new IncrementRight(view).end()).toMatchObject({
    property: 'next-increment',
    sector: 1,
    expected: disks.contents.byGuest(0, 1),
    got: disks.contents.atT0(1),
  });
});

it('without a bitmap nothing is asked', () => {
  const { view } = new HandMade(scenarioOf());
  view.disks.target.image.fill(1);
  expect(new IncrementRight(view).end()).toBeNull();
});
