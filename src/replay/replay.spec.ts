import { describe, expect, it } from 'vitest';
import { rulesBrokenIn } from '../../model/families/notifier/eras.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import { sized } from '../../tools/nightly/testing.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { type FailureFound, SCOPE, failingRunOfEachRule, failingRuns, findFailure, modesOf, settingWithout, traceOf } from '../testing.ts';
import type { FailingTrace, Trace, TraceStep } from '../trace/format.ts';
import { recordHolding, recordTrace } from './record.ts';
import { type ReplayResult, followFreely, namedSteps, replay, settingOf } from './replay.ts';
import { Experiment, BestEffortReplay } from '../search/experiment.ts';
import type { Strategy } from '../search/strategies/strategy.ts';

/**
 * A trace by hand: FULL, without waitForOverlappingCopies, one write to the cluster that the job is
 * copying. The job has read it, the guest copies it too, writes, and the job reads the next cluster.
 */
const TRACE = ((): FailingTrace => {
  const scenario = smallScenario('full', [request('g1', 'write', [0, 2])], { sectors: 4, zero: [3] });
  const setting = settingWithout(['waitForOverlappingCopies'], { effects: 'cluster', requestsMin: 0 });
  const machine = new Experiment(scenario, setting).machine;
  const steps = [
    'job: start',
    'job: sleep c0',
    'g1: write.start',
    'g1: copy.read c0',
    'g1: copy.took c0',
    'g1: copy.data c0',
    'g1: copy.store c0',
    'g1: copy.land c0',
    'job: copy.read c0',
    'g1: copy.done c0',
    'g1: write.send c0',
    'g1: write.land c0',
    'job: copy.took c0',
    'job: copy.data c0',
    'job: copy.store c0',
    'job: copy.land c0',
  ];
  const named = steps.map((line) => {
    const [who, what] = line.split(': ') as [string, string];
    return { who, step: machine.parseStep(what)! };
  });
  return recordTrace({ scenario, setting, steps: named }, { minimal: 'not tried' });
})();

/** Every rule, some modes, both wake orders and both grains. */
const TRACES: readonly FailingTrace[] = sized(failingRunOfEachRule, failingRuns)().map(traceOf);

const written = ({ who, what, saw }: TraceStep): string => (saw === '' ? `${who}: ${what}` : `${who}: ${what} -> ${saw}`);
const changed = (trace: Trace, at: number, change: Partial<TraceStep>): Trace => ({
  ...trace,
  schedule: trace.schedule.map((step, i) => (i === at ? { ...step, ...change } : step)),
});
const swapped = (trace: Trace, at: number): Trace => ({
  ...trace,
  schedule: trace.schedule.map((step, i) => trace.schedule[i === at ? at + 1 : i === at + 1 ? at : i] ?? step),
});
const at = (line: string): number => {
  const found = TRACE.schedule.findIndex((step) => written(step) === line);
  if (found < 0) throw new Error(`no step ${line}`);
  return found;
};

describe('replay', () => {
  it('runs a trace again, step by step, and says whether it ends as the file says', () => {
    expect(TRACE.schedule.map(written)).toEqual([
      'job: start -> T0, hook linked',
      'job: sleep c0',
      'g1: write.start',
      'g1: copy.read c0',
      'g1: copy.took c0 -> s0@0 s1@0',
      'g1: copy.data c0',
      'g1: copy.store c0',
      'g1: copy.land c0 -> s0@0 s1@0',
      'job: copy.read c0',
      'g1: copy.done c0',
      'g1: write.send c0',
      'g1: write.land c0 -> s0.g1 s1.g1',
      'job: copy.took c0 -> s0.g1 s1.g1',
      'job: copy.data c0',
      'job: copy.store c0',
      'job: copy.land c0 -> s0.g1 s1.g1',
    ]);
    expect(replay(TRACE)).toEqual({
      outcome: 'reproduced',
      detail: 'snapshot-kept breaks at step 16: sector 0 of the backup is s0.g1 instead of s0@0 (read from the target)',
    });
    expect(replay(TRACE, { with: ['waitForOverlappingCopies'], without: [] })).toMatchObject({ outcome: 'holds now' });
  });

  it('leaves the trace as it was', () => {
    const before = structuredClone(TRACE);
    replay(TRACE);
    replay(TRACE, { with: ['waitForOverlappingCopies'], without: ['copyBeforeWrite'] });
    expect(TRACE).toEqual(before);
  });
});

