import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../model/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Experiment } from '../explore/experiment.ts';
import { failingRuns, settingWithout, traceOf } from '../testing.ts';
import type { Trace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { recordTrace } from '../trace/record.ts';
import { settingOf } from '../trace/replay.ts';
import { traceColumns } from './columns.ts';

/** A trace of these steps, in which something breaks without these rules. */
function played(scenario: Parameters<typeof recordTrace>[0]['scenario'], setting: ReturnType<typeof settingWithout>, ...lines: string[]): Trace {
  const { machine } = new Experiment(scenario, setting);
  const steps = lines.map((line) => ({ who: line.split(': ')[0]!, step: machine.parseStep(line.split(': ')[1]!)! }));
  return recordTrace({ scenario, setting, steps }, { minimal: 'not tried' });
}

const WITHOUT_WAIT = settingWithout(['waitForOverlappingCopies'], { effects: 'cluster', requestsMin: 0 });
const RACE = played(
  smallScenario('full', [request('g1', 'write', [2, 1])], { sectors: 4, zero: [3] }),
  WITHOUT_WAIT,
  'job: start', 'job: sleep c0', 'g1: write.start', 'g1: copy.read c1', 'g1: copy.took c1', 'g1: copy.data c1', 'job: copy.read c0', 'job: copy.took c0', 'job: copy.data c0', 'job: copy.store c0', 'job: copy.land c0', 'job: copy.done c0', 'job: sleep c1',
  'g1: copy.store c1', 'g1: copy.land c1', 'g1: copy.done c1', 'g1: write.send c1', 'g1: write.land c1', 'g1: write.done', 'job: copy.read c1', 'job: copy.took c1', 'job: copy.data c1', 'job: copy.store c1', 'job: copy.land c1',
);

/** Short ones, as they are kept, and long ones, as they were found. */
const KEPT = new URL('../../traces/gallery/', import.meta.url);
const TRACES: readonly Trace[] = [...readdirSync(KEPT).map((name) => readTrace(readFileSync(new URL(name, KEPT), 'utf8'))), ...failingRuns().map(traceOf)];

const widest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));

