import { expect, it } from 'vitest';
import type { CaseResult } from '../case/case.ts';
import { PLAIN, type Start } from '../../../validate/start.ts';
import { Endings, type OneEnding, endingIn } from './endings.ts';

const ended = (start: Partial<Start>, ending: CaseResult['ending'], role: CaseResult['struck'][number]['role'] | null = null): OneEnding =>
  endingIn({
    scenario: { mode: 'full' },
    start: { ...PLAIN, ...start },
    ending,
    struck: role === null ? [] : [{ side: 'target', errno: 'EIO', role }],
  } as unknown as CaseResult);

it('counts how jobs with a bitmap ended, by sync mode and bitmap-mode, in a fixed order', () => {
  const endings = new Endings();
  for (const one of [
    ended({ bitmapMode: 'always' }, 'source error'),
    ended({ sync: 'bitmap', bitmapMode: 'never' }, 'cancelled', 'guest copy'),
    ended({ sync: 'incremental', bitmapMode: 'on-success' }, 'target error', 'job copy'),
    ended({ sync: 'bitmap', bitmapMode: 'never' }, 'success'),
    ended({ sync: 'bitmap', bitmapMode: 'on-success' }, null),
    ended({}, 'success'), // without a bitmap
  ])
    endings.add(one);
  const none = { success: 0, sourceError: 0, targetError: 0, cancelled: 0, guestCopyFailed: 0 };
  expect(endings.rows()).toEqual([
    { sync: 'incremental', bitmapMode: 'on-success', runs: 1, ...none, targetError: 1 },
    { sync: 'bitmap', bitmapMode: 'on-success', runs: 1, ...none },
    { sync: 'bitmap', bitmapMode: 'never', runs: 2, ...none, success: 1, cancelled: 1, guestCopyFailed: 1 },
    { sync: 'full', bitmapMode: 'always', runs: 1, ...none, sourceError: 1 },
  ]);
});
