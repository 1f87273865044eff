import { describe, expect, it } from 'vitest';
import type { CaseResult } from '../case/case.ts';
import { PLAIN } from '../../../validate/start.ts';
import { Counter } from './counter.ts';
import type { QemuCampaign, QemuRun } from './job.ts';

const CAMPAIGN: QemuCampaign = {
  binary: 'qemu',
  modes: ['full'],
  scope: { clusters: 1, writes: 0, faults: false },
  strategy: 'random',
  seed: 'spec',
  runs: 10,
  seconds: null,
  keepGoing: false,
  validate: false,
  shard: null,
};
const RIGHT: CaseResult = {
  scenario: {
    mode: 'full',
    disk: { sectors: 2, clusterSectors: 2, zero: [], discardReads: 'zero' },
    targetClusterSectors: 0,
    guest: [],
    cancel: false,
  },
  start: PLAIN,
  steps: [{ who: 'user', what: 'start', saw: '' }],
  violation: null,
  cutOff: false,
  preemptions: 0,
  ending: null,
  struck: [],
  overtaken: new Set(),
  situations: new Set(),
  shown: null,
  shownNext: null,
};
const ended = (number: number, broken: string | null = null): QemuRun => ({
  number,
  run: number,
  result: broken === null ? RIGHT : { ...RIGHT, violation: { property: broken, detail: 'broken' } },
  validation: null,
});
const counting = (keepGoing = false): Counter => new Counter({ ...CAMPAIGN, keepGoing }, { version: '7.2.22', lacks: [], modes: ['full'] });
const foundIn = ({ tally }: Counter): (number | undefined)[] => tally.found.map(({ trace }) => trace.found?.run);

describe('runs of several threads', () => {
  it('count when all before them have', () => {
    const counter = counting();
    expect([2, 0, 1].map((number) => counter.add(ended(number)))).toEqual([0, 1, 2]);
    expect(counter.tally.schedules).toBe(3);
  });

  it('end with the failure that is the first in their order, whichever was there first', () => {
    const counter = counting();
    for (const one of [ended(3, 'guest-unharmed'), ended(2), ended(0), ended(1, 'snapshot-kept'), ended(4)]) counter.add(one);
    expect([counter.isOver, counter.tally.schedules, foundIn(counter)]).toEqual([true, 2, [1]]);
  });

  it('of a shard are every so-manieth of all', () => {
    const told: number[] = [];
    const started = { version: '7.2.22', lacks: [], modes: ['full'] } as const;
    const counter = new Counter({ ...CAMPAIGN, shard: { number: 2, of: 3 } }, started, ({ number }) => void told.push(number));
    expect([7, 1, 4].map((number) => counter.add(ended(number)))).toEqual([0, 1, 2]);
    expect(told).toEqual([1, 4, 7]);
  });

  it('go on after it if that is wanted, and one failure of each cause is kept', () => {
    const counter = counting(true);
    for (const one of [ended(2, 'snapshot-kept'), ended(1, 'snapshot-kept'), ended(3, 'guest-unharmed'), ended(0)]) counter.add(one);
    expect([counter.isOver, counter.tally.schedules, foundIn(counter)]).toEqual([false, 4, [1, 3]]);
  });
});
