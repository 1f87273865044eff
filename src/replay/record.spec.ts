import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../model/machine/job-names.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Experiment } from '../search/experiment.ts';
import { settingWithout } from '../testing.ts';
import type { FailingRun } from '../search/diagnose/cause.ts';
import { recordTrace } from './record.ts';

/** A run without these rules, in this order. */
function run(scenario: Scenario, without: readonly RuleName[], ...lines: string[]): FailingRun {
  const setting = settingWithout(without, { effects: 'cluster', requestsMin: 0 });
  const { machine } = new Experiment(scenario, setting);
  return { scenario, setting, steps: lines.map((line) => ({ who: line.split(': ')[0]!, step: machine.parseStep(line.split(': ')[1]!)! })) };
}

const WRITE = request('g1', 'write', [0, 2]);
const WRITES_AT_ONCE = ['job: start', 'g1: write.start', 'g1: write.send c0', 'g1: write.land c0'];
const OVERWRITTEN = smallScenario('full', [WRITE], { sectors: 4, zero: [3] });

describe('recording a run', () => {
  it('notes the scenario, the rules, the schedule with what it showed, what broke, and why', () => {
    const found = { strategy: 'portfolio', seed: 'a', run: 3 };
    expect(recordTrace(run(OVERWRITTEN, ['copyBeforeWrite'], ...WRITES_AT_ONCE), { minimal: 'not tried', found })).toEqual({
      job: 'correct',
      without: ['copyBeforeWrite'],
      wake: 'any',
      effects: 'cluster',
      scenario: OVERWRITTEN,
      schedule: [
        { who: 'job', what: 'start', saw: 'T0, hook linked' },
        { who: 'g1', what: 'write.start', saw: '' },
        { who: 'g1', what: 'write.send c0', saw: '' },
        { who: 'g1', what: 'write.land c0', saw: 's0.g1 s1.g1' },
      ],
      verdict: {
        property: 'snapshot-kept',
        step: 4,
        sector: 0,
        expected: 's0@0',
        got: 's0.g1',
        detail: 'sector 0 of the backup is s0.g1 instead of s0@0 (read from the source)',
      },
      cause: ['copyBeforeWrite'],
      minimal: 'not tried',
      found,
    });
  });

  it('notes what errors do, and what somebody does about them', () => {
    const scenario: Scenario = {
      ...smallScenario('top', [], { sectors: 2, zero: [1] }),
      faults: [{ side: 'source', op: 'read', cluster: 0, errno: 'EIO', times: 1 }],
      onError: { source: 'stop', target: 'report' },
      resume: true,
    };
    const { schedule, verdict } = recordTrace(run(scenario, ['retrySameClusterAfterError']), { minimal: 'not tried' });
    expect(schedule.map(({ who, what, saw }) => [`${who}: ${what}`, saw])).toEqual([
      ['job: start', 'T0, hook linked'],
      ['job: sleep c0', ''],
      ['job: ask c0', 'allocated'],
      ['job: copy.read c0', 'EIO, stopped, hook unlinked'], // the last cluster is passed over
      ['job: close', 'COMPLETED'],
    ]);
    expect(verdict).toMatchObject({ property: 'snapshot-kept', step: 5, sector: 0, expected: 's0@0', got: 's0@base' });
  });

  it('is refused for a run that does not fail', () => {
    expect(() => recordTrace(run(OVERWRITTEN, [], ...WRITES_AT_ONCE), { minimal: 'not tried' })).toThrow('did not fail');
  });
});
