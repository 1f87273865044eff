/** Within somebody else's page: it says that it is ready, plays what it is given, and listens to nobody but that page. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { PAGE } from './screen.ts';

const TRACE = readFileSync(fileURLToPath(new URL('../../traces/gallery/unhookAtEnd.trace.yaml', import.meta.url)), 'utf8');

test('a page around it may ask whether it is ready, and give it a trace', async ({ page }, info) => {
  const around = info.outputPath('around.html');
  writeFileSync(
    around,
    '<!doctype html><title>around</title><iframe title="cowcheck" width="700" height="600" ' +
      `src="${PAGE}#/bug/copyBeforeWrite?embed=1"></iframe>`,
  );
  await page.goto(`file://${around}`);
  const inside = page.frameLocator('iframe');
  await expect(inside.locator('.player.small table.grid')).toHaveCount(1);
  await expect(inside.locator('header')).toHaveCount(0);
  const answer = page.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener('message', ({ data }) => resolve(data), { once: true });
        document.querySelector('iframe')!.contentWindow!.postMessage('PING', '*');
      }),
  );
  expect(await answer).toBe('PONG');
  await page.evaluate((trace) => document.querySelector('iframe')!.contentWindow!.postMessage({ trace }, '*'), TRACE);
  await expect(inside.locator('.scenario')).toContainText('unhookAtEnd');
  await page.evaluate(() => document.querySelector('iframe')!.contentWindow!.postMessage({ trace: 'trace: 1\njob: none\n' }, '*'));
  await expect(inside.locator('[data-notice]')).toContainText('job: expected correct, qemu-1.6');
});

test('by itself it answers nobody', async ({ page }) => {
  await page.goto(`${PAGE}#/bug/copyBeforeWrite?embed=1`);
  await page.locator('.player.small').waitFor();
  const heard = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const all: unknown[] = [];
        addEventListener('message', ({ data }) => all.push(data));
        postMessage('PING', '*');
        setTimeout(() => resolve(all), 300);
      }),
  );
  expect(heard).toEqual(['PING']);
});
