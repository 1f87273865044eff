/** Whatever keys are pressed in whatever order, the page shows what the engine says of that step. */
import { expect } from '@playwright/test';
import { randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import type { Run } from '../../src/run/run.ts';
import { cellsAfter, changesOf, runOf, sentenceAfter } from './engine.ts';
import { everyDetail, gallery, open, shown, test } from './screen.ts';

/** Where each key leads, computed without the page. */
const KEYS: Readonly<Record<string, (at: number, run: Run) => number>> = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  PageDown: (at) => at + 10,
  PageUp: (at) => at - 10,
  Home: () => 0,
  End: (_, { length }) => length,
  n: (at, run) => changesOf(run).find((n) => n > at) ?? run.length,
  p: (at, run) => changesOf(run).findLast((n) => n < at) ?? 0,
  f: (_, { broken }) => broken!.step,
};
const PRESSES = 60;

/** Spread over the gallery: three by day, nine at night (`--all` of tools/e2e). */
const EVERY = process.env['COWCHECK_E2E'] === 'all' ? 6 : 18;

for (const [name, trace] of gallery.filter((_, i) => i % EVERY === 0)) {
  test(`a random walk through ${name}`, async ({ page }) => {
    const run = runOf(trace);
    const random = randomNumbers(`keys of ${name}`);
    await open(page, `#/bug/${name}`);
    await everyDetail(page);
    let at = 0;
    for (let i = 0; i < PRESSES; i++) {
      const key = Object.keys(KEYS)[random.below(Object.keys(KEYS).length)]!;
      at = Math.max(0, Math.min(run.length, KEYS[key]!(at, run)));
      await page.keyboard.press(key);
      const isBroken = at >= run.broken!.step;
      expect(await shown(page), `after press ${i + 1}, ${key}`).toEqual({
        at,
        length: run.length,
        sentence: sentenceAfter(run, at),
        isBroken,
        why: isBroken ? expect.any(String) : null,
        cells: cellsAfter(run, at),
      });
    }
  });

  test(`back through ${name} looks as forward`, async ({ page }) => {
    await open(page, `#/bug/${name}`);
    await everyDetail(page);
    const forward = [await shown(page)];
    for (let n = 1; n <= forward[0]!.length; n++) {
      await page.keyboard.press('ArrowRight');
      forward.push(await shown(page));
    }
    for (let n = forward.length - 2; n >= 0; n--) {
      await page.keyboard.press('ArrowLeft');
      expect(await shown(page)).toEqual(forward[n]);
    }
  });
}

test('g asks for a number, and goes there', async ({ page }) => {
  await open(page, '#/bug/drainBeforeUnhook');
  for (const [typed, at] of [
    ['7', 7],
    ['0', 0],
    ['99', 13],
    ['x', 13],
    ['', 0],
    [null, 0],
  ] as const) {
    page.once('dialog', (dialog) => void (typed === null ? dialog.dismiss() : dialog.accept(typed)));
    await page.keyboard.press('g');
    expect((await shown(page)).at, `typed ${typed}`).toBe(at);
  }
});

test('keys go where one types, not to the run', async ({ page }) => {
  await open(page, '#/bug/drainBeforeUnhook');
  await page.keyboard.press('?');
  await expect(page.locator('dialog[open]')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
  expect((await shown(page)).at).toBe(0);
});
