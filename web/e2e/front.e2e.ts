/** The first screen: a backup that a newcomer breaks within ten presses of the marked control, with everything in sight. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Page, expect } from '@playwright/test';
import { PAGE, everyDetail, open, shown, shownToBe, test } from './screen.ts';

const ACTIONS_MAX = 10;

/** Presses the one control that is marked, until the backup is broken. */
async function followMarks(page: Page): Promise<number> {
  const win = page.locator('dialog[data-win]');
  for (let actions = 1; actions <= ACTIONS_MAX; actions++) {
    await expect(page.locator('[data-primary]:visible')).toHaveCount(1);
    await page.locator('[data-primary]:visible').click();
    const isLast = (await page.locator('.choices [data-primary], .tries [data-primary]').count()) === 0;
    if (!isLast) continue;
    await expect(win).toBeVisible();
    return actions;
  }
  return ACTIONS_MAX + 1;
}

const boxes = (page: Page): Promise<string[]> =>
  page.locator('.choices button, table.grid td.cell, table.grid th, .verdict').evaluateAll((all) =>
    all.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height].map((n) => Math.round(n)).join(' ');
    }),
  );

for (const [width, height] of [
  [1440, 900],
  [1280, 720],
  [390, 844],
] as const) {
  test.describe(`${width} x ${height}`, () => {
    test.use({ viewport: { width, height } });
    test('is broken by the marked control alone, and nothing moves or leaves the screen', async ({ page }) => {
      await open(page, '#/');
      await expect(page.locator('h1')).toContainText('Three moves break it');
      const before = await boxes(page);
      for (const part of ['.grid tbody', '.choices', '.verdict']) await expect(page.locator(part).first()).toBeInViewport({ ratio: 0.99 });
      expect(await followMarks(page)).toBeLessThanOrEqual(ACTIONS_MAX);
      await expect(page.locator('[data-win]')).toContainText('You broke it in 3 moves');
      await expect(page.locator('[data-win] img')).toHaveJSProperty('complete', true);
      const naturalWidth = () => page.locator('[data-win] img').evaluate((img: HTMLImageElement) => img.naturalWidth);
      await expect.poll(naturalWidth).toBeGreaterThan(100);
      await expect(page.locator('[data-copy]')).toHaveCount(0); // no link to a file leads anybody else anywhere
      await page.locator('[data-win] button', { hasText: 'look at it' }).click();
      await expect(page.locator('.verdict.broken h2')).toBeInViewport();
      await expect.poll(() => boxes(page)).toEqual(before);
    });
  });
}

test('the one control that is marked is filled, and is a move where no help was asked for', async ({ page }) => {
  await open(page, '#/');
  const marked = page.locator('[data-primary]:visible');
  const fill = (): Promise<string> => marked.evaluate((control) => getComputedStyle(control).backgroundColor);
  const others = page.locator('.choice:not([data-primary])');
  await expect(marked).toHaveClass(/choice/);
  const filled = await fill();
  expect(await others.first().evaluate((control) => getComputedStyle(control).backgroundColor)).not.toBe(filled);
  await page.locator('[data-safe]').click();
  await expect(page.locator('.tries')).toContainText('Showing a safe order');
  for (const who of ['job', 'g1', 'g2']) await expect(page.locator(`.choice[data-who=${who}]`)).not.toContainText('is done');
  await marked.click();
  await expect(marked).toHaveText('Now break it');
  expect(await fill()).toBe(filled);
  await marked.click();
  await expect(marked).toHaveClass(/choice/);
  await marked.click();
  await expect(marked).toHaveText('Mark the next move (costs a star)');
  expect(await fill()).toBe(filled);
});

test('where others can open the page, the win card has a link to pass on', async ({ page }) => {
  await page.route('http://cowcheck.test/', (route) =>
    route.fulfill({ contentType: 'text/html', body: readFileSync(fileURLToPath(PAGE)) }),
  );
  await page.goto('http://cowcheck.test/');
  await followMarks(page);
  await expect(page.locator('[data-copy]')).toBeEnabled();
});

