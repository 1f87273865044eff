/** Where one plays: disks and choices share the screen, the verdict is in sight, nothing moves at a break, and nothing flashes. */
import { type Page, expect } from '@playwright/test';
import { open, test } from './screen.ts';

const ATTACK = '#/play/attack/waitForOverlappingCopies';
/** Of a lesson its challenge, which is below its scenes. */
const PLAYED = [
  ['a bug', '#/bug/drainBeforeUnhook'],
  ['Attack', ATTACK],
  ['the challenge of a lesson', '#/learn/two-at-once'],
] as const;
const SIZES = [
  [1440, 900],
  [1280, 720],
  [390, 844],
] as const;

/** The player with choices. */
const player = (page: Page) => page.locator('.player', { has: page.locator('.choices') });

async function openPlayer(page: Page, hash: string): Promise<void> {
  await open(page, hash);
  const reveal = page.locator('button', { hasText: 'just show me' });
  if (hash.startsWith('#/learn')) {
    await reveal.first().click();
    await page.locator('.challenge').evaluate((challenge) => challenge.scrollIntoView());
  }
  await player(page).locator('.choices').waitFor();
}

/** Runs a coroutine by its button, as long as it can. */
async function press(page: Page, who: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await player(page).locator(`.choice[data-who="${who}"]`).click();
}

const boxes = (page: Page): Promise<string[]> =>
  player(page)
    .locator('.choices button, table.grid td, table.grid th, .verdict, .scrub button, .legend')
    .evaluateAll((all) =>
      all.map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return `${element.tagName} ${[x, y + scrollY, width, height].map((n) => Math.round(n)).join(' ')}`;
      }),
    );

for (const [width, height] of SIZES) {
  test.describe(`${width} x ${height}`, () => {
    test.use({ viewport: { width, height } });

    for (const [what, hash] of PLAYED) {
      test(`${what}: disks and choices are in one view, and nothing moves at the break`, async ({ page }) => {
        await openPlayer(page, hash);
        const grid = player(page).locator('table.grid tbody');
        if (width < 1000) {
          // Not even scrolled: a phone shows both as they come.
          if (!hash.startsWith('#/bug')) await expect(grid).toBeInViewport({ ratio: 0.99 });
          else await player(page).evaluate((element) => element.scrollIntoView());
          await expect(grid).toBeInViewport({ ratio: 0.99 });
          await expect(player(page).locator('.choices')).toBeInViewport({ ratio: 0.99 });
        }
        if (hash.startsWith('#/bug')) await page.keyboard.press('End').then(() => page.keyboard.press('ArrowLeft'));
        else {
          await press(page, 'job', 7);
          await press(page, 'g1', 5);
        }
        await expect(player(page).locator('.verdict')).not.toHaveClass(/broken/);
        const before = await boxes(page);
        if (hash.startsWith('#/bug')) await page.keyboard.press('ArrowRight');
        else {
          await press(page, 'g1', 1);
          await page.locator('dialog[data-win] button', { hasText: 'look at it' }).click();
        }
        await expect(player(page).locator('.verdict')).toHaveClass(/broken/);
        await expect.poll(() => boxes(page)).toEqual(before);
        await expect(player(page).locator('.verdict h2')).toBeInViewport();
      });
    }

    test('Attack: the same place is always the same coroutine', async ({ page }) => {
      await openPlayer(page, ATTACK);
      const box = (await player(page).locator('.choice[data-who=job]').boundingBox())!;
      for (let i = 1; i <= 7; i++) {
        await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
        await expect(page.locator('.scrub output')).toHaveText(`step ${i} of ${i}`);
      }
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      const steps = page.locator('.steps .step');
      await expect(steps.filter({ hasText: /^\d+\s*The job / })).toHaveCount((await steps.count()) - 1);
    });
  });
}

/** What a visitor would see in each frame, from the first: the background, and whether the text for browsers without script is there. */
async function frames(page: Page, theme: string, colorScheme: 'light' | 'dark'): Promise<{ backgrounds: string[]; plain: number }> {
  await page.emulateMedia({ colorScheme });
  await open(page, '#/');
  await page.evaluate((name) => localStorage.setItem('theme', name), theme);
  await page.addInitScript(() => {
    const seen = { backgrounds: new Set<string>(), plain: 0 };
    (globalThis as unknown as { seen: typeof seen }).seen = seen;
    const look = (): void => {
      if (document.body !== null) seen.backgrounds.add(getComputedStyle(document.body).backgroundColor);
      if (document.querySelector('main.plain') !== null) seen.plain++;
      requestAnimationFrame(look);
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
    look();
  });
  await page.goto('about:blank');
  await open(page, '#/');
  return page.evaluate(() => {
    const { seen } = globalThis as unknown as { seen: { backgrounds: Set<string>; plain: number } };
    return { backgrounds: [...seen.backgrounds], plain: seen.plain };
  });
}

for (const [theme, system, background] of [
  ['dark', 'light', 'rgb(15, 18, 23)'],
  ['light', 'dark', 'rgb(251, 251, 253)'],
  ['system', 'dark', 'rgb(15, 18, 23)'],
] as const) {
  test(`no flash: theme ${theme} where the system has ${system}, and no text for browsers without script`, async ({ page }) => {
    expect(await frames(page, theme, system)).toEqual({ backgrounds: [background], plain: 0 });
  });
}
