import { describe, expect, it } from 'vitest';
import { request, smallScenario } from '../../model/testing.ts';
import { Experiment, type NamedStep, BestEffortReplay } from '../search/experiment.ts';
import { failingRunOfEachRule, settingWithout } from '../testing.ts';
import type { FailingRun } from '../search/diagnose/cause.ts';
import { normalForm } from './normal-form.ts';

function played({ scenario, setting, steps }: FailingRun): {
  property: string | undefined;
  detail: string | undefined;
  steps: number;
  preemptions: number;
} {
  const experiment = new Experiment(scenario, setting);
  const prefer = new BestEffortReplay(experiment.machine, steps);
  const result = experiment.run(prefer);
  expect(prefer.ran).toEqual(steps);
  return { property: result.violation?.property, detail: result.violation?.detail, steps: result.steps, preemptions: prefer.preemptions };
}

const setting = settingWithout(['copyBeforeWrite'], { effects: 'cluster' });
const TWO = smallScenario('full', [request('g1', 'write', [2, 1]), request('g2', 'write', [0, 1])], { sectors: 4 });
const steps = (...lines: string[]): NamedStep[] => {
  const { machine } = new Experiment(TWO, setting);
  return lines.map((line) => ({ who: line.split(': ')[0]!, step: machine.parseStep(line.split(': ')[1]!)! }));
};

describe('normalForm', () => {
  it('brings adjacent independent steps into one order, and numbers requests as they start', () => {
    // Two writes to different clusters, of which the second one breaks the property.
    const mixed = {
      scenario: TWO,
      setting,
      steps: steps('job: start', 'g2: write.start', 'g1: write.start', 'g2: write.send c0', 'g1: write.send c1', 'g2: write.land c0'),
    };
    const apart = {
      scenario: TWO,
      setting,
      steps: steps('job: start', 'g1: write.start', 'g2: write.start', 'g1: write.send c1', 'g2: write.send c0', 'g2: write.land c0'),
    };
    const [one, other] = [normalForm(mixed), normalForm(apart)];
    expect(one.steps).toEqual(other.steps);
    expect(one.scenario).toEqual(other.scenario);
    expect(one.steps.map(({ who }) => who)).toEqual(['job', 'g1', 'g1', 'g2', 'g2', 'g2']);
    expect(one.scenario.guest.map(({ first }) => first)).toEqual([2, 0]);
  });

  it('fails as before, in as many steps, with no more preemptions, and is its own normal form', () => {
    for (const run of failingRunOfEachRule()) {
      const before = played(run);
      const normal = normalForm(run);
      const after = played(normal);
      expect({ ...after, detail: '', preemptions: 0 }).toEqual({ ...before, detail: '', preemptions: 0 });
      expect(after.preemptions).toBeLessThanOrEqual(before.preemptions);
      expect(normalForm(normal)).toEqual(normal);
    }
  });

  it('leaves the order of steps that depend on each other', () => {
    const dependent = { scenario: TWO, setting, steps: steps('job: start', 'g2: write.start', 'g2: write.send c0', 'g2: write.land c0') };
    expect(normalForm(dependent).steps.map(({ step }) => step)).toEqual(dependent.steps.map(({ step }) => step));
  });
});
