/** A run of ten thousand steps is looked at as quickly as one of ten, and fills the page no more. */
import { type Page, expect } from '@playwright/test';
import { randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { recordHolding } from '../../src/replay/record.ts';
import { writeTrace } from '../../src/trace/write.ts';
import { cellsAfter, runOf, sentenceAfter } from './engine.ts';
import { everyDetail, open, openOwn, scrubTo, shown, shownToBe, test, traceOf } from './screen.ts';

const SCRUBS = 200;
/** From here on people feel that a page does not follow (W3C, Long Tasks). */
const LONG_TASK_MS = 50;
/** Whatever else the machine does may make a task late, but not the same one each time. */
const ROUNDS = 8;

/** FULL, of a large disk, by the correct job: about six steps a cluster. */
function longTrace(): ReturnType<typeof recordHolding> {
  const { scenario } = traceOf('waitForOverlappingCopies');
  return recordHolding({
    scenario: { ...scenario, disk: { ...scenario.disk, sectors: 3_400 } },
    setting: { job: 'correct', without: [], wake: 'any', effects: 'cluster', requestsMin: 0 },
    steps: [],
  });
}

test('a run of 10,000 steps is scrubbed through', async ({ page }, info) => {
  const trace = longTrace();
  expect(trace.schedule.length).toBeGreaterThanOrEqual(10_000);
  await openOwn(page, writeTrace(trace), info);
  await everyDetail(page);
  const run = runOf(trace);
  const random = randomNumbers('scrub');
  const places = Array.from({ length: SCRUBS }, () => random.below(run.length + 1));
  for (const n of places.slice(0, 10)) {
    await scrubTo(page, n);
    await shownToBe(page, {
      at: n,
      length: run.length,
      isBroken: false,
      sentence: sentenceAfter(run, n),
      cells: cellsAfter(run, n),
    });
  }
  const { late, nodes, isObserved } = await scrubbed(page, places);
  expect(isObserved, 'a task that is long on purpose is seen to be').toBe(true);
  expect(late, `places that took over ${LONG_TASK_MS} ms ${ROUNDS} times`).toEqual([]);
  // What comes and goes is what is said of the step that is shown: a mark, a button that can be pressed.
  const [low, high] = [Math.min(...nodes), Math.max(...nodes)];
  expect(high - low, `from ${low} to ${high} nodes`).toBeLessThanOrEqual(20);
});

test('a step is shown at once, whichever it is', async ({ page }) => {
  await open(page, '#/bug/lost-bit');
  await everyDetail(page);
  const { length } = await shown(page);
  expect(length).toBeGreaterThan(20);
  const { late, isObserved } = await scrubbed(
    page,
    Array.from({ length }, (_, i) => i + 1),
  );
  expect(isObserved).toBe(true);
  expect(late, `steps that took over ${LONG_TASK_MS} ms ${ROUNDS} times`).toEqual([]);
});

interface Scrubbed {
  /** Places that were late in every round. */
  readonly late: number[];
  readonly nodes: number[];
  readonly isObserved: boolean;
}

/** Scrubs within the page, each time after the frame before has been drawn. */
function scrubbed(page: Page, places: readonly number[]): Promise<Scrubbed> {
  return page.evaluate(
    async ({ values, rounds, longMs }) => {
      const long: PerformanceEntry[] = [];
      const observer = new PerformanceObserver((list) => long.push(...list.getEntries()));
      observer.observe({ entryTypes: ['longtask'] });
      const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const timed = async (act: () => void): Promise<boolean> => {
        const before = long.length;
        const begin = performance.now();
        act();
        await frame();
        await frame();
        long.push(...observer.takeRecords());
        return long.slice(before).some(({ startTime, duration }) => startTime + duration > begin && duration > longMs);
      };
      await frame();
      const isObserved = await timed(() => {
        for (const end = performance.now() + 2 * longMs; performance.now() < end;);
      });
      const input = document.querySelector<HTMLInputElement>('.scrub [type=range]')!;
      const nodes: number[] = [];
      const scrub = (value: number): Promise<boolean> =>
        timed(() => {
          input.value = String(value);
          input.dispatchEvent(new Event('input', { bubbles: true }));
        });
      let late: number[] = [];
      for (const [i, value] of values.entries()) {
        if (await scrub(value)) late.push(i);
        nodes.push(document.querySelectorAll('*').length);
      }
      for (let round = 1; round < rounds; round++) {
        const again: number[] = [];
        for (const i of late) {
          await scrub(values[i - 1] ?? 0); // the same way as before
          if (await scrub(values[i]!)) again.push(i);
        }
        late = again;
      }
      observer.disconnect();
      return { late: late.map((i) => values[i]!), nodes, isObserved };
    },
    { values: [...new Set(places)], rounds: ROUNDS, longMs: LONG_TASK_MS },
  );
}
