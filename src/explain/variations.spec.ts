/**
 * The facts do not hang on names, places or what else goes on: ten traces made from each kept one, with
 * other names, the cluster elsewhere on a larger disk, and requests that have nothing to do with it, give the
 * facts that expected.yaml has for the first.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import type { Step } from '../../model/kernel/step.ts';
import { Experiment } from '../search/experiment.ts';
import { type RandomNumbers, randomNumbers } from '../search/strategies/random-numbers.ts';
import type { ReadySteps, Strategy } from '../search/strategies/strategy.ts';
import type { FailingTrace, Trace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { recordTrace } from '../replay/record.ts';
import { settingOf } from '../replay/replay.ts';
import { factsOf } from './facts-of.ts';
import { storyOf } from './story/story.ts';

const VARIATIONS = 10;

/**
 * Clusters before it would break it elsewhere first, or more often: every cluster is concerned, and the first
 * one or all of them are told of. These keep their place.
 */
const EVERY_CLUSTER = new Set([
  'noneTargetGetsLiveSource', // the first sector that the target does not show
  'topTargetGetsSourcesBacking',
  'topWithoutBackingIsFull',
  'targetTellsHoles',
  'topSkipsUnallocated', // the first that is copied for nothing
  'skippedAreCounted', // all that were not counted
  'targetClusterNotLarger', // clusters of the target are larger than those that move
]);

interface Expected {
  readonly shape: string;
  readonly sector?: number;
  readonly guilty: readonly number[];
  readonly order?: readonly [number | 'never', number];
}

interface Variation {
  readonly names: ReadonlyMap<string, string>;
  /** Clusters put before those of the trace. */
  readonly before: number;
  readonly noise: readonly GuestOperation[];
}

/** Steps of a trace by other names and in another place, with other steps in between where they are needed or drawn. */
class Varied implements Strategy {
  readonly name = 'varied';
  readonly steps: { who: string; step: Step }[] = [];
  /** By step of the trace, its number now. */
  readonly places: number[] = [];
  readonly #experiment: Experiment;
  readonly #wanted: readonly { who: string; step: Step }[];
  readonly #isNoise: (who: string) => boolean;
  readonly #random: RandomNumbers;

  constructor(
    experiment: Experiment,
    wanted: readonly { who: string; step: Step }[],
    noise: readonly GuestOperation[],
    random: RandomNumbers,
  ) {
    this.#experiment = experiment;
    this.#wanted = wanted;
    const names = new Set(noise.map(({ id }) => id));
    this.#isNoise = (who) => names.has(who);
    this.#random = random;
  }

  start(): void {}

