import { expect, it } from 'vitest';
import { request, smallScenario } from '../../model/testing.ts';
import { settingWithout } from '../testing.ts';
import { Experiment, BestEffortReplay } from './experiment.ts';
import { ENDLESS_CYCLE } from './cycle-detector.ts';

const ONE_WRITE = smallScenario('full', [request('g1', 'write', [0, 1])], { sectors: 4, zero: [3] });

it('a replay notices that it has come back to where it was', () => {
  const experiment = new Experiment(ONE_WRITE, settingWithout([], { requestsMin: 0 }));
  const { machine } = experiment;
  const step = machine.step.bind(machine);
  machine.step = (id) => {
    const before = machine.world.cells.slice();
    step(id);
    if (machine.stepName(machine.job.pending) === 'sleep c1')
      for (const [cell, value] of before.entries()) machine.world.store(cell, value); // a step that undoes itself
  };
  expect(experiment.run(new BestEffortReplay(machine, [])).violation).toEqual(ENDLESS_CYCLE);
});

it('and that it has not', () => {
  const experiment = new Experiment(ONE_WRITE, settingWithout([], { requestsMin: 0 }));
  for (let i = 0; i < 3; i++)
    expect(experiment.run(new BestEffortReplay(experiment.machine, []))).toMatchObject({ violation: null, cutOff: false });
});
