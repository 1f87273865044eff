import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { sized } from '../../tools/nightly/testing.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Experiment } from '../search/experiment.ts';
import { failingRunOfEachRule, failingRuns, readFailing, settingWithout, traceOf } from '../testing.ts';
import type { FailingTrace } from '../trace/format.ts';
import { recordTrace } from '../replay/record.ts';
import { columns } from './columns.ts';
import { type Explanation, explain, linesOf } from './explanation.ts';

/** A trace of these steps, in which something breaks without these rules. */
function played(
  scenario: Parameters<typeof recordTrace>[0]['scenario'],
  setting: ReturnType<typeof settingWithout>,
  ...lines: string[]
): FailingTrace {
  const { machine } = new Experiment(scenario, setting);
  const steps = lines.map((line) => ({ who: line.split(': ')[0]!, step: machine.parseStep(line.split(': ')[1]!)! }));
  return recordTrace({ scenario, setting, steps }, { minimal: 'not tried' });
}

const WITHOUT_WAIT = settingWithout(['waitForOverlappingCopies'], { effects: 'cluster', requestsMin: 0 });
const RACE = played(
  smallScenario('full', [request('g1', 'write', [2, 1])], { sectors: 4, zero: [3] }),
  WITHOUT_WAIT,
  'job: start',
  'job: sleep c0',
  'g1: write.start',
  'g1: copy.read c1',
  'g1: copy.took c1',
  'g1: copy.data c1',
  'job: copy.read c0',
  'job: copy.took c0',
  'job: copy.data c0',
  'job: copy.store c0',
  'job: copy.land c0',
  'job: copy.done c0',
  'job: sleep c1',
  'g1: copy.store c1',
  'g1: copy.land c1',
  'g1: copy.done c1',
  'g1: write.send c1',
  'g1: write.land c1',
  'g1: write.done',
  'job: copy.read c1',
  'job: copy.took c1',
  'job: copy.data c1',
  'job: copy.store c1',
  'job: copy.land c1',
);

/** Short ones, as they are kept, and long ones, as they were found. */
const KEPT = new URL('../../traces/gallery/', import.meta.url);
const TRACES: readonly FailingTrace[] = [
  ...readdirSync(KEPT).map((name) => readFailing(readFileSync(new URL(name, KEPT), 'utf8'))),
  ...sized(failingRunOfEachRule, failingRuns)().map(traceOf),
];

const EXPLANATIONS = new Map<FailingTrace, Explanation>();

/** The whole run in columns, without a fold. */
function traceColumns(trace: FailingTrace, width = 80): string[] {
  const explanation = EXPLANATIONS.get(trace) ?? explain(trace)!;
  EXPLANATIONS.set(trace, explanation);
  return columns(explanation, linesOf(explanation, true), { width, ascii: true });
}

const widest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));

