/** errors-are-told and guest-unharmed, where tasks copy: of several that fail one is told. */
import { describe, expect, it } from 'vitest';
import '../src/families/block-copy.ts';
import { blockError } from '../model/block/errors.ts';
import type { Fault } from '../model/block/faults.ts';
import { ErrorAction } from '../model/job/job-status.ts';
import { Machine } from '../model/machine/machine.ts';
import { shapeOf } from '../model/machine/shape.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { goOn, request, seeded, smallScenario, stepOfTest } from '../model/testing.ts';
import { Properties } from './all.ts';

const FAULTS: readonly Fault[] = [
  { side: 'target', op: 'write', cluster: 0, errno: 'EIO', times: 1 },
  { side: 'target', op: 'write', cluster: 3, errno: 'ENOSPC', times: 1 },
];
const SCENARIO: Scenario = { ...smallScenario('full', [], { sectors: 8 }), faults: FAULTS };
const RUNS = 60;
const HOOK = stepOfTest('spec.hook', 'nothing');

/** What is found broken in some runs, each once. @param change to the job, whose code is right */
function broken(scenario: Scenario, change: (job: Machine['job']) => void = () => {}): string[] {
  const machine = new Machine(shapeOf(scenario, { job: 'block-copy', wake: 'any', effects: 'cluster', without: [], requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  change(machine.job);
  const pick = seeded('errors of tasks');
  const found = Array.from({ length: RUNS }, () => {
    machine.begin();
    properties.begin();
    return goOn(machine, properties, pick).broken;
  });
  return [...new Set(found.flatMap((violation) => (violation === null ? [] : [`${violation.property}: ${violation.detail}`])))].toSorted();
}

describe('a job whose tasks meet two faults', () => {
  it('tells of the one that it meets first', () => {
    expect(broken(SCENARIO)).toEqual([]);
  });

  it('does not keep it to itself', () => {
    expect(broken(SCENARIO, (job) => (job.actOn = () => ErrorAction.report))).toEqual([
      'errors-are-told: the job got EIO from the target, but no event reports it',
    ]);
  });

  it('does not tell of one that nobody has met', () => {
    const other = blockError('source', 'EIO');
    const change = (job: Machine['job']): void => {
      const actOn = job.actOn.bind(job);
      job.actOn = () => actOn(other);
    };
    expect(broken(SCENARIO, change)).toEqual(['errors-are-told: the job reported EIO from the source, but no such error occurred']);
  });

  it('need not tell of it if it was paused meanwhile, for it tries again', () => {
    expect(broken({ ...SCENARIO, pause: true, resume: true })).toEqual([]);
  });
});

describe('a guest of which two tasks fail', () => {
  const write: Scenario = { ...smallScenario('none', [request('g1', 'write', [0, 8])], { sectors: 8 }), faults: FAULTS, cancel: true };

  it('is told of either', () => {
    expect(broken(write)).toEqual([]);
  });

  it('is not told of an error that none of them has met', () => {
    const hook = broken({ ...write, faults: FAULTS.slice(0, 1) }, (job) => {
      job.source.hook.calls(function* () {
        yield job.step(HOOK);
        return blockError('target', 'ENOSPC');
      });
    });
    expect(hook).toEqual(['guest-unharmed: g1 was told ENOSPC, though none of its I/O failed']);
  });
});