describe('reproduced', () => {
  it('is what becomes of every trace that was just found', () => {
    expect(new Set(TRACES.flatMap(({ without }) => without))).toEqual(new Set(RULE_NAMES));
    for (const trace of TRACES)
      expect(replay(trace)).toEqual({
        outcome: 'reproduced',
        detail: `${trace.verdict.property} breaks at step ${trace.verdict.step}: ${trace.verdict.detail}`,
      });
  });

  it('does not need the observations, nor what the file says of the search', () => {
    for (const trace of TRACES) {
      const { found: _, ...bare } = trace;
      const schedule = trace.schedule.map((step) => ({ ...step, saw: '' }));
      expect(replay({ ...bare, schedule, cause: [], minimal: '', verdict: { ...trace.verdict, detail: 'in other words' } }).outcome).toBe(
        'reproduced',
      );
    }
  });

  it('is so whatever would come after the property broke', () => {
    const more = [...TRACE.schedule, { who: 'job', what: 'copy.done c0', saw: '' }, { who: 'nobody', what: 'anything', saw: 'all' }];
    expect(replay({ ...TRACE, schedule: more }).outcome).toBe('reproduced');
  });

  it('is still so with a rule off that the trace never comes to', () => {
    expect(replay(TRACE, { with: [], without: ['drainBeforeUnhook'] }).outcome).toBe('reproduced');
    // on wins
    expect(replay(TRACE, { with: ['waitForOverlappingCopies'], without: ['waitForOverlappingCopies'] }).outcome).toBe('holds now');
  });
});

describe('a trace that holds', () => {
  const held = recordHolding({ scenario: TRACE.scenario, setting: { ...settingOf(TRACE), without: [] }, steps: [] });
  const { length } = held.schedule;

  it('is reproduced if it runs exactly to its end, and nothing breaks', () => {
    expect(held).toMatchObject({ verdict: null, cause: [] });
    expect(held.schedule.at(-1)).toMatchObject({ who: 'g1', what: 'write.done' });
    expect(replay(held)).toEqual({ outcome: 'reproduced', detail: `nothing breaks in its ${length} steps` });
  });

  it('has diverged where it ends too early, or too late', () => {
    for (let n = 0; n < length; n++) {
      const { who, what } = held.schedule[n]!;
      expect(replay({ ...held, schedule: held.schedule.slice(0, n) })).toMatchObject({
        outcome: 'diverged',
        step: n + 1,
        expected: 'the end',
        ready: expect.arrayContaining([`${who}: ${what}`]),
      });
    }
    const late = { ...held, schedule: [...held.schedule, { who: 'g1', what: 'write.start', saw: '' }] };
    expect(replay(late)).toMatchObject({ outcome: 'diverged', step: length + 1, expected: 'g1: write.start', ready: [] });
  });

  it('has diverged where a step can not be, or shows something else', () => {
    for (const [i, { saw }] of held.schedule.entries()) {
      expect(replay(changed(held, i, { what: 'write.flow' }))).toMatchObject({ outcome: 'diverged', step: i + 1 });
      if (saw !== '') expect(replay(changed(held, i, { saw: 's9.g9' }))).toMatchObject({ outcome: 'diverged', step: i + 1 });
    }
  });

  it('has diverged where a property breaks', () => {
    const { verdict: _, cause: __, ...steps } = TRACE;
    expect(replay({ ...steps, verdict: null, cause: [] })).toEqual({
      outcome: 'diverged',
      step: 16,
      expected: 'that nothing breaks',
      ready: [],
      detail: expect.stringMatching(/^snapshot-kept breaks at step 16: sector 0/),
    });
  });

  it('is not made of a run that fails', () => {
    const steps = namedSteps(TRACE, new Experiment(TRACE.scenario, settingOf(TRACE)));
    expect(() => recordHolding({ scenario: TRACE.scenario, setting: settingOf(TRACE), steps })).toThrow(
      'this run does not hold: snapshot-kept: sector 0',
    );
  });
});