describe('columns', () => {
  it('lays a run out: a lane for each coroutine, then what the sector in question shows', () => {
    expect(traceColumns(RACE)).toEqual([
      '   step                                source target bit shows',
      '      1  job: start T0, hook linked    s2@0   -      0   s2@0',
      '      2  job: sleep c0                 s2@0   -      0   s2@0',
      '      3  g1: write.start               s2@0   -      0   s2@0',
      '      4  g1: copy.read c1              s2@0   -      0   s2@0',
      '      5  g1: copy.took c1 s2@0 zero    s2@0   -      0   s2@0',
      '      6  g1: copy.data c1              s2@0   -      0   s2@0',
      '      7  job: copy.read c0             s2@0   -      0   s2@0',
      '      8  job: copy.took c0 s0@0 s1@0   s2@0   -      0   s2@0',
      '      9  job: copy.data c0             s2@0   -      0   s2@0',
      '     10  job: copy.store c0            s2@0   -      0   s2@0',
      '     11  job: copy.land c0 s0@0 s1@0   s2@0   -      0   s2@0',
      '     12  job: copy.done c0             s2@0   -      0   s2@0',
      '!1   13  job: sleep c1                 s2@0   -      0   s2@0',
      '     14  g1: copy.store c1             s2@0   -      0   s2@0',
      '     15  g1: copy.land c1 s2@0         s2@0   s2@0   0   s2@0',
      '     16  g1: copy.done c1              s2@0   s2@0   1   s2@0',
      '     17  g1: write.send c1             s2@0   s2@0   1   s2@0',
      '!2   18  g1: write.land c1 s2.g1       s2.g1  s2@0   1   s2@0',
      '     19  g1: write.done                s2.g1  s2@0   1   s2@0',
      '     20  job: copy.read c1             s2.g1  s2@0   1   s2@0',
      '!3   21  job: copy.took c1 s2.g1 zero  s2.g1  s2@0   1   s2@0',
      '     22  job: copy.data c1             s2.g1  s2@0   1   s2@0',
      '     23  job: copy.store c1            s2.g1  s2@0   1   s2@0',
      'X    24  job: copy.land c1 s2.g1       s2.g1  s2.g1  1   s2.g1 X',
    ]);
  });

  it('gives each coroutine a lane where they fit, with a bar where it is under way', () => {
    const lines = traceColumns(RACE, 100);
    expect(lines.slice(0, 5)).toEqual([
      '   step  job                      g1                      source target bit shows',
      '      1  start T0, hook linked                            s2@0   -      0   s2@0',
      '      2  sleep c0                                         s2@0   -      0   s2@0',
      '      3  |                        write.start             s2@0   -      0   s2@0',
      '      4  |                        copy.read c1            s2@0   -      0   s2@0',
    ]);
    expect(lines[7]).toBe('      7  copy.read c0             |                       s2@0   -      0   s2@0');
    expect(lines.at(-1)).toBe('X    24  copy.land c1 s2.g1                               s2.g1  s2.g1  1   s2.g1 X');
  });

  it('does so only where they fit', () => {
    const wide = widest(traceColumns(RACE, 1_000));
    expect(traceColumns(RACE, wide)).toEqual(traceColumns(RACE, 1_000));
    expect(traceColumns(RACE, wide - 1)).toEqual(traceColumns(RACE, 80));
  });

  it('shows no state where no sector is in question', () => {
    const trace = played(
      smallScenario('none', [], {}),
      settingWithout(['cancelWakesParkedJob'], { requestsMin: 0 }),
      'job: start',
      'user: cancel',
    );
    expect(traceColumns(trace)).toEqual([
      '   step  job                    user',
      '!1    1  start T0, hook linked',
      'X2    2  |                      cancel',
    ]);
  });

  it('shows nothing of the backup before T0, which may come late, and nothing of the target before it was written', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [0, 1], { early: true }), request('g2', 'write', [0, 1])], {
      sectors: 2,
      zero: [1],
    });
    const trace = played(
      scenario,
      settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 }),
      'g1: write.start',
      'g1: write.send c0',
      'g1: write.land c0',
      'g1: write.done',
      'job: start',
      'g2: write.start',
      'g2: write.send c0',
      'g2: write.land c0',
    );
    const { rows } = explain(trace)!;
    expect(rows.map(({ state }) => [state!.source, state!.target, state!.shows].join(' '))).toEqual([
      's0@0 - -',
      's0@0 - -',
      's0.g1 - -',
      's0.g1 - -',
      's0.g1 - s0.g1',
      's0.g1 - s0.g1',
      's0.g1 - s0.g1',
      's0.g2 - s0.g2',
    ]);
  });

  it('shows at T0 what the disk shows, and what was expected up to the last step', () => {
    for (const trace of TRACES.filter(({ verdict }) => verdict.expected !== undefined)) {
      const explanation = EXPLANATIONS.get(trace) ?? explain(trace)!;
      const shown = explanation.rows.map(({ state }) => state!.shows);
      const t0 = shown.findIndex((content) => content !== '-');
      if (t0 >= 0 && t0 < shown.length - 1) expect(shown[t0]).toBe(trace.verdict.expected);
    }
  });

  it('shows at the step before the last what was expected, and at the last what came instead, marked', () => {
    const wrong = TRACES.filter(({ verdict }) => verdict.got !== undefined && verdict.detail.includes('(read from the '));
    expect(wrong.length).toBeGreaterThan(30);
    const isAtT0 = ({ verdict }: FailingTrace): boolean => verdict.detail.endsWith(', at T0)'); // what comes before is before T0
    expect(wrong.filter(isAtT0).length).toBeGreaterThan(1);
    for (const trace of wrong) {
      const [before, last] = traceColumns(trace, 400).slice(-2) as [string, string];
      if (trace.schedule.length > 1) expect(before.split(/\s+/).at(-1)).toBe(isAtT0(trace) ? '-' : trace.verdict.expected);
      expect(last.endsWith(` ${trace.verdict.got} X`)).toBe(true);
    }
  });

  it('keeps the order of lanes: the job, the user, the operator, the guests as in the scenario', () => {
    const scenario: Scenario = {
      ...smallScenario('full', [request('g9', 'write', [0, 1]), request('g10', 'write', [2, 1])], { sectors: 4, zero: [3], cancel: true }),
      pause: true,
    };
    const trace = played(
      scenario,
      settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 }),
      'job: start',
      'g10: write.start',
      'operator: pause',
      'g9: write.start',
      'user: cancel',
      'g10: write.send c1',
      'g9: write.send c0',
      'g10: write.land c1',
    );
    expect(trace.verdict.step).toBe(8);
    expect(traceColumns(trace, 140)[0]!.trim().split(/ +/)).toEqual([
      'step',
      'job',
      'user',
      'operator',
      'g9',
      'g10',
      'source',
      'target',
      'bit',
      'shows',
    ]);
  });

  it('has a line for each step, as the trace has it, and ends with the one that broke', () => {
    for (const trace of TRACES) {
      const lines = traceColumns(trace, 1_000);
      expect(lines.slice(1).map((line) => Number(line.slice(3, 7)))).toEqual(trace.schedule.map((_, i) => i + 1));
      for (const [i, { what }] of trace.schedule.entries()) expect(lines[i + 1]).toContain(what);
      expect(lines.at(-1)!.startsWith('X')).toBe(true);
    }
  });

  it('is no wider than asked, and has nothing at the ends of lines', () => {
    let wide = 0;
    for (const trace of TRACES) {
      for (const width of [60, 77, 80]) {
        const lines = traceColumns(trace, width);
        if (lines[0] !== traceColumns(trace, 400)[0]) wide++;
        expect(widest(lines)).toBeLessThanOrEqual(width);
        for (const line of lines) expect(line).toBe(line.trimEnd());
      }
    }
    expect(wide).toBeGreaterThan(5); // some had to be put into one lane
  });

  it('folds unrelated steps, and counts it', () => {
    const guest = request('g1', 'write', [90, 1]);
    const sweep = Array.from({ length: 12 }, (_, c) => [
      `job: sleep c${c}`,
      ...['read', 'took', 'data', 'store', 'land', 'done'].map((step) => `job: copy.${step} c${c}`),
    ]).flat();
    const trace = played(
      smallScenario('full', [guest], { sectors: 96, zero: [0] }),
      settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 }),
      'job: start',
      ...sweep,
      'g1: write.start',
      'g1: write.send c45',
      'g1: write.land c45',
    );
    const explanation = explain(trace)!;
    const lines = columns(explanation, linesOf(explanation, false), { width: 80, ascii: true });
    expect(lines).toEqual([
      '   step                              source target bit shows',
      '      1  job: start T0, hook linked  s90@0  -      0   s90@0',
      '         ... 84 unrelated steps ...',
      '!1   86  g1: write.start             s90@0  -      0   s90@0',
      '     87  g1: write.send c45          s90@0  -      0   s90@0',
      'X2   88  g1: write.land c45 s90.g1   s90.g1 -      0   s90.g1 X',
    ]);
  });

  it('has no colour', () => {
    for (const trace of TRACES) expect(traceColumns(trace).join('')).not.toMatch(/\p{Cc}/u);
  });

  it('does without observations', () => {
    const bare = { ...RACE, schedule: RACE.schedule.map((step) => ({ ...step, saw: '' })) };
    expect(traceColumns(bare)).toEqual(traceColumns(RACE));
  });
});