  pick(ready: ReadySteps): number {
    const { machine } = this.#experiment;
    const all = Array.from({ length: ready.count }, (_, i) => ({
      i,
      who: machine.coroutineName(machine.coroutines.byId(ready.ids[i]!)),
      step: ready.step(i),
    }));
    const noise = all.find(({ who }) => this.#isNoise(who));
    if (noise !== undefined && this.#random.below(3) === 0) return noise.i;
    const wanted = this.#wanted[this.places.length];
    const itself = all.find(({ who, step }) => who === wanted?.who && step === wanted.step);
    if (itself !== undefined) {
      this.places.push(this.steps.length + 1);
      return itself.i;
    }
    return (all.find(({ who }) => who === wanted?.who) ?? noise ?? all[0]!).i;
  }

  done(id: number, step: Step): void {
    const { machine } = this.#experiment;
    this.steps.push({ who: machine.coroutineName(machine.coroutines.byId(id)), step });
  }
}

function varied(trace: Trace, variation: Variation, random: RandomNumbers): { trace: FailingTrace; places: readonly number[] } {
  const scenario = variedScenario(trace.scenario, variation);
  const experiment = new Experiment(scenario, settingOf(trace));
  const name = (who: string): string => variation.names.get(who) ?? who;
  const clusters = variation.before;
  const moved = (what: string): string =>
    what.replace(
      / ([cs])(\d+)$/,
      (_, unit: string, n: string) => ` ${unit}${Number(n) + (unit === 'c' ? clusters : clusters * trace.scenario.disk.clusterSectors)}`,
    );
  const wanted = trace.schedule.map(({ who, what }) => ({ who: name(who), step: experiment.machine.parseStep(moved(what))! }));
  const run = new Varied(experiment, wanted, variation.noise, random);
  experiment.run(run);
  return { trace: recordTrace({ scenario, setting: settingOf(trace), steps: run.steps }, { minimal: 'not tried' }), places: run.places };
}

function variedScenario(scenario: Scenario, { names, before, noise }: Variation): Scenario {
  const { disk, guest, faults, existingTarget } = scenario;
  const sectors = before * disk.clusterSectors;
  const name = (who: string): string => names.get(who) ?? who;
  const shifted = (list: readonly number[], by: number): number[] => list.map((n) => n + by);
  const { overlay } = disk;
  const by = overlay === undefined ? 0 : sectors / overlay.clusterSectors;
  return {
    ...scenario,
    disk: {
      ...disk,
      sectors: disk.sectors + sectors,
      zero: shifted(disk.zero, sectors),
      ...(overlay === undefined
        ? {}
        : {
            overlay: {
              ...overlay,
              allocated: shifted(overlay.allocated, by),
              zeroClusters: shifted(overlay.zeroClusters, by),
              baseSectors: overlay.baseSectors === null ? null : overlay.baseSectors + sectors,
            },
          }),
    },
    ...(existingTarget === undefined
      ? {}
      : { existingTarget: { ...existingTarget, sectors: existingTarget.sectors + sectors, data: shifted(existingTarget.data, sectors) } }),
    guest: [...guest.map((g) => ({ ...g, id: name(g.id), first: g.first + sectors, after: g.after.map(name) })), ...noise],
    cancelAfter: (scenario.cancelAfter ?? []).map(name),
    ...(faults === undefined ? {} : { faults: faults.map((fault) => ({ ...fault, cluster: fault.cluster + before })) }),
  };
}

function draw({ scenario }: Trace, mayMove: boolean, random: RandomNumbers): Variation {
  const names = new Map(
    scenario.guest.map(({ id }, i) => [id, ['writer', 'w', 'vm-', 'request_'][random.below(4)]! + String(10 * i + random.below(10))]),
  );
  const before = mayMove ? random.below(4) : 0;
  const sectors = scenario.disk.sectors + before * scenario.disk.clusterSectors;
  const mayRead = sectors > 0 && scenario.disk.copyOnRead !== true && (scenario.faults ?? []).length === 0;
  const noise = Array.from({ length: random.below(3) }, (_, i): GuestOperation => {
    const isRead = mayRead && random.below(2) === 0;
    return {
      id: `noise${i}`,
      kind: isRead ? 'read' : 'flush',
      first: isRead ? random.below(sectors) : 0,
      count: isRead ? 1 : 0,
      after: [],
      early: false,
    };
  });
  return { names, before, noise };
}

const EXPECTED = parse(readFileSync(new URL('expected.yaml', import.meta.url), 'utf8')) as { readonly gallery: Record<string, Expected> };

it('variations vary', () => {
  const trace = readTrace(readFileSync(new URL('../../traces/gallery/drainBeforeUnhook.trace.yaml', import.meta.url), 'utf8'));
  const random = randomNumbers('variations vary');
  const drawn = Array.from({ length: 40 }, () => draw(trace, true, random));
  expect(new Set(drawn.map(({ before }) => before)).size).toBe(4);
  expect(drawn.filter(({ noise }) => noise.some(({ kind }) => kind === 'read')).length).toBeGreaterThan(5);
  expect(new Set(drawn.map(({ names }) => names.get('g1'))).size).toBeGreaterThan(10);
  const lengths = drawn.map((variation) => varied(trace, variation, random).trace.schedule.length);
  expect(new Set(lengths).size).toBeGreaterThan(5);
});

describe('variations of traces/gallery', () => {
  const files = new URL('../../traces/gallery/', import.meta.url);
  const names = readdirSync(files).map((file) => file.replace('.trace.yaml', ''));

  it.each(names)('%s', (name) => {
    const trace = readTrace(readFileSync(new URL(`${name}.trace.yaml`, files), 'utf8'));
    const expected = EXPECTED.gallery[name]!;
    const random = randomNumbers(`variations of ${name}`);
    for (let i = 0; i < VARIATIONS; i++) {
      const variation = draw(trace, !EVERY_CLUSTER.has(name), random);
      const { trace: made, places } = varied(trace, variation, random);
      const facts = factsOf(storyOf(made)!);
      const place = (step: number): number => places[step - 1]!;
      const steps = made.schedule.map(({ who, what, saw }, n) => `${n + 1} ${who}: ${what} ${saw}`);
      expect(
        {
          shape: facts.shape,
          sector: facts.sector,
          guilty: facts.guilty.map(({ step }) => step),
          order: facts.order === null ? undefined : [facts.order.first.step ?? 'never', facts.order.second.step],
        },
        `variation ${i}: ${JSON.stringify(variation)} ${[...variation.names].join(' ')}\n${steps.join('\n')}`,
      ).toEqual({
        shape: expected.shape,
        sector: expected.sector === undefined ? null : expected.sector + variation.before * trace.scenario.disk.clusterSectors,
        guilty: expected.guilty.map(place),
        order: expected.order?.map((step) => (step === 'never' ? step : place(step))),
      });
    }
  });
});