describe('holds now', () => {
  it('is what becomes of every trace once its rule is on', () => {
    for (const trace of TRACES) {
      const result = replay(trace, { with: trace.without, without: [] });
      expect({ without: trace.without, outcome: result.outcome }).toEqual({ without: trace.without, outcome: 'holds now' });
    }
  });

  it('is the same where the file itself has been edited to say that all rules are on', () => {
    for (const trace of TRACES) {
      const result = replay({ ...trace, without: [] });
      expect(result).toEqual(replay(trace, { with: trace.without, without: [] }));
      expect(result.outcome).toBe('holds now');
    }
  });

  it('tells where the order has become impossible, and what could run there', () => {
    const impossible = replay(TRACE, { with: ['waitForOverlappingCopies'], without: [] });
    // The job has begun its copy of the cluster, so the guest waits for it.
    expect(impossible).toEqual({
      outcome: 'holds now',
      step: 4,
      expected: 'g1: copy.read c0',
      ready: ['job: copy.read c0'],
      detail: 'the job no longer allows the order of the trace: at step 4 g1: copy.read c0 cannot run',
    });
  });

  it('tells that the schedule ran to its end where it could be followed', () => {
    const results = TRACES.map((trace) => replay(trace, { with: trace.without, without: [] }));
    const toTheEnd = results.filter(({ step }) => step === undefined);
    expect(toTheEnd.length).toBeGreaterThan(0);
    expect(new Set(toTheEnd.map(({ detail }) => detail))).toEqual(new Set(['the schedule runs to its end and nothing breaks']));
    expect(results.filter(({ step }) => step !== undefined).length).toBeGreaterThan(10);
  });

  it('is so with one of two rules on, where it is the one that matters', () => {
    const run = findFailure(settingWithout(['waitForOverlappingCopies', 'markAfterTargetHasData']), 'full', 500, { seed: 'one cause' })!;
    const trace = traceOf(run);
    expect(trace.cause).toHaveLength(1);
    expect(replay(trace, { with: trace.cause, without: [] }).outcome).toBe('holds now');
    const other = trace.without.filter((rule) => !trace.cause.includes(rule));
    expect(replay({ ...trace, without: trace.cause }, { with: [], without: other }).outcome).toBe('reproduced');
  });
});

// A search runs on machines with room to spare, a trace on one that is just large enough.
describe('what was found where I/O fails, or somebody pauses the job', () => {
  const RUNS: readonly FailureFound[] = ['a', 'b'].flatMap((seed) =>
    RULE_NAMES.flatMap((rule) =>
      modesOf(rule).flatMap((mode) => findFailure(settingWithout([rule]), mode, 300, { seed, scope: { ...SCOPE, faults: true } }) ?? []),
    ),
  );
  const failing = RUNS.filter(({ scenario }) => scenario.faults !== undefined);
  const operated = RUNS.filter(({ scenario }) => scenario.pause === true || scenario.resume === true);

  it('is there', () => {
    expect(failing.length).toBeGreaterThan(20);
    expect(operated.length).toBeGreaterThan(10);
    expect(new Set(RUNS.map(traceOf).flatMap(({ schedule }) => schedule.map(({ who }) => who)))).toEqual(
      new Set(['job', 'user', 'operator', 'g1', 'g2', 'g3']),
    );
  });

  it('is the same on both, coroutine by coroutine', () => {
    for (const { scenario, setting, steps, found } of RUNS) {
      const [tight, roomy] = [setting, { ...setting, requestsMin: SCOPE.writes + 2 }].map((some) => {
        const experiment = new Experiment(scenario, some);
        const { violation, steps: ran } = experiment.run(new BestEffortReplay(experiment.machine, steps));
        return { violation, ids: experiment.latest(ran) };
      });
      expect(tight).toEqual({ violation: found.violation, ids: found.schedule });
      expect(roomy).toEqual(tight);
    }
  });

  it('is reproduced, and holds once the rule is on', () => {
    for (const trace of RUNS.map(traceOf)) {
      expect({ without: trace.without, outcome: replay(trace).outcome }).toEqual({ without: trace.without, outcome: 'reproduced' });
      expect({ without: trace.without, outcome: replay(trace, { with: trace.without, without: [] }).outcome }).toEqual({
        without: trace.without,
        outcome: 'holds now',
      });
    }
  });

  it('has diverged with another fault, or with none', () => {
    const traces = failing.map(traceOf).filter(({ schedule }) => schedule.some(({ saw }) => saw.startsWith('E')));
    expect(traces.length).toBeGreaterThan(5);
    for (const trace of traces) {
      const { faults, ...none } = trace.scenario;
      expect(replay({ ...trace, scenario: none }).outcome).not.toBe('reproduced');
      const otherErrno = faults!.map((fault) => ({ ...fault, errno: fault.errno === 'EIO' ? ('ENOSPC' as const) : ('EIO' as const) }));
      const result = replay({ ...trace, scenario: { ...trace.scenario, faults: otherErrno } });
      expect(result.outcome).toBe('diverged');
    }
  });

  it('has diverged where nobody pauses the job', () => {
    // Where all wait for one another, a pause is just one more who could not go on.
    const traces = operated
      .map(traceOf)
      .filter(
        ({ schedule, verdict }) =>
          verdict.property !== 'always-finishes' && schedule.find(({ who }) => who === 'operator')?.what === 'pause',
      );
    expect(traces.length).toBeGreaterThan(5);
    for (const trace of traces) {
      const { pause: _, resume: __, ...nobody } = trace.scenario;
      const first = trace.schedule.findIndex(({ what }) => what === 'pause');
      expect(replay({ ...trace, scenario: nobody })).toMatchObject({ outcome: 'diverged', step: first + 1, expected: 'operator: pause' });
    }
  });
});

