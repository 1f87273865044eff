/** The player's state is the address: reload, back and a copied address show the very step, and nothing that was opened is lost. */
import { type Page, expect } from '@playwright/test';
import { writeTrace } from '../../src/trace/write.ts';
import { open, scrubTo, shown, shownToBe, test, traceOf } from './screen.ts';

/** Long enough for the address to follow. */
const follows = (page: Page): Promise<void> => page.waitForTimeout(300);

async function press(page: Page, ...turns: readonly [who: string, times: number][]): Promise<void> {
  for (const [who, times] of turns) for (let i = 0; i < times; i++) await page.locator(`.choice[data-who="${who}"]`).click();
}

test('a run that was played is there after reload, back and in another tab', async ({ page, context }) => {
  await open(page, '#/play');
  await page.locator('[data-setup] summary').click();
  await page.getByLabel('begin with').selectOption('one-write');
  await press(page, ['job', 3], ['g1', 1]);
  await page.keyboard.press('z');
  await press(page, ['job', 2]);
  await page.keyboard.press('ArrowLeft');
  await follows(page);
  const before = await shown(page);
  const tries = page.locator('[data-try]');
  await expect(tries).toHaveCount(2);
  await page.reload();
  await expect(tries).toHaveCount(2);
  await shownToBe(page, before);
  await page.locator('header a', { hasText: 'Glossary' }).click();
  await expect(page.locator('h1')).toHaveText('Glossary');
  await expect(page).toHaveTitle('Glossary · cowcheck');
  await expect(page.locator('h1')).toBeFocused();
  await page.goBack();
  await expect(tries).toHaveCount(2);
  await shownToBe(page, before);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.locator('[data-try]')).toHaveCount(2);
  await shownToBe(other, before);
});

test('the step of a bug, the scene of a lesson and the front door are restored', async ({ page }) => {
  await open(page, '#/bug/drainBeforeUnhook');
  await scrubTo(page, 7);
  await follows(page);
  await page.reload();
  await expect(page.locator('.scrub output')).toHaveText('step 7 of 13');
  await expect(page).toHaveTitle(/at its very end · cowcheck$/);

  await open(page, '#/');
  await page.locator('.choice[data-who=job]').click();
  await follows(page);
  await page.reload();
  await expect(page.locator('.choice[data-who=job]')).toContainText('Get sector 0, store it');
  await expect(page.locator('[data-door] [data-sentence]')).toHaveText('The job asks the disk for sector 0.');
});

test('what was opened survives the glossary and a reload', async ({ page }) => {
  await open(page, '#/open');
  await page.locator('#pasted').fill(writeTrace(traceOf('drainBeforeUnhook')));
  await page.getByRole('button', { name: 'play it' }).click();
  await page.locator('.player').waitFor();
  await scrubTo(page, 5);
  await follows(page);
  await page.locator('header a', { hasText: 'Glossary' }).click();
  await page.goBack();
  await expect(page.locator('.scrub output')).toHaveText('step 5 of 13');
  await page.reload();
  await expect(page.locator('.scrub output')).toHaveText('step 5 of 13');
});

test('a step that is still to be written is not written into an address that was gone to meanwhile', async ({ page }) => {
  await open(page, '#/bug/copyBeforeWrite');
  await page.locator('.player').waitFor();
  await page.keyboard.press('End');
  await page.evaluate(() => {
    location.hash = '#/bug/drainBeforeUnhook?step=7';
    document.body.click(); // the player writes its step at each click, here before the page has heard of the new address
  });
  await expect(page.locator('.scrub output')).toHaveText('step 7 of 13');
});

test('an address that a hand has changed shows no other run, and fails nowhere', async ({ page }) => {
  for (const query of ['step=99999', 'step=x', 'run=1-zzzz', 'run=%3Cimg%3E&step=2', 'setup=abc', 'tries=..&run=1-a'])
    await open(page, `#/play?${query}`).then(() => expect(page.locator('.player')).toBeVisible());
  await open(page, '#/bug/drainBeforeUnhook?step=99999');
  await expect(page.locator('.scrub output')).toHaveText('step 13 of 13');
});
