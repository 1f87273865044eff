/** Everybody can use it: by keyboard, by ear, in either theme, in high contrast, without motion, on a phone. */
import { type Page, expect } from '@playwright/test';
import { LESSONS } from '../lessons/lessons.ts';
import { gridOf } from '../../src/run/grid.ts';
import { axe } from './axe.ts';
import { WORDS, runOf } from './engine.ts';
import { open, test, traceOf } from './screen.ts';

const NAME = 'drainBeforeUnhook';
const BUG = `#/bug/${NAME}`;
const SCREENS = [
  '#/',
  '#/learn',
  '#/bugs',
  BUG,
  '#/bug/broken-snapshot-top',
  '#/play/attack',
  '#/play/attack/waitForOverlappingCopies',
  '#/play/predict',
  '#/play/predict/bit-1',
  '#/play/mend/checkBitAfterWaiting',
  '#/play?mystery=b',
  '#/words',
  '#/open',
  '#/play',
  `#/learn/${LESSONS[0]!.id}`,
  '#/learn/frozen-reads',
  '#/no-such',
];
const SIZES = [
  [1440, 900],
  [1280, 720],
  [390, 844],
] as const;
const WIDTHS = [360, 320];
const TARGET_MIN = 24;

/** Everything on a screen that comes only once somebody asks for it. */
async function unfold(page: Page): Promise<void> {
  const next = page.locator('[data-opening-next]');
  while ((await next.count()) > 0) await next.click();
  const show = page.locator('button', { hasText: 'just show me' });
  if ((await show.count()) > 0) await show.first().click();
  if ((await page.locator('.player .scrub').count()) > 0) {
    await page.locator('.player .scrub [type=range]').first().focus();
    await page.keyboard.press('End');
    await page.keyboard.press('c');
  }
  await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
}

for (const hash of SCREENS) {
  test(`axe finds nothing wrong with ${hash} in three sizes, light or dark, and nothing is to be scrolled sideways`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open(page, hash);
    await unfold(page);
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      expect(await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth), `sideways at ${width}`).toBeLessThanOrEqual(0);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const { broken, holds } = await axe(page);
        expect(broken, `${colorScheme} at ${width}`).toEqual([]);
        expect(holds).toBeGreaterThan(10);
      }
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: Math.max(...WIDTHS), height: 640 }, hasTouch: true });
  for (const hash of SCREENS) {
    test(`${hash} needs no scrolling sideways, and can be hit`, async ({ page }) => {
      await open(page, hash);
      await unfold(page);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 640 });
        const beyond = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
        expect(beyond, `sideways at ${width}`).toBeLessThanOrEqual(0);
        expect(await smallTargets(page), `at ${width}`).toEqual([]);
      }
    });
  }
});

/** What is to be hit and is small, links and terms within a sentence aside (WCAG 2.2, 2.5.8). */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((min) => {
    const all = document.querySelectorAll<HTMLElement>(
      'button:not(.term), input, textarea, select, summary, label:has(input), header a, .cards a, nav a',
    );
    return [...all]
      .filter(
        (element) =>
          element.checkVisibility({ visibilityProperty: true }) &&
          !(element instanceof HTMLInputElement && element.closest('label') !== null),
      )
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < min || box.height < min))
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} is ${Math.round(box.width)} x ${Math.round(box.height)}`);
  }, TARGET_MIN);
}

test('each cell says in words all that it shows', async ({ page }) => {
  const trace = traceOf(NAME);
  const run = runOf(trace);
  await open(page, BUG);
  await page.keyboard.press('f');
  const grid = gridOf(run, trace.verdict.step);
  for (const { name, cells } of grid.rows.filter((row) => row.name !== 'target alone')) {
    const words = await page
      .locator(`.player table.grid tr[data-row="${name}"] td`)
      .evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')!));
    expect(words).toHaveLength(cells.length);
    for (const [i, { text, want, from }] of cells.entries()) {
      expect(words[i]).toMatch(name === 'hook' ? /^hook: (?:on|off)$|^hook: (?:on|off), changed/ : /^[^:]+, (?:sector|cluster) \d+: /);
      expect(words[i]).toContain(WORDS[text] ?? text);
      if (want !== null) expect(words[i]).toContain(`wrong, should be ${want}`);
      if (from !== null) expect(words[i]).toContain(`read from ${from}`);
    }
  }
  await expect(page.locator('.player .scrub [type=range]')).toHaveAttribute('aria-valuetext', /^step 13: /);
});

test('every button is reached and seen with the keyboard alone, and no key is trapped', async ({ page }) => {
  await open(page, BUG);
  await page.keyboard.press('ArrowRight'); // so that there is a way back, too
  const all = await page
    .locator(
      'header a:visible, header button:visible, main button:enabled:visible, main a:visible, main summary:visible, .scrub [type=range]',
    )
    .count();
  const seen = new Set<string>();
  for (let i = 0; i < all + 20; i++) {
    await page.keyboard.press('Tab');
    const { key, outline } = await page.evaluate(() => {
      const here = document.activeElement as HTMLElement;
      const index = [...document.querySelectorAll('*')].indexOf(here);
      return {
        key: here === document.body ? '' : `${here.tagName} ${index}`,
        outline: Number.parseFloat(getComputedStyle(here).outlineWidth),
      };
    });
    if (key === '') break;
    seen.add(key);
    expect(outline, `the ring around ${key}`).toBeGreaterThanOrEqual(2);
  }
  expect(seen.size).toBeGreaterThanOrEqual(all);
});

test('high contrast keeps borders and signs', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open(page, BUG);
  await page.keyboard.press('f');
  const wrong = page.locator('.player td.wrong').first();
  await expect(wrong).toContainText('✗');
  expect(await wrong.evaluate((cell) => getComputedStyle(cell).borderTopStyle)).toBe('double');
  const widths = await page
    .locator('.player td.cell:not(.note, .none)')
    .evaluateAll((cells) => cells.map((cell) => Number.parseFloat(getComputedStyle(cell).borderTopWidth)));
  expect(Math.min(...widths)).toBeGreaterThanOrEqual(1);
});

test('nothing moves for a user who wants no motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, BUG);
  await page.keyboard.press('f');
  const moving = (): Promise<number> =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('*')]
          .map((element) => getComputedStyle(element))
          .filter(({ transitionDuration, animationName }) => Number.parseFloat(transitionDuration) > 0 || animationName !== 'none').length,
    );
  await expect.poll(moving).toBe(0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await expect.poll(moving).toBeGreaterThan(0);
});

test('who chooses a theme keeps it', async ({ page }) => {
  await open(page, '#/');
  const button = page.locator('header button');
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const seen = new Map<string, string>();
  for (let i = 0; i < 3; i++) {
    await button.click();
    seen.set((await page.evaluate(() => document.documentElement.dataset['theme']))!, await background());
  }
  expect(seen.get('light')).not.toBe(seen.get('dark'));
  await button.click();
  const kept = await page.evaluate(() => document.documentElement.dataset['theme']);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', kept!);
});