describe('diverged', () => {
  const parted = (step: number, expected: string, ready: readonly string[]): Partial<ReplayResult> => ({
    outcome: 'diverged',
    step,
    expected,
    ready,
  });

  it('is a step that is not the next one of its coroutine', () => {
    const where = at('g1: copy.store c0');
    const result = replay(changed(TRACE, where, { what: 'copy.zero c0' }));
    expect(result).toMatchObject(parted(where + 1, 'g1: copy.zero c0', ['job: copy.read c0', 'g1: copy.store c0']));
    expect(result.detail).toBe(`at step ${where + 1} the trace has "g1: copy.zero c0"; runnable: job: copy.read c0, g1: copy.store c0`);
  });

  it('is a step of another cluster, of another coroutine, of nobody, or that nobody knows', () => {
    const where = at('job: copy.read c0');
    const ready = ['job: copy.read c0', 'g1: copy.done c0'];
    expect(replay(changed(TRACE, where, { what: 'copy.read c1' }))).toMatchObject(parted(where + 1, 'job: copy.read c1', ready));
    expect(replay(changed(TRACE, where, { who: 'g1' }))).toMatchObject(parted(where + 1, 'g1: copy.read c0', ready));
    expect(replay(changed(TRACE, where, { who: 'g7' }))).toMatchObject(parted(where + 1, 'g7: copy.read c0', ready));
    expect(replay(changed(TRACE, where, { what: 'fly' }))).toMatchObject(parted(where + 1, 'job: fly', ready));
    expect(replay(changed(TRACE, 0, { who: 'g1', what: 'write.start' }))).toMatchObject(parted(1, 'g1: write.start', ['job: start']));
  });

  it('is another observation than the one in the file', () => {
    const where = at('g1: copy.took c0 -> s0@0 s1@0');
    expect(replay(changed(TRACE, where, { saw: 's0@0 zero' }))).toMatchObject(
      parted(where + 1, 'g1: copy.took c0 -> s0@0 zero', ['g1: copy.took c0 -> s0@0 s1@0']),
    );
    expect(replay(changed(TRACE, at('g1: copy.data c0'), { saw: 's0@0' }))).toMatchObject(
      parted(6, 'g1: copy.data c0 -> s0@0', ['g1: copy.data c0']),
    );
    expect(replay(changed(TRACE, at('job: copy.land c0 -> s0.g1 s1.g1'), { saw: 's0@0 s1@0' }))).toMatchObject(
      parted(16, 'job: copy.land c0 -> s0@0 s1@0', ['job: copy.land c0 -> s0.g1 s1.g1']),
    );
  });

  it('is two steps in the wrong order, where one needs the other', () => {
    // Of one coroutine: the second can't come first.
    const where = at('g1: copy.data c0');
    expect(replay(swapped(TRACE, where))).toMatchObject(parted(where + 1, 'g1: copy.store c0', ['job: copy.read c0', 'g1: copy.data c0']));
    // Of two: the job reads before the guest has written, and so sees something else.
    const landed = at('g1: write.land c0 -> s0.g1 s1.g1');
    expect(replay(swapped(TRACE, landed))).toMatchObject(
      parted(landed + 1, 'job: copy.took c0 -> s0.g1 s1.g1', ['job: copy.took c0 -> s0@0 s1@0']),
    );
  });

  it('is not two steps in the other order, where neither needs the other', () => {
    expect(replay(swapped(TRACE, at('job: copy.read c0'))).outcome).toBe('reproduced');
  });

  it('is a verdict that is not the one that comes', () => {
    const verdict = (change: Partial<FailingTrace['verdict']>): ReplayResult =>
      replay({ ...TRACE, verdict: { ...TRACE.verdict, ...change } });
    for (const change of [{ sector: 1 }, { expected: 's1@0' }, { got: 'zero' }, { property: 'nothing-freed' }, { step: 17 }]) {
      const result = verdict(change);
      expect(result).toMatchObject({ outcome: 'diverged', step: 16, ready: [] });
      expect(result.detail).toBe(
        'snapshot-kept breaks at step 16 instead: sector 0 of the backup is s0.g1 instead of s0@0 (read from the target)',
      );
    }
    expect(verdict({ step: 17 }).expected).toBe('snapshot-kept at step 17');
  });

  it('is a trace that a rule explains, if something else breaks with the rule on', () => {
    // After the race, a discard of the other cluster, without copyBeforeDiscard. With the first rule
    // on the race is over, and the rest of the schedule breaks the backup all the same.
    const { scenario } = TRACE;
    const guest = [...scenario.guest, request('g2', 'discard', [2, 2])];
    const more = ['discard.start', 'discard.send c1', 'discard.land c1'].map((what) => ({ who: 'g2', what, saw: '' }));
    const trace: Trace = {
      ...TRACE,
      without: ['waitForOverlappingCopies', 'copyBeforeDiscard'],
      scenario: { ...scenario, guest },
      schedule: [...TRACE.schedule, ...more],
    };
    expect(replay(trace).outcome).toBe('reproduced');
    const result = replay(trace, { with: ['waitForOverlappingCopies'], without: [] });
    expect(result).toMatchObject({ outcome: 'diverged', step: 4, expected: 'g1: copy.read c0' });
    expect(result.detail).toMatch(/; followed as far as possible, snapshot-kept breaks$/);
    expect(replay(trace, { with: ['waitForOverlappingCopies', 'copyBeforeDiscard'], without: [] }).outcome).toBe('holds now');
  });

  it('is another scenario than the one that was found', () => {
    const { scenario } = TRACE;
    expect(replay({ ...TRACE, scenario: { ...scenario, guest: [] } })).toMatchObject({
      outcome: 'diverged',
      step: 3,
      expected: 'g1: write.start',
    });
    expect(replay({ ...TRACE, scenario: { ...scenario, disk: { ...scenario.disk, zero: [0] } } })).toMatchObject({
      outcome: 'diverged',
      step: 5,
    });
  });

  // Where nothing at all can run, the run is taken for one that came to the end of its schedule.
  it('is a step of somebody who is not there, where nobody else can run', () => {
    const empty = smallScenario('full', [], { sectors: 0 });
    const steps = ['job: start', 'job: close', 'g1: flush.start'].map((line) => ({
      who: line.split(': ')[0]!,
      what: line.split(': ')[1]!,
      saw: '',
    }));
    const result = replay({ ...TRACE, without: [], cause: [], scenario: empty, schedule: steps });
    expect(result).toMatchObject(parted(3, 'g1: flush.start', []));
  });

  it('is every edited step of every trace: said with its number, what the file has and what could run', () => {
    for (const trace of TRACES) {
      for (const where of [0, Math.floor(trace.schedule.length / 2), trace.schedule.length - 1]) {
        const original = trace.schedule[where]!;
        const result = replay(changed(trace, where, { what: `${original.what} edited`, saw: '' }));
        expect(result).toMatchObject({ outcome: 'diverged', step: where + 1, expected: `${original.who}: ${original.what} edited` });
        expect(result.ready).toContain(`${original.who}: ${original.what}`);
      }
    }
  });
});

