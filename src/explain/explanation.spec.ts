import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sized } from '../../tools/nightly/testing.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { Experiment, BestEffortReplay } from '../search/experiment.ts';
import { failingRunOfEachRule, failingRuns, findFailure, readFailing, settingWithout, traceOf } from '../testing.ts';
import type { FailingTrace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { recordTrace } from '../replay/record.ts';
import { namedSteps, settingOf } from '../replay/replay.ts';
import { SHAPES, type Shape } from './story/facts.ts';
import './explain-any.ts'; // with all shapes
import { explain, isAsTold, isFold, linesOf } from './explanation.ts';

const FOLDER = new URL('../../traces/gallery/', import.meta.url);
const kept = (rule: string): FailingTrace => readFailing(readFileSync(new URL(`${rule}.trace.yaml`, FOLDER), 'utf8'));
const KEPT = readdirSync(FOLDER).map((name) => explain(readTrace(readFileSync(new URL(name, FOLDER), 'utf8')))!);

describe('the race at the end of TOP', () => {
  const explanation = explain(kept('drainBeforeUnhook'))!;

  it('in short sentences', () => {
    expect(explanation.sentence).toBe(
      "g1's copy did not read sector 0 until step 10, after g2 had written it at step 7, so it stored s0.g2 in the " +
        'backup instead of s0@0. Nothing held g2 back, because the hook had been unlinked at step 4, while ' +
        "g1's copy was still in flight. g2 should have waited until that copy had read the old data.",
    );
    expect(explanation.shape).toBe('too late');
  });

  it('with what each guilty step did, the order that was needed, and the nearest run that passes', () => {
    expect(explanation.guilty).toEqual([
      { step: 4, note: "the hook is unlinked, while g1's copy is still in flight" },
      { step: 5, note: 'g2 finds no hook and continues' },
      { step: 7, note: "g2's write lands on sector 0" },
      { step: 10, note: "g1's copy reads the sector only now: too late" },
    ]);
    expect(explanation.order).toEqual({ first: { step: 10, text: 'g1 reads the sector' }, second: { step: 7, text: "g2's write lands" } });
    expect(explanation.passing).toEqual({ before: 7, who: 'g1', upTo: 10 });
  });

  it('with the place where the correct job parts, and the first choice that it would not have allowed', () => {
    expect(explanation.correct).toMatchObject({
      parts: 4,
      impossible: { step: 6, choice: 'g2: write.send c0', instead: 'wait c0', isWaiting: true },
      breaks: null,
    });
    expect(explanation.correct!.steps[3]).toEqual({ who: 'job', what: 'ask c0', saw: 'unallocated' });
  });
});

describe('explain', () => {
  it('has nothing to say of a trace in which nothing breaks', () => {
    expect(explain({ ...kept('drainBeforeUnhook'), without: [] })).toBeNull();
  });

  it('tells whether the run was what the trace says', () => {
    const trace = kept('drainBeforeUnhook');
    expect(isAsTold(explain(trace)!)).toBe(true);
    for (const changed of [
      { ...trace, verdict: { ...trace.verdict, step: 12 } },
      { ...trace, verdict: { ...trace.verdict, property: 'copies-no-more' } },
      { ...trace, verdict: { ...trace.verdict, got: 's0.g1' } },
      { ...trace, schedule: trace.schedule.map((step, i) => (i === 3 ? { ...step, saw: 'allocated' } : step)) },
      { ...trace, schedule: trace.schedule.slice(1) },
    ]) {
      const explanation = explain(changed);
      expect(explanation === null || !isAsTold(explanation)).toBe(true);
    }
  });

  it('needs every shape for the kept traces, or for what a search finds', () => {
    const shapes = new Set(KEPT.map(({ shape }) => shape));
    // block-copy.spec.ts and custom/custom.spec.ts meet these
    const elsewhere: readonly Shape[] = [
      'stored something else',
      'never read',
      'read from the wrong place',
      'given up',
      'missing in the bitmap',
      'not one cut',
      'not all of a group',
      'wrong end',
    ];
    expect([...SHAPES].filter((shape) => !shapes.has(shape))).toEqual(elsewhere);
  });

  it('ends with what should have happened, and none of its sentences is long', () => {
    for (const { sentence } of KEPT) {
      const each = sentence.split(/(?<=[.]) /);
      expect(each.at(-1)).toMatch(/should.*\.$/);
      expect(each.length).toBeGreaterThan(1);
      for (const one of each) {
        expect(one.split(' ').length, one).toBeLessThan(40);
        expect(one).toMatch(/^(?:[A-Z]|g\d|job)/);
      }
      expect(sentence).not.toMatch(/undefined|null|NaN/);
    }
  });

  it('knows the same job with the missing rule on: there nothing breaks', () => {
    for (const { correct, rules } of KEPT) {
      expect(correct!.breaks).toBeNull();
      expect(rules).toHaveLength(1);
    }
    expect(new Set(KEPT.flatMap(({ rules }) => rules))).toEqual(new Set(RULE_NAMES));
  });

  it('finds a shape for what a search has found, as it was found', () => {
    const explanations = sized(failingRunOfEachRule, () => failingRuns(100))().map((run) => explain(traceOf(run))!);
    for (const explanation of explanations) expect(isAsTold(explanation)).toBe(true);
    const shapeless = explanations.filter(({ shape }) => shape === null);
    expect(explanations.length).toBeGreaterThan(sized(40, 60));
    expect(shapeless.filter(({ property }) => property !== 'guest-unharmed')).toEqual([]);
  });

  it('names the target, where a guest is told of an error because the target is shorter than the disk', () => {
    const setting = settingWithout(['targetLengthIsSourceLength'], { wake: 'qemu', effects: 'cluster' });
    const failures = ['i', 'k'].map((seed) => findFailure(setting, 'full', 400, { seed })).filter((run) => run !== null);
    const found = failures.map((run) => explain(traceOf(run))!).find(({ property }) => property === 'guest-unharmed')!;
    expect(found.shape).toBe('wrong target');
    expect(found.sentence).toMatch(
      /^g\d was told EIO at step \d+, and no disk had failed: the target ends at sector \d, the disk at \d\. /,
    );
    expect(found.sentence).toMatch(/ The command should have refused this target\.$/);
  });
});

describe('the nearest passing run', () => {
  const inOrder = KEPT.filter(({ passing }) => passing !== null && passing.upTo !== null);

  it('is the same one with an order mended, and nothing breaks in it', () => {
    for (const { trace, passing } of inOrder) {
      const { before, who, upTo } = passing!;
      const isEarlier = (n: number): boolean => n >= before && n <= upTo! && trace.schedule[n - 1]!.who === who;
      const numbers = trace.schedule.map((_, i) => i + 1);
      const order = [
        ...numbers.filter((n) => n < before),
        ...numbers.filter(isEarlier),
        ...numbers.filter((n) => n >= before && !isEarlier(n)),
      ];
      const experiment = new Experiment(trace.scenario, settingOf(trace));
      const steps = namedSteps(trace, experiment);
      expect(
        experiment.run(
          new BestEffortReplay(
            experiment.machine,
            order.map((n) => steps[n - 1]!),
          ),
        ).violation,
      ).toBeNull();
    }
    expect(inOrder.length).toBeGreaterThan(3);
  });

  it('may be one in which somebody was not interrupted', () => {
    expect(KEPT.find(({ trace }) => trace.without[0] === 'wholeRangeRegistered')!.passing).toEqual({ before: 17, who: 'g1', upTo: null });
  });

  it('is not there where the order has no part in it', () => {
    expect(KEPT.find(({ trace }) => trace.without[0] === 'noneTargetGetsLiveSource')!.passing).toBeNull();
  });
});

describe('linesOf', () => {
  it('folds unrelated steps, and counts every step once', () => {
    for (const explanation of KEPT) {
      const lines = linesOf(explanation, false);
      expect(lines.reduce((sum, line) => sum + (isFold(line) ? line.folded : 1), 0)).toBe(explanation.rows.length);
      const shown = new Set(lines.flatMap((line) => (isFold(line) ? [] : [line.n])));
      for (const { step } of explanation.guilty) expect(shown).toContain(step);
      expect(linesOf(explanation, true)).toHaveLength(explanation.rows.length);
    }
  });

  it('keeps a long run short', () => {
    const { scenario: small } = kept('copyBeforeWrite');
    const scenario = {
      ...small,
      mode: 'full' as const,
      targetClusterSectors: 0,
      disk: { ...small.disk, sectors: 400 },
      guest: [{ id: 'g1', kind: 'write' as const, first: 398, count: 1, after: [], early: false }],
    };
    const setting = settingOf(kept('copyBeforeWrite'));
    const experiment = new Experiment(scenario, setting);
    const step = (text: string): { who: string; step: number } => ({
      who: text.split(': ')[0]!,
      step: experiment.machine.parseStep(text.split(': ')[1]!)!,
    });
    const sweep = Array.from({ length: 100 }, (_, c) => [
      `sleep c${c}`,
      ...['read', 'data', 'store', 'done'].map((what) => `copy.${what} c${c}`),
      ...['took', 'land'].flatMap((what) => [`copy.${what} s${2 * c}`, `copy.${what} s${2 * c + 1}`]),
    ]).flat();
    const order = [
      'job: start',
      ...sweep.toSorted(bySector).map((what) => `job: ${what}`),
      'g1: write.start',
      'g1: write.send c199',
      'g1: write.land s398',
    ];
    const explanation = explain(recordTrace({ scenario, setting, steps: order.map(step) }, { minimal: 'not tried' }))!;
    expect(explanation.rows.length).toBeGreaterThan(900);
    expect(linesOf(explanation, false).length).toBeLessThan(10);
  });
});

const ORDER = ['sleep', 'copy.read', 'copy.took', 'copy.data', 'copy.store', 'copy.land', 'copy.done'];
const cluster = (what: string): number =>
  / c(\d+)/.test(what) ? Number(/ c(\d+)/.exec(what)![1]) : Math.floor(Number(/ s(\d+)/.exec(what)![1]) / 2);
const bySector = (a: string, b: string): number =>
  cluster(a) - cluster(b) || ORDER.indexOf(a.split(' ')[0]!) - ORDER.indexOf(b.split(' ')[0]!);
