import { describe, expect, it } from 'vitest';
import { type Layer, judgeChain } from './chain-restores.ts';

const view = { contentName: (content: number): string => `c${content}` };
const image =
  (...contents: readonly (number | 'below')[]): Layer =>
  (sector) =>
    contents[sector]!;
const disk =
  (...contents: readonly number[]) =>
  (sector: number): number =>
    contents[sector]!;

const FULL = image(1, 2);
const whole = { name: 'the full backup', disk: disk(1, 2), layers: [FULL] };

describe('chain-restores', () => {
  it('holds where each backup shows its own point in time, over those before it', () => {
    const [first, second] = [image('below', 3), image(4, 'below')];
    const backups = [
      whole,
      { name: 'increment 1', disk: disk(1, 3), layers: [first, FULL] },
      { name: 'increment 2', disk: disk(4, 3), layers: [second, first, FULL] },
    ];
    expect(judgeChain(view, 2, backups)).toBeNull();
  });

  it('breaks where an increment misses a cluster, and tells which one shows it', () => {
    const missing = { name: 'increment 1', disk: disk(1, 3), layers: [image('below', 'below'), FULL] };
    expect(judgeChain(view, 2, [whole, missing])).toEqual({
      property: 'chain-restores',
      sector: 1,
      expected: 3,
      got: 2,
      detail: 'sector 1 of increment 1 is c2 instead of c3, restored on top of the earlier backups',
    });
  });

  it('breaks where a later increment is right and an earlier one is not, and where no image holds a sector', () => {
    const late = { name: 'increment 1', disk: disk(1, 2), layers: [image('below', 5), FULL] };
    expect(judgeChain(view, 2, [whole, late])).toMatchObject({ sector: 1, expected: 2, got: 5 });
    expect(judgeChain(view, 2, [{ ...whole, layers: [image('below', 2)] }])).toMatchObject({ sector: 0, expected: 1, got: 0 });
  });
});