test('the same place is always the same coroutine, however often it is pressed', async ({ page }) => {
  await open(page, '#/play');
  await page.locator('.choices').evaluate((choices) => choices.scrollIntoView({ block: 'center' }));
  const box = (await page.locator('.choice[data-who=job]').boundingBox())!;
  const steps = page.locator('.steps .step');
  for (let i = 1; i <= 8; i++) {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect(steps).toHaveCount(i + 1);
  }
  await expect(page.locator('.steps .step', { hasText: /^\d+\s*The job / })).toHaveCount(8);
  await expect.poll(() => page.locator('.choice[data-who=job]').boundingBox()).toEqual(box);
});

test('a press of "step" changes the picture, but with every detail', async ({ page }) => {
  await open(page, '#/bug/drainBeforeUnhook');
  const step = page.getByRole('button', { name: 'one step on' });
  const stops = async (): Promise<number> => {
    await page.keyboard.press('Home');
    let n = 0;
    for (let silent = 0; await step.isEnabled(); n++) {
      const before = await shown(page);
      await step.click();
      await expect.poll(async () => (await shown(page)).at).toBeGreaterThan(before.at);
      const { cells, isBroken } = await shown(page);
      if (JSON.stringify(cells) === JSON.stringify(before.cells) && !isBroken) silent++;
      expect(silent, 'presses that changed nothing').toBeLessThanOrEqual(2);
    }
    return n;
  };
  const joined = await stops();
  expect(joined).toBeLessThanOrEqual(10);
  await page.keyboard.press('Home');
  await everyDetail(page);
  for (let n = 1; n <= 13; n++) {
    await step.click();
    await shownToBe(page, { at: n });
  }
});

test('two tabs lose nothing of what was done, and what is forgotten comes back', async ({ page, context }) => {
  const other = await context.newPage();
  await open(page, '#/learn/who-pays');
  await open(other, '#/learn/old-data-first');
  await page.locator('[data-quiz] .option').first().click();
  await other.locator('[data-quiz] .option').first().click();
  const bets = () => page.evaluate(() => Object.keys((JSON.parse(localStorage.getItem('progress')!) as { bets: object }).bets).toSorted());
  await expect.poll(bets).toHaveLength(2);
  const both = await bets();
  await open(page, '#/learn');
  await page.locator('[data-forget]').click();
  await expect.poll(bets).toEqual(both);
  await page.locator('[data-forget-sure]').click();
  await expect.poll(bets).toEqual([]);
  await page.locator('[data-bring-back]').click();
  await expect.poll(bets).toEqual(both);
});

test('progress is read again before each write, and not written after a read that failed', async ({ page }) => {
  await open(page, '#/learn/who-pays');
  // From this page itself: of that no event tells it, as of another tab one may come too late.
  await page.evaluate(() => localStorage.setItem('progress', JSON.stringify({ bets: { other: 2 }, stars: { other: 3 } })));
  await page.locator('[data-quiz] .option').first().click();
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem('progress')!) as unknown);
  await expect.poll(kept).toMatchObject({ bets: { other: 2, 'who-pays': 0 }, stars: { other: 3 } });

  await open(page, '#/learn/old-data-first');
  await page.evaluate(() => {
    const whole = Object.getOwnPropertyDescriptor(Storage.prototype, 'getItem')!;
    Storage.prototype.getItem = function fails() {
      Object.defineProperty(Storage.prototype, 'getItem', whole);
      throw new DOMException('not now', 'InvalidStateError');
    };
    localStorage.setItem('progress', '{"bets":{"kept":1}}');
  });
  await page.locator('[data-quiz] .option').first().click();
  await expect.poll(kept).toEqual({ bets: { kept: 1 } });
});
