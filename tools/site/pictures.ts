/** The picture that a shared link shows, and the icon of a home screen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';

/** The order of moves that breaks the backup of the first screen. */
const MOVES = ['job', 'g1', 'job'];

/** @param folder with the page in it, where `picture.png` (1200 x 630) and `icon.png` (180 x 180) are written */
export async function takePictures(folder: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const tab = await browser.newPage({ viewport: { width: 1200, height: 630 }, colorScheme: 'light', reducedMotion: 'reduce' });
    await tab.goto(pathToFileURL(join(folder, 'index.html')).href);
    for (const who of MOVES) await tab.locator(`.choice[data-who="${who}"]`).click();
    await tab.locator('dialog[data-win] button', { hasText: 'look at it' }).click();
    await tab.locator('.verdict.broken').waitFor();
    await tab.mouse.move(0, 0);
    await tab.screenshot({ path: join(folder, 'picture.png') });
    const icon = readFileSync(join(folder, 'icon.svg'), 'utf8').replace('<svg ', '<svg width="180" height="180" ');
    await tab.setViewportSize({ width: 180, height: 180 });
    await tab.setContent(`<body style="margin:0;background:#fbfbfd">${icon}</body>`);
    await tab.screenshot({ path: join(folder, 'icon.png') });
  } finally {
    await browser.close();
  }
}
