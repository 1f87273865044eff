/** What challenges say: par is what the search finds, and what holds, holds in every order. */
import { describe, expect, it } from 'vitest';
import { ANY_COST, cheapestSchedule } from '../../src/explore/cheapest.ts';
import { searchExhaustively } from '../../src/explore/exhaustive.ts';
import { Experiment } from '../../src/explore/experiment.ts';
import { settingOf } from '../../src/trace/replay.ts';
import type { Challenge } from './lesson.ts';
import { EDGES, LESSONS } from './lessons.ts';
import { traceNamed } from './testing.ts';

const BYTES_MAX = 2 ** 26;
const challenges = [...LESSONS, ...EDGES].flatMap(({ id, challenge, scenes }) => (challenge === null ? [] : [{ id, scenes, ...challenge }]));
const ofKind = (kind: Challenge['kind']): typeof challenges => challenges.filter((challenge) => challenge.kind === kind);

function stage({ trace }: Challenge): Experiment {
  const given = traceNamed(trace);
  return new Experiment(given.scenario, settingOf(given));
}

describe('challenges', () => {
  it('are about a scene of their lesson', () => {
    expect(challenges).toHaveLength(LESSONS.length + EDGES.length);
    for (const { scenes, trace } of challenges) expect(scenes.map((scene) => scene.trace)).toContain(trace);
  });

  it.each(ofKind('break'))('$id: the par of $trace is what it takes', (challenge) => {
    const { machine, properties } = stage(challenge);
    const { cheapest, complete } = cheapestSchedule(machine, properties, { below: ANY_COST, bytesMax: BYTES_MAX, shouldStop: () => false }, () => true);
    expect(complete).toBe(true);
    expect({ preemptions: cheapest!.preemptions, steps: cheapest!.steps }).toEqual(challenge.par);
  });

  it.each(ofKind('hold'))('$id: no order of $trace breaks anything', (challenge) => {
    const { machine, properties } = stage(challenge);
    expect(challenge.par).toBeNull();
    expect(searchExhaustively(machine, properties, { bytesMax: BYTES_MAX, shouldStop: () => false })).toMatchObject({ complete: true, broken: null });
  });

  it('are of both kinds', () => {
    expect([ofKind('break').length, ofKind('hold').length].every((n) => n > 3)).toBe(true);
  });
});
