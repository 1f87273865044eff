/** Properties of a user, and properties switched off, of built-in jobs: searched, made small, replayed and explained. */
import { describe, expect, it } from 'vitest';
import type { Property } from '../../model/families/custom/property.ts';
import { makeAsked } from '../../model/families/custom/more-asked.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import { request } from '../../model/testing.ts';
import { watchedMachine } from '../search/pool.ts';
import { CheckFailure } from './check-failure.ts';
import { check } from './check.ts';
import { explain } from './explain.ts';
import { replay } from './replay.ts';

const ONE_COPY: Property = {
  name: 'one-copy',
  sentence: 'The target gets at most one cluster.',
  memory: { copies: 'one' },
  marks: ['a cluster was stored'],
  after({ by, kind, phase }, { memory, meet }) {
    if (by !== 'copy' || kind === 'read' || phase !== 'complete') return null;
    meet('a cluster was stored');
    memory['copies']!.add(1);
    return memory['copies']!.get() > 1 ? 'the target got another cluster' : null;
  },
};

/** Block-copy copies several clusters at once; small ones take little time to be made smaller. */
const SMALL = { seed: 'a', runs: 300, clusters: 4, clusterSectors: 1, writes: 1 } as const;

function failureOf(act: () => unknown): CheckFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof CheckFailure) return error;
    throw error;
  }
  throw new Error('nothing broke');
}

describe.each(['correct', 'qemu-11.1'] as const)('a property of a user, of the job %s', (job) => {
  it('is searched, made small, replayed and explained', () => {
    const failure = failureOf(() => check(job, { ...SMALL, properties: [ONE_COPY], modes: ['full'] }));
    expect(failure).toMatchObject({ property: 'one-copy', mode: 'full' });
    expect(failure.message).toMatch(/^Why: At step \d+ the target got another cluster\. The target gets at most/m);
    expect(replay(failure.trace, job, { properties: [ONE_COPY] }).outcome).toBe('reproduced');
    const { steps } = explain(failure.trace, job, { properties: [ONE_COPY] })!;
    expect(steps.map(({ note }) => note)).toContain('a cluster was stored');
    for (const act of [replay, explain])
      expect(() => act(failure.trace, job)).toThrow('the property "one-copy", which this trace breaks, does not belong to a built-in job');
  });
});

describe('a property that is switched off', () => {
  const broken = { ...SMALL, without: ['copyBeforeWrite'], modes: ['full'], runs: 100 } as const;

  it('does not break', () => {
    const failure = failureOf(() => check('correct', broken));
    expect(failure.property).toBe('snapshot-kept');
    expect(check('correct', { ...broken, skip: ['snapshot-kept'] })).toMatchObject({ schedules: 100 });
    expect(() => replay(failure.trace, 'correct', { skip: ['snapshot-kept'] })).toThrow(
      'options switches off the property "snapshot-kept"',
    );
  });

  it('leaves an exhaustive search without its reductions: behind what is broken they promise nothing', () => {
    makeAsked('fewer', { skip: ['snapshot-kept'] });
    const scenario = {
      mode: 'full',
      disk: { sectors: 2, clusterSectors: 1, zero: [], discardReads: 'zero' },
      targetClusterSectors: 0,
      guest: [request('g1', 'write', [0, 1])],
      cancel: false,
    } as const;
    const ownOf = (asked?: string): unknown =>
      watchedMachine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 1, ...(asked && { asked }) }))
        .properties.own;
    expect(ownOf()).toBeNull();
    expect(ownOf('fewer')).toMatchObject({ seesEveryStep: true });
  });
});

it.each<[() => unknown, string]>([
  [() => check('qemu-1.5' as 'qemu-1.6'), 'there is no built-in job "qemu-1.5"; there are correct, '],
  [() => check('correct', { modes: ['bitmap'] }), 'the job correct has no mode "bitmap", only full, top, none'],
  [() => check('qemu-11.1', { without: ['wakeWaiters'] }), '"without": the family block-copy has no rule wakeWaiters'],
  [
    () => check('correct', { properties: [{ ...ONE_COPY, name: 'Two' }] }),
    'options: "properties": "Two": "name" must be one in kebab case',
  ],
])('is refused in one line', (act, says) => {
  expect(act).toThrow(says);
});
