import { describe, expect, it } from 'vitest';
import { type CutView, OneCut } from './one-cut.ts';
import { World } from '../model/kernel/world.ts';
import type { Violation } from './property.ts';

type Request = CutView['requests'][number];

const request = (id: string, disk: number, ...after: string[]): Request => ({ id, disk, after });

/** @param points the disks in the order of their points in time, each with the requests that are in it: whole, or in part with a `~` */
function judge(requests: readonly Request[], ...points: readonly (readonly [disk: number, ...inIt: string[]])[]): Violation | null {
  const world = new World(1_000);
  const cut = new OneCut(requests.length, world, () => ({ requests, diskName: (disk) => `disk ${disk}` }));
  world.seal();
  let broken: Violation | null = null;
  for (const [disk, ...inIt] of points)
    broken ??= cut.pointInTime(
      disk,
      (i) => inIt.includes(`~${requests[i]!.id}`),
      (i) => inIt.includes(requests[i]!.id),
    );
  return broken;
}

const LOG_THEN_DATA = [request('log', 0), request('data', 1, 'log')];

describe('one-cut', () => {
  it.each([
    ['both are in', [0, 'log'], [1, 'data']],
    ['the first alone is in', [0, 'log'], [1]],
    ['neither is in', [0], [1]],
    ['both are in, and the other disk comes first', [1, 'data'], [0, 'log']],
  ] as const)('holds if %s', (_, first, second) => {
    expect(judge(LOG_THEN_DATA, first, second)).toBeNull();
  });

  it.each([
    ['has ended', [0], [1, 'data']],
    ['has had some effect', [0], [1, '~data']],
    ['has ended, and its disk comes first', [1, 'data'], [0]],
  ] as const)('is broken if what came later %s, and what came before is not in', (_, first, second) => {
    expect(judge(LOG_THEN_DATA, first, second)).toEqual({
      property: 'one-cut',
      detail: 'data is in T0 of disk 1, and log, which had ended before data began, is not in T0 of disk 0',
    });
  });

  it('is broken by way of others, on whatever disk', () => {
    const requests = [request('g1', 0), request('g2', 1, 'g1'), request('g3', 0, 'g2'), request('g4', 1, 'g3')];
    expect(judge(requests, [0], [1, 'g2', 'g4'])?.detail).toContain('g2 is in T0 of disk 1, and g1');
    expect(judge(requests, [0, 'g1'], [1, 'g2', 'g4'])?.detail).toContain('g4 is in T0 of disk 1, and g3');
  });

  it('says nothing of one disk, nor of requests that wait for none', () => {
    expect(judge([request('g1', 0), request('g2', 0, 'g1')], [0, 'g2'], [1])).toBeNull();
    expect(judge([request('g1', 0), request('g2', 1)], [0], [1, 'g2'])).toBeNull();
  });
});
