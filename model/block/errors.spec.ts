import { describe, expect, it } from 'vitest';
import { ERRNOS, NO_ERROR, SIDES, blamedOnTarget, blockError, errnoOf, printError, sideOf } from './errors.ts';

const ALL = SIDES.flatMap((side) => ERRNOS.map((errno) => ({ side, errno })));

describe('an error', () => {
  it('is one small number that says what failed, and where', () => {
    const error = blockError('target', 'ENOSPC');
    expect(errnoOf(error)).toBe('ENOSPC');
    expect(sideOf(error)).toBe('target');
    expect(printError(error)).toBe('ENOSPC from the target');
  });

  it.each(ALL)('keeps $errno and $side apart from all others, and from none', ({ side, errno }) => {
    const error = blockError(side, errno);
    expect({ side: sideOf(error), errno: errnoOf(error) }).toEqual({ side, errno });
    expect(error).toBeGreaterThan(NO_ERROR); // an answer below 0 is no error (backup/top.ts)
    expect(ALL.filter((other) => blockError(other.side, other.errno) === error)).toHaveLength(1);
  });

  it.each(ALL)('of the $side can be blamed on the target: $errno stays', ({ side, errno }) => {
    expect(blamedOnTarget(blockError(side, errno))).toBe(blockError('target', errno));
  });
});
