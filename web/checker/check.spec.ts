/** The checker of the page says of every scenario of the gallery what the traces say, and no more than it has searched. */
import { describe, expect, it } from 'vitest';
import type { Trace } from '../../src/trace/format.ts';
import { settingOf } from '../../src/replay/replay.ts';
import { GALLERY } from '../play/testing.ts';
import { correctTrace } from '../play/setup.ts';
import { compareCosts } from '../play/score.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';
import { Run } from '../../src/run/run.ts';
import { check } from './check.ts';
import type { Check, Found } from './question.ts';
import { foundWords } from './words.ts';

const asked = (trace: Trace, kind: Check['kind']): Check => ({ kind, scenario: trace.scenario, setting: settingOf(trace) });
const found = (trace: Trace, kind: Check['kind'], bytesMax?: number): Found => check(asked(trace, kind), () => {}, bytesMax);

describe('check', () => {
  it.each([...GALLERY])('says that %s can be broken, in a way that breaks it, and that the correct job can not', (_, trace) => {
    for (const kind of ['any', 'cheapest'] as const) {
      const broken = found(trace, kind);
      if (broken.is !== 'broken') throw new Error(`it is said to be ${broken.is}`);
      const run = new Run(trace.scenario, settingOf(trace));
      for (const id of broken.way.ids) run.take(id);
      expect(run.broken).toMatchObject({ step: broken.way.ids.length, violation: { property: broken.way.property } });
      expect(run.preemptions(run.length)).toBe(broken.way.preemptions);
      expect(found(correctTrace(trace), kind)).toMatchObject({ is: 'holds' });
    }
  });

  it.each([...GALLERY])('finds no worse a way than that of %s', (_, trace) => {
    const cheapest = found(trace, 'cheapest');
    const { run } = runOfTrace(trace);
    if (cheapest.is !== 'broken') throw new Error(`it is said to be ${cheapest.is}`);
    expect(cheapest.way.isCheapest).toBe(true);
    expect(
      compareCosts(
        { preemptions: cheapest.way.preemptions, steps: cheapest.way.ids.length },
        { preemptions: run.preemptions(run.length), steps: run.length },
      ),
    ).toBeLessThanOrEqual(0);
  });

  it('says that the memory was full, and that what was not searched may break', () => {
    const correct = correctTrace(GALLERY.get('top-ending-two-clusters')!);
    const full = found(correct, 'cheapest', 2 ** 16);
    expect(full.is).toBe('memory');
    expect(foundWords(full, asked(correct, 'cheapest'))).toMatch(/^After \d+ states the memory was full .* may break\.$/);
  });

  it('tells how far it is', () => {
    const six = GALLERY.get('everyBitIsLookedUp')!.scenario;
    const guest = [0, 1, 2, 3].map((n) => ({ ...six.guest[0]!, id: `g${n}`, after: [] }));
    const told: number[] = [];
    check(
      { kind: 'cheapest', scenario: { ...six, guest }, setting: { ...settingOf(GALLERY.get('everyBitIsLookedUp')!), without: [] } },
      (states) => told.push(states),
      2 ** 24,
    );
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });
});

describe('foundWords', () => {
  const trace = GALLERY.get('copyBeforeWrite')!;

  it('names the bound of what holds, and never says proven', () => {
    const words = foundWords(found(correctTrace(trace), 'any'), asked(trace, 'any'));
    expect(words).toMatch(
      new RegExp(
        String.raw`^Tried every order \(\d+ states\): nothing breaks\. ` +
          String.raw`This covers this scenario only \((FULL|NONE), .*\)\.$`,
      ),
    );
    expect(words).not.toMatch(/prove/i);
  });

  it('says less of a search that was stopped', () => {
    expect(foundWords({ is: 'stopped', states: 1 }, asked(trace, 'any'))).toBe(
      'Stopped after 1 state: nothing found so far, and what was not searched may break.',
    );
  });
});
