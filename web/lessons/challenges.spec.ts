/** What challenges say: par is what the search finds, and what holds, holds in every order. */
import { describe, expect, it } from 'vitest';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import type { Step } from '../../model/kernel/step.ts';
import type { Machine } from '../../model/machine/machine.ts';
import { type Observer, Player, readyNow } from '../../model/testing.ts';
import type { Properties } from '../../properties/all.ts';
import type { Violation } from '../../properties/property.ts';
import { ANY_COST, minimalSchedule } from '../../src/search/minimal/minimal-schedule.ts';
import { searchExhaustively } from '../../src/search/exhaustive/exhaustive.ts';
import { principalOf } from '../../src/search/preemption.ts';
import { Experiment } from '../../src/search/experiment.ts';
import { settingOf } from '../../src/replay/replay.ts';
import type { Challenge } from './lesson.ts';
import { EDGES, LESSONS, TODAY } from './lessons.ts';
import { Played, traceNamed } from './testing.ts';

const BYTES_MAX = 2 ** 26;
const challenges = [...LESSONS, ...TODAY, ...EDGES].flatMap(({ id, challenge, scenes }) =>
  challenge === null ? [] : [{ id, scenes, ...challenge }],
);
const ofKind = (kind: Challenge['kind']): typeof challenges => challenges.filter((challenge) => challenge.kind === kind);

function stage({ trace }: Challenge): Experiment {
  const given = traceNamed(trace);
  return new Experiment(given.scenario, settingOf(given));
}

/** What the last hints say, in the words of a run. */
const LAST_HINTS: Record<string, readonly string[]> = {
  'moving-disk': ['job: start', 'g1: ... write.land c0'],
  'old-data-first': ['job: start', 'g1: ... write.land c0'],
  'two-at-once': ['job: ... copy.land c0', 'g1: ... copy.land c0'],
  'look-again': ['job: ... copy.land c0', 'g1: write.start', 'job: ... copy.land c1', 'g1: ... copy.land c1'],
  top: ['job: ... sleep c0', 'g1: ...', 'job: ...'],
  'slow-reader': ['job: start', 'r1: ... readT0.look c0', 'g1: ...', 'r1: readT0.took c0'],
  'errors-and-endings': ['job: ... sleep c0', 'g1: write.start', 'job: ask c0', 'g2: ...', 'g1: ...'],
  'frozen-reads': ['job: start', 'r1: ... snapshot.disk c0', 'g1: ...', 'r1: snapshot.disk.took c0'],
  tasks: ['job: start', 'job.call: call', 'job: copying.begun', 'g1: ... write.land c0'],
  'break-snapshot': [
    'job: start',
    'job.call: call',
    'job: copying.begun',
    'g1: ...',
    'job.call: ...',
    'job.t1: ...',
    'job.t2: ...',
    'job.call: ...',
    'job: ...',
  ],
  'unaligned-write': ['job: start', 'g1: ...'],
  discard: ['job: start', 'g1: ...'],
  'late-hook': ['job: start', 'g1: ... write.land c0'],
};

/** Looks on, and counts what a way costs up to what it breaks. */
class Count implements Observer<Violation> {
  steps = 0;
  preemptions = 0;
  broken: Violation | null = null;
  readonly #machine: Machine;
  readonly #properties: Properties;
  /** The coroutine that ran last, or the one that it works for, if either could go on. */
  #owner: number | null = null;

  constructor(machine: Machine, properties: Properties) {
    this.#machine = machine;
    this.#properties = properties;
  }
  begin(): void {
    this.#properties.begin();
  }
  after(coroutine: Coroutine, step: Step): Violation | null {
    this.steps++;
    const { coroutines } = this.#machine;
    const principal = principalOf(coroutines, coroutine.id);
    if (this.#owner !== null && this.#owner !== principal) this.preemptions++;
    this.#owner = readyNow(this.#machine).some((id) => principalOf(coroutines, id) === principal) ? principal : null;
    return (this.broken = this.#properties.after(coroutine, step));
  }
  end(): Violation | null {
    return (this.broken ??= this.#properties.end());
  }
}

describe('challenges', () => {
  it('are about a scene of their lesson', () => {
    for (const { scenes, trace } of challenges) expect(scenes.map((scene) => scene.trace)).toContain(trace);
  });

  it('are where there is something to choose: once the backup has begun, two coroutines or more could run', () => {
    for (const { id, challenge, scenes } of [...LESSONS, ...TODAY, ...EDGES]) {
      const counts = scenes.map(({ trace }) => {
        const { run } = new Played(trace);
        return Math.max(...Array.from({ length: run.length }, (_, n) => run.readyAfter(n + 1).length));
      });
      const last = scenes.findIndex(({ trace }) => trace === challenge?.trace);
      expect({ id, hasChoice: Math.max(...(challenge === null ? counts : [counts[last]!])) > 1 }).toEqual({
        id,
        hasChoice: challenge !== null,
      });
    }
  });

  it.each(ofKind('hold'))('$id: has no hints, as there is nothing to hint at', ({ hints }) => expect(hints).toEqual([]));

  it.each(ofKind('break'))('$id: the par of $trace is what it takes', (challenge) => {
    const { machine, properties } = stage(challenge);
    const { cheapest, complete } = minimalSchedule(
      machine,
      properties,
      { below: ANY_COST, bytesMax: BYTES_MAX, shouldStop: () => false },
      () => true,
    );
    expect(complete).toBe(true);
    expect({ preemptions: cheapest!.preemptions, steps: cheapest!.steps }).toEqual(challenge.par);
  });

  it('that can be won have a way each', () => {
    expect(Object.keys(LAST_HINTS)).toEqual(ofKind('break').map(({ id }) => id));
  });

  it.each(ofKind('break'))('$id: the last hint, played, wins in par', (challenge) => {
    const { machine, properties } = stage(challenge);
    const count = new Count(machine, properties);
    const player = new Player(machine, count);
    player.play(...(LAST_HINTS[challenge.id] ?? []));
    player.finish(); // what is judged at the end is broken only then
    expect(count.broken).not.toBeNull();
    expect({ preemptions: count.preemptions, steps: count.steps }).toEqual(challenge.par);
  });

  it.each(ofKind('hold'))('$id: no order of $trace breaks anything', (challenge) => {
    const { machine, properties } = stage(challenge);
    expect(challenge.par).toBeNull();
    expect(searchExhaustively(machine, properties, { bytesMax: BYTES_MAX, shouldStop: () => false })).toMatchObject({
      complete: true,
      broken: null,
    });
  });

  it('are of both kinds', () => {
    expect([ofKind('break').length, ofKind('hold').length].every((n) => n > 3)).toBe(true);
  });
});
