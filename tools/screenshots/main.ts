/**
 * Takes pictures of the page in Chromium: each screen in three sizes, light and dark, to cowcheck-screenshots/, which
 * is not kept; and the one that README shows, the first screen, moving, to docs/screenshots/, which is.
 *
 *     node dist/tools/screenshots/main.js [--kept | --only NAME]     with --kept only that one; with --only those of one screen
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Page, chromium } from '@playwright/test';
import { ROOT } from '../copy-of-tree.ts';
import { apngOf } from './apng.ts';
import { framesOfFront } from './moving.ts';

/** What is asked of an element within the page; this build has no types of the DOM. */
interface ElementInPage {
  getAttribute(name: string): string | null;
  scrollIntoView(): void;
}

type Screen = readonly [name: string, hash: string];

const PAGE = pathToFileURL(join(ROOT, 'dist/web/index.html')).href;
const KEPT = join(ROOT, 'docs/screenshots');
const REST = join(ROOT, 'cowcheck-screenshots');

const SIZES = {
  wide: { width: 1440, height: 900 },
  laptop: { width: 1280, height: 720 },
  narrow: { width: 390, height: 844 },
};
const THEMES = ['light', 'dark'] as const;
/** The race of TOP, where it has broken. */
const RACE = '#/bug/drainBeforeUnhook';

for (const folder of [KEPT, REST]) mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const screens: readonly Screen[] = [
  ['front', '#/'],
  ['learn', '#/learn'],
  ['bugs', '#/bugs'],
  ['bug', RACE],
  ['today-bug', '#/bug/broken-snapshot-top'],
  ['attack', '#/play/attack'],
  ['attack-level', '#/play/attack/waitForOverlappingCopies'],
  ['predict', '#/play/predict'],
  ['predict-level', '#/play/predict/bit-1'],
  ['mend', '#/play/mend'],
  ['mend-level', '#/play/mend/checkBitAfterWaiting'],
  ['mystery', '#/play?mystery=b'],
  ['play', '#/play'],
  ['open', '#/open'],
  ['words', '#/words'],
  ...(await lessons()),
];
const only = process.argv.includes('--only') ? process.argv.at(-1) : undefined;
const wanted = process.argv.includes('--kept') ? [] : screens.filter(([name]) => only === undefined || name === only);
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of THEMES) {
    const tab = await browser.newPage({ viewport, colorScheme });
    for (const [name, hash] of wanted) {
      await show(tab, hash);
      // On a narrow screen the buttons stay at its bottom, which no picture of the whole page can show.
      const player = tab.locator('.player').first();
      if (size === 'narrow' && name !== 'front' && (await player.count()) > 0)
        await player.evaluate((element: ElementInPage) => element.scrollIntoView());
      await tab.screenshot({ path: join(REST, `${name}-${size}-${colorScheme}.png`), fullPage: size === 'wide' });
    }
    await tab.close();
  }
}
if (only === undefined) await keep();
await browser.close();
console.log(`${wanted.length * Object.keys(SIZES).length * THEMES.length} pictures in ${REST}, ${only === undefined ? 1 : 0} in ${KEPT}`);

/** All lessons that the first screen links to. */
async function lessons(): Promise<Screen[]> {
  const tab = await browser.newPage();
  await tab.goto(PAGE);
  const links = tab.locator('.cards a[href^="#/learn/"]');
  const hashes = await links.evaluateAll((elements: ElementInPage[]) => elements.map((link) => link.getAttribute('href')!));
  await tab.close();
  return hashes.map((hash) => [`lesson-${hash.split('/').at(-1)}`, hash]);
}

/** Shows a screen with what only comes when one asks for it, at the step where something is to be seen. */
async function show(tab: Page, hash: string): Promise<void> {
  await tab.goto('about:blank');
  await tab.goto(`${PAGE}${hash}`);
  await tab.locator('main h1').first().waitFor();
  const opening = tab.locator('[data-opening-next]');
  while ((await opening.count()) > 0) await opening.click();
  const reveal = tab.locator('button', { hasText: 'just show me' });
  if ((await reveal.count()) > 0) await reveal.first().click();
  if ((await tab.locator('.player .scrub').count()) > 0) await tab.keyboard.press('End');
}

/** What README shows. */
async function keep(): Promise<void> {
  writeFileSync(join(KEPT, 'front.png'), apngOf(await framesOfFront(browser, PAGE)));
}
