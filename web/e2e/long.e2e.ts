/** A run of ten thousand steps is looked at as quickly as one of ten, and fills the page no more. */
import { type Page, expect } from '@playwright/test';
import { randomNumbers } from '../../src/explore/random-numbers.ts';
import { recordHolding } from '../../src/trace/record.ts';
import { writeTrace } from '../../src/trace/write.ts';
import { cellsAfter, runOf, sentenceAfter } from './engine.ts';
import { openOwn, scrubTo, shown, test, traceOf } from './screen.ts';

const SCRUBS = 200;
/** From here on people feel that a page does not follow (W3C, Long Tasks). */
const LONG_TASK_MS = 50;
/** A machine with two cores runs two of these tests at once, and whatever else: one task in so many may be late. */
const LATE_MAX = 2;

/** FULL, of a large disk, by the correct job: about six steps a cluster. */
function longTrace(): ReturnType<typeof recordHolding> {
  const { scenario } = traceOf('waitForOverlappingCopies');
  return recordHolding({ scenario: { ...scenario, disk: { ...scenario.disk, sectors: 3_400 } }, setting: { job: 'correct', without: [], wake: 'any', effects: 'cluster', requestsMin: 0 }, steps: [] });
}

test('a run of 10,000 steps is scrubbed through', async ({ page }, info) => {
  const trace = longTrace();
  expect(trace.schedule.length).toBeGreaterThanOrEqual(10_000);
  await openOwn(page, writeTrace(trace), info);
  const run = runOf(trace);
  const random = randomNumbers('scrub');
  const places = Array.from({ length: SCRUBS }, () => random.below(run.length + 1));
  for (const n of places.slice(0, 10)) {
    await scrubTo(page, n);
    expect(await shown(page)).toMatchObject({ at: n, length: run.length, isBroken: false, sentence: sentenceAfter(run, n), cells: cellsAfter(run, n) });
  }
  const { tasks, nodes } = await scrubbed(page, places);
  info.annotations.push({ type: 'longest tasks in ms', description: tasks.slice(0, 5).map(Math.round).join(', ') });
  expect(tasks.filter((ms) => ms > LONG_TASK_MS).length, `long tasks: ${tasks.map(Math.round).join(', ')} ms`).toBeLessThanOrEqual(LATE_MAX);
  // Where the window of steps is whole, there are as many nodes, but for the marks of what is there.
  const [low, high] = [Math.min(...nodes), Math.max(...nodes)];
  expect(high - low, `from ${low} to ${high} nodes`).toBeLessThanOrEqual(low * 0.1);
});

/** Scrubs within the page, each time after the frame before has been drawn. */
function scrubbed(page: Page, places: readonly number[]): Promise<{ tasks: number[]; nodes: number[] }> {
  return page.evaluate(async (values) => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ entryTypes: ['longtask'] });
    const input = document.querySelector<HTMLInputElement>('.scrub input')!;
    const nodes: number[] = [];
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    for (const value of values) {
      input.value = String(value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await frame();
      nodes.push(document.querySelectorAll('*').length);
    }
    await frame();
    observer.disconnect();
    return { tasks: tasks.toSorted((a, b) => b - a), nodes };
  }, places);
}
