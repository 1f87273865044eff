/** Each lesson from its bet to the line to keep: the challenge is met by keys, and what was done is kept. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page, expect } from '@playwright/test';
import type { Trace } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';
import { EDGES, LESSONS, TODAY } from '../lessons/lessons.ts';
import { rowsAfter } from '../../src/run/choices.ts';
import { Run } from '../../src/run/run.ts';
import { axe } from './axe.ts';
import { runOf } from './engine.ts';
import { open, test } from './screen.ts';

const lessonTrace = (name: string): Trace =>
  readTrace(readFileSync(join(import.meta.dirname, '../../traces/lessons', `${name}.trace.yaml`), 'utf8'));

// Seen in about one of fifty runs of a lesson on a busy machine: right after a reload, what a page under file:// had kept was not there.
// It is not the page: nothing of it removes an item (progress.ts writes a whole one, also to forget). By itself it was not to be had again,
// in 60 reloads of a lesson and 240 of an empty page. Told as flaky, then.
test.describe.configure({ retries: 1 });

for (const { id, opening = [], bet, answerIn = 0, challenge, scenes, keep } of [...LESSONS, ...TODAY, ...EDGES]) {
  test(`lesson ${id}`, async ({ page }) => {
    await open(page, `#/learn/${id}`);
    await expect(page.locator('.player:not(.opening)')).toHaveCount(0);
    for (const { text } of opening) {
      await expect(page.locator('[data-opening]')).toHaveText(text, { useInnerText: true });
      await page.locator('[data-opening-next]').click();
    }
    await page
      .locator('[data-quiz] .option')
      .nth(bet.answer === 0 ? 1 : 0)
      .click();
    // The run has the answer, and nothing tells it before.
    await expect(page.locator('[data-quiz] .reveal')).toHaveCount(0);
    await expect(page.locator('[data-watch]')).toBeVisible();
    for (const [i, { trace, caption }] of scenes.entries()) {
      if (scenes.length > 1) await page.locator('.tabs button').nth(i).click();
      await expect(page.locator('main')).toContainText(caption, { useInnerText: true });
      await page.locator('.player .scrub [type=range]').first().focus();
      await page.keyboard.press('End');
      const answer = page.locator('[data-answer]');
      await expect(answer).toContainText(
        i < answerIn
          ? 'The answer is in the next run.'
          : i === answerIn
            ? `The answer is "${bet.options[bet.answer]}". ${bet.because}`
            : '',
      );
      await expect(page.locator('[data-quiz] .reveal')).toHaveCount(i < answerIn ? 0 : 1);
      if (i + 1 < scenes.length) await expect(answer.locator('[data-next-scene]')).toContainText(scenes[i + 1]!.name!);
      await expect(page.locator('.player .verdict').first()).toHaveClass(lessonTrace(trace).verdict === null ? /holds/ : /broken/);
    }
    await expect(page.locator('[data-quiz] .reveal')).toContainText(`the answer is "${bet.options[bet.answer]}". ${bet.because}`);
    await expect(page.locator('[data-keep]')).toContainText(keep, { useInnerText: true });
    expect((await axe(page)).broken).toEqual([]);

    if (challenge?.kind === 'break') {
      const trace = lessonTrace(challenge.trace);
      if (trace.verdict !== null) await playByKeys(page, runOf(trace));
      else await page.locator('[data-challenge] [data-ask]').click();
      const won = page.locator('[data-challenge] .verdict.broken, dialog[data-win][open]');
      await expect(won.first()).toBeVisible();
    }
    // What the page has kept, and what the browser still has: where they differ, it is not the page that forgot.
    const kept = () => page.evaluate(() => localStorage.getItem('progress'));
    const before = await kept();
    expect(JSON.parse(before!)).toMatchObject({ bets: { [id]: bet.answer === 0 ? 1 : 0 } });
    await page.reload();
    expect(await kept()).toBe(before);
    await expect(page.locator('[data-quiz] .reveal')).toBeVisible();
    if (challenge?.kind !== 'break' || lessonTrace(challenge.trace).verdict === null) return;
    await open(page, '#/');
    await expect(page.locator('.cards li', { has: page.locator(`a[href="#/learn/${id}"]`) })).toContainText('★ done');
  });
}

/** Takes the steps of a run, each by the number of its row. */
async function playByKeys(page: Page, solution: Run): Promise<void> {
  await page.locator('[data-challenge] .choice').first().focus();
  const game = new Run(solution.scenario, solution.setting);
  for (const { id } of solution.steps) {
    await page.keyboard.press(String(rowsAfter(game, game.length).findIndex((row) => row.id === id) + 1));
    game.take(id);
  }
}

