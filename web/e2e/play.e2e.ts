/** You are the scheduler: par wins, any other way to break it wins, who is blocked says why, and the checker keeps to its bound. */
import { type Page, expect } from '@playwright/test';
import { open, shown, shownToBe, test, traceOf } from './screen.ts';

const ATTACK = '#/play/attack/waitForOverlappingCopies';
const win = (page: Page) => page.locator('dialog[data-win]');

/** By keys alone: each choice by its number. */
async function play(page: Page, ...turns: readonly [who: string, steps: number][]): Promise<void> {
  for (const [who, steps] of turns) {
    for (let n = 0; n < steps; n++) await page.keyboard.press((await page.locator(`.choices [data-who="${who}"] kbd`).textContent())!);
  }
}

test('the way of the trace wins, at par', async ({ page }) => {
  await open(page, ATTACK);
  await expect(page.locator('[data-par]')).toHaveText('Best 1 preemption, 13 steps', { useInnerText: true });
  await play(page, ['job', 7], ['g1', 5]);
  await expect(win(page)).toBeHidden();
  await play(page, ['g1', 1]);
  await expect(win(page)).toContainText('copied twice');
  await expect(win(page).locator('[data-score]')).toHaveText(
    '★★★ 3 of 3 stars with 1 preemption, 13 steps. The best there is: it cannot be done with less.',
  );
  await page.keyboard.press('Escape');
  await expect(win(page)).toBeHidden();
  await shownToBe(page, { isBroken: true });
});

test('another way wins too, and hints cost stars', async ({ page }) => {
  await open(page, ATTACK);
  await page.locator('[data-hint]').click();
  await page.locator('[data-hint]').click();
  await expect(page.locator('.hints li')).toHaveCount(2);
  await play(page, ['job', 3], ['g1', 9], ['job', 4]);
  await expect(win(page)).toContainText('too late');
  await expect(win(page).locator('[data-score]')).toContainText('★☆☆ 1 of 3 stars with 2 preemptions, 16 steps. There is a way with fewer');
});

test('a coroutine that can not go on says why, and does not', async ({ page }) => {
  await open(page, '#/play');
  const g1 = page.locator('.choices [data-who=g1]');
  await expect(g1).toHaveAttribute('aria-disabled', 'true');
  await expect(g1).toContainText('comes after T0');
  await g1.click({ force: true });
  await shownToBe(page, { length: 0 });
});

test('what is taken back comes again, and what is chosen otherwise is kept', async ({ page }) => {
  await open(page, '#/play');
  await play(page, ['job', 3], ['g1', 1]);
  await shownToBe(page, { at: 4 });
  const before = await shown(page);
  for (let i = 0; i < 4; i++) await page.keyboard.press('z');
  await shownToBe(page, { at: 0 });
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+Z');
  await shownToBe(page, before);
  await page.keyboard.press('z');
  await play(page, ['g2', 1]);
  await expect(page.locator('[data-try="1"]')).toContainText('ok so far, 4');
  await page.locator('[data-try="1"]').click();
  await shownToBe(page, before);
});

test('just show me: the way of the checker, which wins nothing', async ({ page }) => {
  await open(page, ATTACK);
  await play(page, ['job', 2]);
  await page.locator('[data-ask]').click();
  await expect(page.locator('.challenge [data-search]')).toContainText('It can be broken: copies-no-more, in 1 preemption, 13 steps.');
  await page.keyboard.press('End');
  await shownToBe(page, { at: 13, isBroken: true });
  await expect(win(page)).toBeHidden();
  await expect(page.locator('[data-stars]')).toHaveAttribute('data-stars', '0');
  // The run is not the visitor's: no score of theirs, nothing to choose, and one way to begin.
  await expect(page.locator('.count')).not.toContainText('You');
  await expect(page.locator('.choices .choice')).toHaveCount(0);
  await expect(page.locator('[data-try="1"]')).toContainText('ok so far, 2');
  await page.locator('[data-try-it]').click();
  await expect(page.locator('.count')).toContainText('You');
  await expect(page.locator('.choices .choice')).not.toHaveCount(0);
});

test('a key that comes in the moment of the answer is for the run that the answer shows', async ({ page }) => {
  await open(page, ATTACK);
  await expect(page.locator('[data-par]')).toBeVisible();
  await page.evaluate(() => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('[data-search=broken]') === null) return;
      observer.disconnect();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }));
    });
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  await page.locator('[data-ask]').click();
  await expect(page.locator('.challenge [data-search=broken]')).toBeVisible();
  await shownToBe(page, { at: 13, isBroken: true });
});

test('a prediction is told by the checker, which shows how it breaks', async ({ page }) => {
  await open(page, '#/play/predict');
  await page.locator('.cards a', { hasText: 'Discards are not copied: one write' }).click();
  await expect(page.locator('[data-search]')).toHaveCount(0);
  await play(page, ['job', 2]);
  await page.locator('[data-say=holds]').click();
  await expect(page.locator('[data-predicted=right]')).toContainText('3 of 3 stars');
  await expect(page.locator('[data-search=holds]')).toContainText(
    new RegExp(
      String.raw`^Tried every order \(\d+ states\): nothing breaks\. ` + String.raw`This covers this scenario only \(FULL, .*\)\.$`,
    ),
  );
  await page.locator('[data-primary]', { hasText: 'Next' }).click();
  await page.locator('[data-say=holds]').click();
  await expect(page.locator('[data-predicted=wrong]')).toBeVisible();
  await page.locator('[data-show]').click();
  await page.keyboard.press('End');
  await shownToBe(page, { isBroken: true });
  await page.locator('[data-say=breaks]').click();
  await expect(page.locator('[data-predicted=right]')).toContainText('1 of 3 stars');
  await open(page, '#/play/predict');
  await expect(page.locator('.cards .done')).toHaveText([/^★★★/, /^★ /]);
  // The correct job, in the scenario of a bug.
  await open(page, '#/play/predict/drainBeforeUnhook');
  await page.locator('[data-say=breaks]').click();
  await expect(page.locator('[data-predicted=wrong]')).toBeVisible();
});

