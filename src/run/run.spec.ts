/** A run can be looked at after any of its steps, in any order, and is the same each time. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../explain/explanation.ts';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import type { FailingTrace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { type Grid, gridOf } from './grid.ts';
import { Run } from './run.ts';
import { holdingTraceOf, runOfTrace, traceOfRun } from './of-trace.ts';

const folder = join(import.meta.dirname, '../../traces/gallery');
const gallery = readdirSync(folder).map((name) => ({ name, trace: readTrace(readFileSync(join(folder, name), 'utf8')) as FailingTrace }));

const sectorsShown = (run: Run): number[] => gridOf(run, run.length).columns.flatMap(({ sectors }) => sectors);

describe.each(gallery)('$name', ({ trace }) => {
  const { run, parted } = runOfTrace(trace);

  it('is followed to its end, and breaks where and as the trace says', () => {
    expect(parted).toBeNull();
    expect(run.broken).toMatchObject({ step: trace.verdict.step, violation: { property: trace.verdict.property } });
  });

  it('looks the same whatever was looked at before', () => {
    const inOrder: Grid[] = Array.from({ length: run.length + 1 }, (_, n) => gridOf(run, n));
    const random = randomNumbers('any order');
    for (let i = 0; i < 40; i++) {
      const n = random.below(run.length + 1);
      expect(gridOf(run, n)).toEqual(inOrder[n]);
    }
  });

  it('shows something wrong in the step that broke it, if it is a sector that the backup shows, and never before', () => {
    const { sector, property, expected } = trace.verdict;
    const wrongAfter = (n: number): (string | null)[] =>
      gridOf(run, n)
        .rows.find(({ name }) => name === 'backup shows')!
        .cells.map(({ want }) => want);
    for (let n = 0; n < run.length; n++) expect(wrongAfter(n).filter((want) => want !== null)).toEqual([]);
    if (property !== 'snapshot-kept' || sector === undefined) return;
    expect(wrongAfter(run.length)[sectorsShown(run).indexOf(sector)]).toBe(expected === 'zero' ? '∅' : expected);
  });

  it('becomes a trace again, which explain says the same of', () => {
    expect(explain(traceOfRun(run))!.sentence).toBe(explain(trace)!.sentence);
  });
});

it('shows of a large disk what the run is about', () => {
  const trace = gallery[0]!.trace;
  const disk = { ...trace.scenario.disk, sectors: 10_000, zero: [] };
  const guest = [{ id: 'g1', kind: 'write', first: 5_000, count: 2, after: [], early: false }] as const;
  const { run } = runOfTrace({
    ...trace,
    scenario: {
      ...trace.scenario,
      mode: 'full',
      disk: { sectors: 10_000, clusterSectors: 2, zero: [], discardReads: disk.discardReads },
      guest,
    },
    schedule: [],
  });
  expect(gridOf(run, 0).columns).toEqual([0, 2500, 4999].map((cluster) => ({ cluster, sectors: [cluster * 2, cluster * 2 + 1] })));
});

it.each([16, 130])('goes on from anywhere as a run that was never elsewhere, on a disk of %i sectors', (sectors) => {
  const { scenario } = gallery.find(({ name }) => name.startsWith('waitForOverlappingCopies'))!.trace;
  const setting = { job: 'correct', without: [], wake: 'any', effects: 'cluster', requestsMin: 0 } as const;
  const large = { ...scenario, disk: { ...scenario.disk, sectors } };
  const [run, random] = [new Run(large, setting), randomNumbers('elsewhere')];
  for (let i = 0; i < 12; i++) {
    run.cut(random.below(run.length + 1));
    for (let ready = run.readyAfter(run.length), n = 0; ready.length > 0 && n < 40; ready = run.readyAfter(run.length), n++) {
      run.show(random.below(run.length + 1));
      run.take(ready[random.below(ready.length)]!);
    }
    const other = new Run(large, setting);
    for (const { id } of run.steps) other.take(id);
    expect(run.steps).toEqual(other.steps);
    for (const n of [run.length, random.below(run.length + 1)]) {
      expect(gridOf(run, n)).toEqual(gridOf(other, n));
      expect([...run.machine.world.cells]).toEqual([...other.machine.world.cells]);
      expect([run.machine.world.hashLow, run.machine.world.hashHigh]).toEqual([other.machine.world.hashLow, other.machine.world.hashHigh]);
      expect(run.readyAfter(n)).toEqual(other.readyAfter(n));
    }
  }
});

describe('a run that holds', () => {
  const lesson = readTrace(readFileSync(join(import.meta.dirname, '../../traces/lessons/old-first.trace.yaml'), 'utf8'));
  const { run } = runOfTrace(lesson);

  it('becomes the trace that it came from, once it has come to its end', () => {
    expect(lesson.verdict).toBeNull();
    expect(holdingTraceOf(run)).toEqual(lesson);
  });

  it('is none before', () => {
    run.cut(run.length - 1);
    expect(holdingTraceOf(run)).toBeNull();
  });
});