describe('a schedule that is cut short', () => {
  const cut = (trace: Trace, steps: number): Trace => ({ ...trace, schedule: trace.schedule.slice(0, steps) });

  it('goes on by itself: who ran last runs on, and if what broke still breaks, it is reproduced', () => {
    expect(TRACE.schedule.slice(-4).map(({ who }) => who)).toEqual(['job', 'job', 'job', 'job']);
    for (const dropped of [1, 2, 3]) expect(replay(cut(TRACE, TRACE.schedule.length - dropped)).outcome).toBe('reproduced');
  });

  it('holds now where what broke depended on the steps that are gone', () => {
    // The job runs on by itself, and copies everything before the guest begins.
    for (const steps of [0, 1, 2])
      expect(replay(cut(TRACE, steps))).toEqual({ outcome: 'holds now', detail: 'the schedule runs to its end and nothing breaks' });
  });

  it('has diverged where the same breaks elsewhere', () => {
    // The guest runs on to its end, and its last step comes before the job reads what it wrote.
    const result = replay(cut(TRACE, at('job: copy.read c0')));
    expect(result).toMatchObject({ outcome: 'diverged', step: 17, expected: 'snapshot-kept at step 16', ready: [] });
  });

  it('has diverged where something else breaks', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [0, 2]), request('g2', 'write', [2, 2])], { sectors: 4, zero: [3] });
    const setting = settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 });
    const { machine } = new Experiment(scenario, setting);
    const steps = ['job: start', 'g2: write.start', 'g2: write.send c1', 'g2: write.land c1'].map((line) => ({
      who: line.split(': ')[0]!,
      step: machine.parseStep(line.split(': ')[1]!)!,
    }));
    const trace = recordTrace({ scenario, setting, steps }, { minimal: 'not tried' });
    expect(replay(trace).outcome).toBe('reproduced');
    expect(trace.verdict).toMatchObject({ step: 4, sector: 2 });
    // After the first step the job runs on, and copies all; then the guests write. Nothing breaks.
    expect(replay(cut(trace, 1)).outcome).toBe('holds now');
    // Started by g1 instead, its write is the one that lands.
    const other = replay({ ...trace, schedule: [trace.schedule[0]!, { who: 'g1', what: 'write.start', saw: '' }] });
    expect(other).toMatchObject({ outcome: 'diverged', step: 4, expected: 'snapshot-kept at step 4', ready: [] });
    expect(other.detail).toContain('sector 0 of the backup is s0.g1 instead of s0@0');
  });

  it('always comes to one of the three ends', () => {
    const outcomes = new Set<string>();
    for (const trace of TRACES) {
      for (let steps = 0; steps < trace.schedule.length; steps += Math.max(1, Math.floor(trace.schedule.length / 7)))
        outcomes.add(replay(cut(trace, steps)).outcome);
    }
    expect([...outcomes].toSorted()).toEqual(['diverged', 'holds now', 'reproduced']);
  });
});

