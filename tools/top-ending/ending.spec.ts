/** The end of TOP: search finds it from nothing, and what docs/top-ending.md says of its neighbours is so. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Benches, runUnit } from '../../src/search/campaign/campaign.ts';
import { generated } from '../../src/scenarios/sources.ts';
import type { FailingTrace } from '../../src/trace/format.ts';
import { readFailing } from '../../src/testing.ts';
import { CASES, type EndingCase, adapt } from './cases.ts';
import { ConstrainedProperties, RULED_OUT } from './constraints.ts';
import type { Outcome } from './outcome.ts';
import { scopeOf, searchEnding, settingOf } from './search.ts';

const OUTCOMES = JSON.parse(readFileSync(new URL('../../docs/top-ending.json', import.meta.url), 'utf8')) as Outcome[];
const BREAKING = OUTCOMES.filter(({ verdict }) => verdict === 'breaks');
const caseOf = (name: string): EndingCase => CASES.find((ending) => ending.name === name)!;
const traceOf = (name: string): FailingTrace =>
  readFailing(readFileSync(new URL(`../../traces/gallery/top-ending-${name}.trace.yaml`, import.meta.url), 'utf8'));

describe('search', () => {
  it('finds the end of TOP from nothing, in the order in which QEMU wakes', () => {
    const scope = { clusters: 4, clusterSectors: 2, writes: 3 }; // as `check` does
    const setting = { effects: 'sector', wake: 'qemu', without: ['drainBeforeUnhook'], requestsMin: 3 } as const;
    const { found } = runUnit(
      { seed: 'from nothing', strategy: 'portfolio', setting, keepGoing: false },
      generated(scope),
      { mode: 'top', number: 0, schedules: 20_000 },
      new Benches(),
      () => false,
    );
    expect(found.map(({ violation, cause }) => [violation.property, cause])).toEqual([['snapshot-kept', ['drainBeforeUnhook']]]);
  });
});

describe('docs/top-ending.json', () => {
  it('has each case in any order, and where that breaks, in the order of QEMU', () => {
    for (const ending of CASES) {
      const outcomes = OUTCOMES.filter(({ name }) => name === ending.name);
      expect(outcomes.map(({ wake }) => wake)).toEqual(outcomes[0]!.verdict === 'holds' ? ['any'] : ['any', 'qemu']);
      for (const { scope, wake } of outcomes) expect(scope).toBe(scopeOf(ending, wake));
    }
    expect(OUTCOMES.every(({ name }) => CASES.some((ending) => ending.name === name))).toBe(true);
  });

  /** All scenarios take minutes; those of one cluster and writes show whether a constraint still works. */
  it.each(OUTCOMES.filter(({ verdict }) => verdict === 'holds'))('$name holds', ({ name, wake }) => {
    const { smallest, scenarios } = searchEnding({ ...caseOf(name), clusters: 1 }, wake, ({ guest }) =>
      guest.every(({ kind }) => kind === 'write'),
    );
    expect(smallest).toBeNull();
    expect(scenarios).toBeGreaterThan(20);
  });

  it.each(BREAKING)(
    '$name breaks, $wake, by the schedule that is told and within its constraints',
    ({ name, wake, scenario, schedule, property }) => {
      expect(brokenBy(scenario!, schedule!, caseOf(name), wake)).toEqual([...schedule!.slice(1).map(() => null), property]);
    },
  );
});

describe('the traces of the gallery', () => {
  const kept = BREAKING.filter(({ name, wake }) => wake === 'qemu' && !caseOf(name).marksSkipped).map(({ name }) => name);

  it('are those of the cases that break', () => {
    expect(kept).toEqual(['lookup-late', 'two-clusters', 'throttled']);
  });

  it.each(kept)('%s keeps to the constraints of its case, in the order of QEMU', (name) => {
    const { wake, scenario, schedule, verdict } = traceOf(name);
    expect([
      wake,
      brokenBy(
        scenario,
        schedule.map(({ who, what }) => `${who}: ${what}`),
        caseOf(name),
        'qemu',
      ).at(-1),
    ]).toEqual(['qemu', verdict.property]);
  });

  it.each(['lookupsAtOnce', 'lookupsWhileHooked'] as const)('of a late lookup is ruled out by %s', (constraint) => {
    const { scenario, schedule } = traceOf('lookup-late');
    expect(
      brokenBy(
        scenario,
        schedule.map(({ who, what }) => `${who}: ${what}`),
        { ...caseOf('lookup-late'), constraints: [constraint] },
        'qemu',
      ),
    ).toContain(RULED_OUT);
  });
});

/** What each step breaks, null if nothing. */
function brokenBy(scenario: Scenario, schedule: readonly string[], ending: EndingCase, wake: 'any' | 'qemu'): (string | null)[] {
  const machine = new Machine(shapeOf(scenario, settingOf(ending, wake)));
  adapt(machine, ending);
  const properties = new ConstrainedProperties(machine, ending.constraints);
  machine.load(scenario);
  machine.begin();
  properties.begin();
  return schedule.map((line) => {
    const coroutine = machine.coroutines.all.find(
      (one) => !one.hasEnded && line === `${machine.coroutineName(one)}: ${machine.stepName(one.pending)}`,
    )!;
    const step = coroutine.pending;
    expect(machine.coroutines.isReady(coroutine.id)).toBe(true);
    machine.step(coroutine.id);
    return properties.after(coroutine, step)?.property ?? null;
  });
}
