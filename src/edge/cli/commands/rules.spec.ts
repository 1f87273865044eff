/** A rule is named by itself, by its defect, or by the commit that mended it, in the family that has it. */
import { expect, it } from 'vitest';
import { runHere } from '../testing.ts';

const namesOf = async (...args: readonly string[]): Promise<string[]> =>
  (JSON.parse((await runHere(['rules', ...args, '--json'])).out) as { name: string }[]).map(({ name }) => name);

it.each([
  ['drainBeforeUnhook', ['drainBeforeUnhook']],
  ['S-25', ['drainBeforeUnhook']],
  ['s-25', ['drainBeforeUnhook']],
  ['ec050f77a5', ['copyBeforeDiscard']],
  ['B-104', ['bitmapWaitsForCopies']],
  ['brokenSnapshotFailsJob', ['brokenSnapshotFailsJob']],
])('rules %s', async (asked, names) => {
  expect(await namesOf(asked)).toEqual(names);
});

it('has each once, however often it is named', async () => {
  expect(await namesOf('S-25', 'drainBeforeUnhook')).toEqual(['drainBeforeUnhook']);
});

it.each(['S-99', 'ec05', 'B-1040'])('refuses %s, which is none', async (asked) => {
  const { status, out, err } = await runHere(['rules', asked]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain('There is no such rule.');
});

it('keeps to a family that is named', async () => {
  const { status, err } = await runHere(['rules', 'B-104', '--family', 'notifier']);
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('the family notifier has no rule bitmapWaitsForCopies') });
});
