/** What one takes away from a run is that run, and what one opens is what is shown. */
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { replay } from '../../src/replay/replay.ts';
import { readTrace } from '../../src/trace/read.ts';
import { writeTrace } from '../../src/trace/write.ts';
import { open, test, traceOf } from './screen.ts';

const OVERLAP = traceOf('waitForOverlappingCopies');

test('another way than the one of the trace is saved as it was gone', async ({ page }) => {
  await open(page, '#/bug/waitForOverlappingCopies');
  for (const [who, steps] of [
    ['job', 3],
    ['g1', 9],
    ['job', 4],
  ] as const) {
    for (let n = 0; n < steps; n++) await page.keyboard.press((await page.locator(`.choices [data-who="${who}"] kbd`).textContent())!);
  }
  await expect(page.locator('[data-why]')).toBeVisible();
  await page.locator('[data-share]').click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'the trace, for cowcheck replay' }).click();
  const saved = readTrace(readFileSync(await (await saving).path(), 'utf8'));
  expect(saved.schedule).toHaveLength(16);
  expect(OVERLAP.schedule).toHaveLength(13);
  expect(replay(saved)).toMatchObject({ outcome: 'reproduced' });
});

test('a link that is cut shows what is wrong with it, and nothing of what was opened before', async ({ page }) => {
  await open(page, '#/open');
  await page.locator('#pasted').fill(writeTrace(OVERLAP));
  await page.getByRole('button', { name: 'play it' }).click();
  await expect(page.locator('.player')).toHaveCount(1);
  await page.evaluate(() => (location.hash = '#/t?e=1&s=abc'));
  await expect(page.locator('[data-notice]')).toContainText('this link is incomplete');
  await expect(page.locator('.player')).toHaveCount(0);
});

test('a link shows the run that it was made of, at its step', async ({ page }) => {
  await open(page, '#/bug/waitForOverlappingCopies');
  await page.keyboard.press('End');
  await page.locator('[data-share]').click();
  const link = await page.locator('#link').inputValue();
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.locator('.scrub output')).toHaveText(`step ${OVERLAP.schedule.length} of ${OVERLAP.schedule.length}`);
  await expect(page.locator('.verdict h2')).toContainText(`${OVERLAP.verdict.property} is broken`);
});