describe('following freely', () => {
  it('breaks what the trace breaks while nothing has changed', () => {
    expect(followFreely(TRACE, settingOf(TRACE))).toMatchObject({ property: 'snapshot-kept', sector: 0 });
    expect(followFreely(TRACE, settingOf(TRACE, { with: ['waitForOverlappingCopies'], without: [] }))).toBeNull();
  });

  it('passes over steps that nobody knows', () => {
    const odd = [
      ...TRACE.schedule.slice(0, 3),
      { who: 'g1', what: 'fly', saw: '' },
      { who: 'nobody', what: 'start', saw: '' },
      ...TRACE.schedule.slice(3),
    ];
    expect(followFreely({ ...TRACE, schedule: odd }, settingOf(TRACE))).toMatchObject({ property: 'snapshot-kept', sector: 0 });
  });

  it('goes the way of the trace, step by step', () => {
    for (const trace of TRACES) {
      const violation = followFreely(trace, settingOf(trace));
      const detail = violation?.waiting === undefined ? violation?.detail : trace.verdict.detail; // a trace adds since when somebody waits
      expect({ without: trace.without, broke: violation?.property, sector: violation?.sector, detail }).toEqual({
        without: trace.without,
        broke: trace.verdict.property,
        sector: trace.verdict.sector,
        detail: trace.verdict.detail,
      });
    }
  });
});