test('who can not go on says why, and pressing it does nothing', async ({ page }) => {
  await open(page, '#/play');
  const blocked = page.locator('.choices button[aria-disabled=true]');
  await expect(blocked.first()).toContainText('comes after T0');
  await blocked.first().click({ force: true });
  await expect(page.locator('.scrub output').first()).toHaveText('step 0 of 0');
  await page.keyboard.press('1');
  await expect(page.locator('.scrub output').first()).toHaveText('step 1 of 1');
});

test('a term says what it means, by keyboard and by click, and gives the focus back', async ({ page }) => {
  await open(page, '#/learn/old-data-first');
  const hook = page.locator('.text .term', { hasText: /^hook$/ });
  await expect(hook).toHaveCount(1);
  await hook.focus();
  await page.keyboard.press('Enter');
  const means = page.locator('.means:popover-open');
  await expect(means).toContainText("hook: what a guest's write calls");
  await page.keyboard.press('Escape');
  await expect(means).toHaveCount(0);
  await expect(hook).toBeFocused();
  await page.locator('.text .term', { hasText: /^T0$/ }).click();
  await expect(means).toContainText('the instant that the backup must show');
});

test('a run tells no step before it is seen', async ({ page }) => {
  await open(page, '#/learn/none');
  await page.locator('button', { hasText: 'just show me' }).first().click();
  const player = page.locator('.player').first();
  await expect(player.locator('.to-come')).toHaveText('… 15 steps to come');
  await expect(player.locator('.steps .step')).toHaveCount(1);
  await expect(player.locator('.lanes .dot')).toHaveCount(0);
  const heights = () => player.locator('.tell, .lanes').evaluateAll((all) => all.map((part) => part.getBoundingClientRect().height));
  const before = await heights();
  await player.getByRole('button', { name: 'one step on' }).click();
  await expect(player.locator('.steps .step')).toHaveCount(2);
  await page.keyboard.press('End');
  await expect(player.locator('.to-come')).toHaveCount(0);
  await expect(player.locator('.steps .step')).toHaveCount(16);
  await expect(player.locator('.lanes .dot')).toHaveCount(15);
  expect(await heights()).toEqual(before);
  await page.keyboard.press('Home');
  await expect(player.locator('.steps .step')).toHaveCount(16);
});

test('the promise of NONE ends with the cancel, in one voice', async ({ page }) => {
  await open(page, '#/learn/cancel');
  await page.locator('button', { hasText: 'just show me' }).first().click();
  const player = page.locator('.player').first();
  const at = (n: number): Promise<void> =>
    player.locator('.scrub [type=range]').evaluate((input: HTMLInputElement, value) => {
      input.value = String(value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, n);
  const promise = player.locator('.verdict [data-promise]');
  await at(11);
  await expect(promise).toHaveAttribute('data-promise', 'open');
  await expect(player.locator('.marks')).not.toContainText('promise ends');
  await at(12);
  await expect(promise).toHaveCount(1);
  await expect(promise).toContainText('The promise ends here. The hook still works until the job runs again');
  await expect(player.locator('.verdict')).not.toContainText('the backup shows the disk');
  const mark = player.locator('.marks span', { hasText: 'promise ends' });
  expect(await mark.evaluate((span: HTMLElement) => Number.parseFloat(span.style.left))).toBeCloseTo((100 * 12) / 18, 3);
  await at(13);
  await expect(promise).toHaveAttribute('data-promise', 'over');
  await expect(player.locator('.verdict')).toContainText('It still equals the disk at T0, by luck');
  await at(18);
  await expect(player.locator('.verdict')).toContainText('not the disk at T0 any more');
});

test('the win card leads to the next lesson', async ({ page }) => {
  await open(page, '#/learn/old-data-first');
  await page.locator('button', { hasText: 'just show me' }).first().click();
  await playByKeys(page, runOf(lessonTrace('write-first')));
  await page.locator('dialog[data-win][open] a[data-primary]', { hasText: 'Next: Who pays' }).click();
  await expect(page.locator('h1')).toHaveText('Who pays');
});
