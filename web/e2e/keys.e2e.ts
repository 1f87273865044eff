/** Whatever keys are pressed in whatever order, the page shows what the engine says of that step. */
import { expect } from '@playwright/test';
import { randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import type { Run } from '../../src/run/run.ts';
import { cellsAfter, changesOf, runOf, sentenceAfter } from './engine.ts';
import { everyDetail, gallery, open, shown, shownToBe, test } from './screen.ts';

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
      const { length } = run;
      const why = isBroken ? expect.any(String) : null;
      const wanted = { at, length, sentence: sentenceAfter(run, at), isBroken, why, cells: cellsAfter(run, at) };
      await shownToBe(page, wanted, `after press ${i + 1}, ${key}`);
    }
  });

  test(`back through ${name} looks as forward`, async ({ page }) => {
    await open(page, `#/bug/${name}`);
    await everyDetail(page);
    const forward = [await shown(page)];
    for (let n = 1; n <= forward[0]!.length; n++) {
      await page.keyboard.press('ArrowRight');
      await shownToBe(page, { at: n });
      forward.push(await shown(page));
    }
    for (let n = forward.length - 2; n >= 0; n--) {
      await page.keyboard.press('ArrowLeft');
      await shownToBe(page, forward[n]!);
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
    await shownToBe(page, { at }, `typed ${typed}`);
  }
});

test('keys go where one types, not to the run', async ({ page }) => {
  await open(page, '#/bug/drainBeforeUnhook');
  await page.keyboard.press('?');
  await expect(page.locator('dialog[open]')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
  await shownToBe(page, { at: 0 });
});