describe('the verdict on somebody who waits for ever', () => {
  it('says since which step of the trace', () => {
    const stuck = TRACES.filter(({ verdict }) => verdict.detail.includes('; waiting: '));
    expect(stuck.length).toBeGreaterThan(2);
    for (const trace of stuck) {
      const { outcome, detail } = replay(trace);
      expect(outcome).toBe('reproduced');
      const since = [...detail.matchAll(/(\w+) in "[^"]+"[^"]*? since step (\d+)/g)].map(([, who, step]) => [who, Number(step)]);
      expect(since.length).toBeGreaterThan(0);
      expect(since).toEqual(since.map(([who]) => [who, trace.schedule.findLastIndex((step) => step.who === who) + 1]));
    }
  });
});

describe('the setting of a trace', () => {
  const rules = (...names: RuleName[]): RuleName[] => names;

  it('is what the file says, and the changes on top of it', () => {
    const trace: Trace = { ...TRACE, without: rules('wakeWaiters', 'copyBeforeWrite'), wake: 'qemu', effects: 'sector' };
    expect(settingOf(trace)).toEqual({
      job: 'correct',
      without: ['copyBeforeWrite', 'wakeWaiters'],
      wake: 'qemu',
      effects: 'sector',
      requestsMin: 0,
    });
    expect(settingOf(trace, { with: ['wakeWaiters'], without: ['clampLastCluster'] }).without).toEqual([
      'copyBeforeWrite',
      'clampLastCluster',
    ]);
    expect(settingOf(trace, { with: ['clampLastCluster'], without: ['clampLastCluster', 'wakeWaiters'] }).without).toEqual([
      'copyBeforeWrite',
      'wakeWaiters',
    ]);
  });

  it('is an era, but for the changes', () => {
    const trace: Trace = { ...TRACE, job: 'qemu-1.6', with: ['copyBeforeDiscard'], without: rules('wakeWaiters') };
    const off = settingOf(trace).without;
    expect(off.toSorted()).toEqual([...rulesBrokenIn('1.6').filter((rule) => rule !== 'copyBeforeDiscard'), 'wakeWaiters'].toSorted());
    expect(settingOf(trace, { with: ['wakeWaiters', 'skippedAreCounted'], without: ['copyBeforeDiscard'] }).without).toEqual(
      rulesBrokenIn('1.6').filter((rule) => rule !== 'skippedAreCounted'),
    );
  });

  it('decides: the grain is the one of the file', () => {
    // The second sector of a cluster is read in a step of its own, which there is at no other grain.
    const bySector = TRACES.filter(
      ({ effects, schedule }) => effects === 'sector' && schedule.some(({ what }) => /^copy\.took s\d*[13579]$/.test(what)),
    );
    expect(bySector.length).toBeGreaterThan(sized(10, 20));
    for (const trace of bySector) expect(replay({ ...trace, effects: 'cluster' }).outcome).not.toBe('reproduced');
  });

  it('decides: the wake order is the one of the file', () => {
    const outcomes = TRACES.filter(({ wake }) => wake === 'any').map((trace) => replay({ ...trace, wake: 'qemu' }).outcome);
    expect(outcomes).toContain('diverged'); // where somebody else ran before who was woken
    expect(outcomes).toContain('reproduced'); // where nobody was, or ran at once
  });
});

// A strategy that records, so that what a trace says about the schedule is what ran.
describe('recording', () => {
  it('notes who ran, which step, and what it showed, for as long as nothing is broken', () => {
    for (const trace of TRACES.slice(0, 12)) {
      const experiment = new Experiment(trace.scenario, settingOf(trace));
      const { machine } = experiment;
      const ran: string[] = [];
      let next = 0;
      const following: Strategy = {
        name: 'following',
        start: () => {},
        pick: ({ ids, count }) =>
          Array.from(ids.subarray(0, count)).findIndex(
            (id) => machine.coroutineName(machine.coroutines.byId(id)) === trace.schedule[next]!.who,
          ),
        done: (id, step) => void (ran.push(`${machine.coroutineName(machine.coroutines.byId(id))}: ${machine.stepName(step)}`), next++),
      };
      const { steps, violation } = experiment.run(following);
      expect(violation?.property).toBe(trace.verdict.property);
      expect(steps).toBe(trace.schedule.length);
      expect(ran).toEqual(trace.schedule.map(({ who, what }) => `${who}: ${what}`));
    }
  });
});