test('a search that is too large can be stopped, and says what it is worth', async ({ page }) => {
  await open(page, '#/play');
  await page.locator('[data-setup] summary').click();
  await page.getByLabel('begin with').selectOption('spanning');
  for (let i = 0; i < 3; i++) await page.locator('[data-add]').click();
  await page.locator('[data-ask-cheapest]').click();
  const search = page.locator('[data-search]');
  await expect(search).toContainText(/[1-9][\d,]* states so far/);
  await search.getByRole('button', { name: 'stop' }).press('Enter');
  await expect(search).toHaveText(/^Stopped after [\d,]+ states: nothing found so far, and what was not searched may break\.$/);
});

test('what makes no sense is said, and not played', async ({ page }) => {
  await open(page, '#/play');
  await page.locator('[data-setup] summary').click();
  await page.getByLabel('from sector').fill('3');
  await page.getByLabel('sectors', { exact: true }).fill('2');
  await page.locator('[data-add]').click();
  await expect(page.locator('[data-wrong]')).toHaveText('This cannot be played: g3 asks for sectors 3 to 4 of a disk of 4 sectors.');
  await expect(page.locator('.player')).toHaveCount(0);
  await page.getByRole('button', { name: 'remove g3' }).click();
  await expect(page.locator('.player')).toHaveCount(1);
});

test('a mystery keeps its secret until it is guessed', async ({ page }) => {
  await open(page, '#/play?mystery=p');
  const rule = 'drainBeforeUnhook';
  await page.locator('[data-ask]').click();
  await expect(page.locator('.challenge [data-search=broken]')).toBeVisible();
  await page.keyboard.press('End');
  await shownToBe(page, { isBroken: true });
  await expect(page.locator('main')).not.toContainText(rule);
  const wrong = page.locator(`[data-suspect]:not([data-suspect="${rule}"])`);
  await expect(wrong).toHaveCount(3);
  await wrong.first().click();
  await expect(page.locator('[data-guess]')).toContainText('would not have gone the same way');
  await expect(page.locator('main')).not.toContainText(`It was ${rule}`);
  await page.locator(`[data-suspect="${rule}"]`).click();
  await expect(page.locator('[data-solved]')).toHaveText(`Yes. It was ${rule}. ☆☆☆ 0 of 3 stars`);
});

test('the order that is missing mends it, and the run shows so', async ({ page }) => {
  await open(page, '#/play/mend/checkBitAfterWaiting');
  const steps = traceOf('checkBitAfterWaiting').schedule.map(({ who, what }) => `${who}: ${what}`);
  const numberOf = (step: string): string => String(steps.indexOf(step) + 1);
  await page.locator('[data-judge]').click();
  await expect(page.locator('[data-judged=broken]')).toContainText('copies-no-more is broken all the same');
  await page.getByLabel('Or choose: first').selectOption(numberOf('job: copy.done c0'));
  await page.getByLabel('and only then').selectOption(numberOf('g1: write.start'));
  await page.locator('[data-judge]').click();
  await expect(page.locator('[data-judged=mended]')).toContainText('In that order, nothing breaks');
  await shownToBe(page, { isBroken: false });
});

test('a step that is dragged before another mends it, and another step does not', async ({ page }) => {
  await open(page, '#/play/mend/checkBitAfterWaiting');
  const steps = traceOf('checkBitAfterWaiting').schedule.map(({ who, what }) => `${who}: ${what}`);
  const drag = async (from: string, to: string): Promise<void> => {
    const [a, b] = await Promise.all(
      [from, to].map((step) => page.locator(`.lanes [data-step="${steps.indexOf(step) + 1}"] circle`).boundingBox()),
    );
    await page.mouse.move(a!.x + a!.width / 2, a!.y + a!.height / 2);
    await page.mouse.down();
    await page.mouse.move(b!.x + b!.width / 2, a!.y + a!.height / 2, { steps: 4 });
    await expect(page.locator('.lanes .drop')).toHaveCount(1);
    await page.mouse.up();
  };
  await drag(steps.at(-1)!, steps.at(-2)!);
  await expect(page.locator('[data-judged=broken]')).toBeVisible();
  await page.locator('[data-mend-again]').click();
  await drag('job: copy.done c0', 'g1: write.start');
  await expect(page.locator('[data-judged=mended]')).toContainText('In that order, nothing breaks');
  await shownToBe(page, { isBroken: false });
  // A dot that is pressed and not moved is a step to look at, as elsewhere.
  await page.locator('[data-mend-again]').click();
  await page.locator('.lanes [data-step="3"] circle').click();
  await shownToBe(page, { at: 3 });
});