describe('traceColumns', () => {
  it('lays a trace out: a lane for each coroutine, then what the sector in question shows', () => {
    expect(traceColumns(RACE)).toEqual([
      'step  job                      g1                      source  target  shows',
      '   1  start T0, hook linked                            s2@0    -       s2@0',
      '   2  sleep c0                                         s2@0    -       s2@0',
      '   3                           write.start             s2@0    -       s2@0',
      '   4                           copy.read c1            s2@0    -       s2@0',
      '   5                           copy.took c1 s2@0 zero  s2@0    -       s2@0',
      '   6                           copy.data c1            s2@0    -       s2@0',
      '   7  copy.read c0                                     s2@0    -       s2@0',
      '   8  copy.took c0 s0@0 s1@0                           s2@0    -       s2@0',
      '   9  copy.data c0                                     s2@0    -       s2@0',
      '  10  copy.store c0                                    s2@0    -       s2@0',
      '  11  copy.land c0 s0@0 s1@0                           s2@0    -       s2@0',
      '  12  copy.done c0                                     s2@0    -       s2@0',
      '  13  sleep c1                                         s2@0    -       s2@0',
      '  14                           copy.store c1           s2@0    -       s2@0',
      '  15                           copy.land c1 s2@0       s2@0    s2@0    s2@0',
      '  16                           copy.done c1            s2@0    s2@0    s2@0',
      '  17                           write.send c1           s2@0    s2@0    s2@0',
      '  18                           write.land c1 s2.g1     s2.g1   s2@0    s2@0',
      '  19                           write.done              s2.g1   s2@0    s2@0',
      '  20  copy.read c1                                     s2.g1   s2@0    s2@0',
      '  21  copy.took c1 s2.g1 zero                          s2.g1   s2@0    s2@0',
      '  22  copy.data c1                                     s2.g1   s2@0    s2@0',
      '  23  copy.store c1                                    s2.g1   s2@0    s2@0',
      '  24  copy.land c1 s2.g1                               s2.g1   s2.g1   s2.g1',
    ]);
  });

  it('puts all into one lane, with names, where several do not fit side by side', () => {
    const lines = traceColumns(RACE, 70);
    expect(widest(lines)).toBeLessThanOrEqual(70);
    expect(lines.slice(0, 4)).toEqual([
      'step                                source  target  shows',
      '   1  job: start T0, hook linked    s2@0    -       s2@0',
      '   2  job: sleep c0                 s2@0    -       s2@0',
      '   3  g1: write.start               s2@0    -       s2@0',
    ]);
    expect(lines.at(-1)).toBe('  24  job: copy.land c1 s2.g1       s2.g1   s2.g1   s2.g1');
    expect(lines).toHaveLength(traceColumns(RACE).length);
  });

  it('does so only where they do not fit', () => {
    const wide = widest(traceColumns(RACE, 1_000));
    expect(traceColumns(RACE, wide)).toEqual(traceColumns(RACE, 1_000));
    expect(traceColumns(RACE, wide - 1)).toEqual(traceColumns(RACE, 70));
  });

  it('shows no state where no sector is in question', () => {
    const trace = played(smallScenario('none', [], {}), settingWithout(['cancelWakesParkedJob'], { requestsMin: 0 }), 'job: start', 'user: cancel');
    expect(traceColumns(trace)).toEqual(['step  job                    user', '   1  start T0, hook linked', '   2                         cancel']);
  });

  it('shows nothing of the backup before T0, which may come late, and nothing of the target before it was written', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [0, 1], { early: true }), request('g2', 'write', [0, 1])], { sectors: 2, zero: [1] });
    const trace = played(scenario, settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 }), 'g1: write.start', 'g1: write.send c0', 'g1: write.land c0', 'g1: write.done', 'job: start', 'g2: write.start', 'g2: write.send c0', 'g2: write.land c0');
    const states = traceColumns(trace).map((line) => line.split(/\s+/).slice(-3).join(' '));
    expect(states).toEqual(['source target shows', 's0@0 - -', 's0@0 - -', 's0.g1 - -', 's0.g1 - -', 's0.g1 - s0.g1', 's0.g1 - s0.g1', 's0.g1 - s0.g1', 's0.g2 - s0.g2']);
  });

  it('shows at the step before the last what was expected, and at the last what came instead', () => {
    const wrong = TRACES.filter(({ verdict, schedule }) => verdict.got !== undefined && verdict.detail.includes('the backup shows it') && !verdict.detail.includes('at T0') && schedule.length > 1);
    expect(wrong.length).toBeGreaterThan(30);
    for (const trace of wrong) {
      const [before, last] = traceColumns(trace, 400).slice(-2).map((line) => line.split(/\s+/).at(-1));
      expect({ before, last }).toEqual({ before: trace.verdict.expected, last: trace.verdict.got });
    }
  });

  it('keeps the order of lanes: the job, the user, the guests by their numbers', () => {
    const scenario = smallScenario('full', [request('g9', 'write', [0, 1]), request('g10', 'write', [2, 1])], { sectors: 4, zero: [3], cancel: true });
    const trace = played(scenario, settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 }), 'job: start', 'g10: write.start', 'g9: write.start', 'user: cancel', 'g10: write.send c1', 'g9: write.send c0', 'g10: write.land c1');
    expect(trace.verdict.step).toBe(7);
    expect(traceColumns(trace, 120)[0]!.split(/ +/)).toEqual(['step', 'job', 'user', 'g9', 'g10', 'source', 'target', 'shows']);
  });

  it('shows what errors did, in the lane of whoever met them', () => {
    const scenario: Scenario = {
      ...smallScenario('full', [request('g1', 'write', [0, 2])], { sectors: 4, zero: [3] }),
      faults: [{ side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 }],
      onError: { source: 'report', target: 'enospc' },
      resume: true,
    };
    const trace = played(scenario, settingWithout(['retrySameClusterAfterError'], { effects: 'cluster', requestsMin: 0 }), 'job: start', 'job: sleep c0', 'job: copy.read c0', 'job: copy.took c0', 'job: copy.data c0', 'job: copy.store c0', 'operator: resume.stopped', 'job: paused c1', 'job: copy.read c1', 'job: copy.took c1', 'job: copy.data c1', 'job: copy.store c1', 'job: copy.land c1', 'job: copy.done c1', 'job: close');
    expect(traceColumns(trace, 100)).toEqual([
      'step  job                            operator        source  target  shows',
      '   1  start T0, hook linked                          s0@0    -       s0@0',
      '   2  sleep c0                                       s0@0    -       s0@0',
      '   3  copy.read c0                                   s0@0    -       s0@0',
      '   4  copy.took c0 s0@0 s1@0                         s0@0    -       s0@0',
      '   5  copy.data c0                                   s0@0    -       s0@0',
      '   6  copy.store c0 ENOSPC, stopped                  s0@0    -       s0@0',
      '   7                                 resume.stopped  s0@0    -       s0@0',
      '   8  paused c1                                      s0@0    -       s0@0',
      '   9  copy.read c1                                   s0@0    -       s0@0',
      '  10  copy.took c1 s2@0 zero                         s0@0    -       s0@0',
      '  11  copy.data c1                                   s0@0    -       s0@0',
      '  12  copy.store c1                                  s0@0    -       s0@0',
      '  13  copy.land c1 s2@0                              s0@0    -       s0@0',
      '  14  copy.done c1 hook unlinked                     s0@0    -       s0@0',
      '  15  close COMPLETED                                s0@0    -       s0@0',
    ]);
  });

  it('keeps the operator with the job and the user, before the guests', () => {
    const scenario: Scenario = { ...smallScenario('full', [request('g1', 'write', [0, 1])], { sectors: 2, zero: [1], cancel: true }), pause: true };
    const trace = played(scenario, settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 }), 'job: start', 'g1: write.start', 'operator: pause', 'user: cancel', 'g1: write.send c0', 'g1: write.land c0');
    expect(traceColumns(trace, 120)[0]!.split(/ +/).slice(0, 5)).toEqual(['step', 'job', 'user', 'operator', 'g1']);
  });

  it('has a line for each step, as the trace has it, and ends with the one that broke', () => {
    for (const trace of TRACES) {
      const lines = traceColumns(trace, 400);
      const texts = trace.schedule.map(({ what, saw }) => (saw === '' ? what : `${what} ${saw}`));
      if (lines.length - 1 === texts.length) expect(lines.slice(1).map((line) => Number(line.slice(0, 4)))).toEqual(texts.map((_, i) => i + 1));
      else expect(lines[5]).toContain('...');
      for (const [i, line] of lines.slice(1, 5).entries()) expect(line).toContain(texts[i]);
      expect(lines.at(-1)).toContain(texts.at(-1));
      expect(lines.at(-1)!.slice(0, 4)).toBe(String(texts.length).padStart(4));
    }
  });

  it('is no wider than asked, where names allow it, and has nothing at the ends of lines', () => {
    let wide = 0;
    for (const trace of TRACES) {
      for (const width of [77, 80]) {
        const lines = traceColumns(trace, width);
        if (lines[0] !== traceColumns(trace, 400)[0]) wide++;
        expect(widest(lines)).toBeLessThanOrEqual(width);
        for (const line of lines) expect(line).toBe(line.trimEnd());
      }
    }
    expect(wide).toBeGreaterThan(5); // some had to be put into one lane
  });

  it('folds a long trace: its first four steps, how many were left out, and its last sixteen', () => {
    const guest = request('g1', 'write', [90, 1]);
    const sweep = Array.from({ length: 12 }, (_, c) => [`job: sleep c${c}`, ...['read', 'took', 'data', 'store', 'land', 'done'].map((step) => `job: copy.${step} c${c}`)]).flat();
    const trace = played(smallScenario('full', [guest], { sectors: 96, zero: [0] }), settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 }), 'job: start', ...sweep, 'g1: write.start', 'g1: write.send c45', 'g1: write.land c45');
    expect(trace.schedule).toHaveLength(88);
    const lines = traceColumns(trace);
    expect(lines).toHaveLength(1 + 4 + 1 + 16);
    expect(lines[5]).toBe('  ... 68 steps ...');
    expect([1, 4, 6, 21].map((i) => Number(lines[i]!.slice(0, 4)))).toEqual([1, 4, 73, 88]);
    expect(lines[0]).toContain('step  job');
  });

  it('folds what is longer than 48 lines with the head', () => {
    const scenario = smallScenario('full', [request('g1', 'write', [90, 1])], { sectors: 96, zero: [0] });
    const setting = settingWithout(['copyBeforeWrite'], { effects: 'cluster', requestsMin: 0 });
    const sweep = ['start', ...Array.from({ length: 12 }, (_, c) => ['sleep', 'copy.read', 'copy.took', 'copy.data', 'copy.store', 'copy.land', 'copy.done'].map((step) => `${step} c${c}`)).flat()].map((what) => `job: ${what}`);
    const linesFor = (steps: number): number => traceColumns(played(scenario, setting, ...sweep.slice(0, steps - 3), 'g1: write.start', 'g1: write.send c45', 'g1: write.land c45')).length;
    expect([46, 47, 48, 49].map(linesFor)).toEqual([47, 48, 22, 22]);
  });

  it('has no colour', () => {
    for (const trace of TRACES) expect(traceColumns(trace).join('')).not.toMatch(/\p{Cc}/u);
  });

  it('does without observations, and without steps', () => {
    const bare = { ...RACE, schedule: RACE.schedule.map((step) => ({ ...step, saw: '' })) };
    expect(traceColumns(bare).map((line) => line.trimEnd().split(/\s+/).slice(-3))).toEqual(traceColumns(RACE).map((line) => line.split(/\s+/).slice(-3)));
    expect(() => traceColumns({ ...RACE, schedule: [] })).not.toThrow();
    expect(settingOf(RACE).without).toEqual(['waitForOverlappingCopies']);
  });
});
