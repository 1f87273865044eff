/**
 * Traces of the gallery play: each turns red in the step that its file names, and says why as `explain` does. One in three by day, all
 * of them at night (`--all` of tools/e2e).
 */
import { type Page, expect } from '@playwright/test';
import { ruleNamed } from '../../model/machine/jobs.ts';
import { explain } from '../../src/explain/explanation.ts';
import { ruleReasons } from '../../src/explain/reasons.ts';
import { cellsAfter, runOf } from './engine.ts';
import { everyDetail, gallery, open, scrubTo, shown, shownToBe, test } from './screen.ts';

test('the gallery has them all', async ({ page }) => {
  await open(page, '#/bugs');
  expect(gallery.length).toBeGreaterThanOrEqual(50);
  for (const [name] of gallery) await expect(page.locator(`a[href="#/bug/${name}"]`)).toHaveCount(1);
});

const played = gallery.filter((_, i) => process.env['COWCHECK_E2E'] === 'all' || i % 3 === 0);

for (const [name, trace] of played) {
  test(`${name} turns red where and as it should`, async ({ page }) => {
    const { verdict } = trace;
    const { sentence, guilty } = explain(trace)!;
    const run = runOf(trace);
    await open(page, `#/bug/${name}`);
    await everyDetail(page);
    for (const [n, { at, isBroken, wrong }] of (await stepsOn(page, verdict.step)).entries())
      expect({ at, isBroken, wrong }).toEqual({ at: n, isBroken: false, wrong: 0 });
    await shownToBe(page, { at: verdict.step, isBroken: true, why: sentence, cells: cellsAfter(run, verdict.step) });
    await expect(page.locator('.verdict h2')).toContainText(`${verdict.property} is broken`);
    await expect(page.locator('.player .live[role=status]')).toContainText(`${verdict.property} is broken`);

    // The words of rules come with the data, not with the script.
    const rule = trace.cause[0]!;
    await expect(page.locator('main')).toContainText(`${rule}: ${ruleNamed(rule).sentence}`);
    for (const { text } of ruleReasons(explain(trace)!)) await expect(page.locator('.verdict details')).toContainText([text, '']);

    const back = guilty
      .map(({ step }) => step)
      .filter((step) => step < verdict.step)
      .toReversed();
    for (const step of back) {
      await page.keyboard.press('w');
      await shownToBe(page, { at: step });
    }
    await page.keyboard.press('f');
    await shownToBe(page, { at: verdict.step });

    await page.keyboard.press('c');
    const correct = page.locator('.compare');
    await expect(correct.locator('table.grid')).toHaveCount(1);
    await page.keyboard.press('End');
    await expect(correct.locator('td.wrong')).toHaveCount(0);
  });
}

for (const [name, says] of [
  // Of the same family, it takes the same steps; one of them shows something else.
  ['broken-snapshot-top', /^The correct job allows the same choices\. At step (\d+) it shows .+, and not .+\.$/],
  // It shows the same in every step: only what the next increment would copy is another.
  ['lost-bit', /^The correct job allows the same choices\.$/],
  ['overtaken-read', /^At step (\d+) the correct job does not allow "g3: write\.send c0": there g3 waits in "write\.frozen"\./],
] as const) {
  test(`beside ${name} there is the correct job of today`, async ({ page }) => {
    await open(page, `#/bug/${name}`);
    await page.keyboard.press('f');
    await expect(page.locator('.player > .stage .verdict')).toHaveClass(/broken/);
    await page.keyboard.press('c');
    const correct = page.locator('.compare');
    await expect(correct.locator('table.grid')).toHaveCount(1);
    await expect(correct.locator('td.wrong')).toHaveCount(0);
    await expect(correct.locator('p')).toHaveText(says);
    const [, parts] = says.exec(await correct.locator('p').innerText())!;
    const alike = parts === undefined ? (await shown(page)).length : Number(parts) - 1;
    expect(alike).toBeGreaterThan(3);
    for (const n of [alike, Math.floor(alike / 2)]) {
      await scrubTo(page, n);
      const cells = (grid: string) => page.locator(`${grid} tr[data-row=source] td, ${grid} tr[data-row=target] td`).allInnerTexts();
      await expect.poll(async () => (await cells('.compare')).join('|') === (await cells('.stage')).join('|')).toBe(true);
    }
  });
}

/** So many presses of →, and what was there before each: all within the page, as each question from outside takes long. */
function stepsOn(page: Page, presses: number): Promise<{ at: number; isBroken: boolean; wrong: number }[]> {
  return page.evaluate(async (times) => {
    const seen = [];
    for (let i = 0; i < times; i++) {
      seen.push({
        at: Number(document.querySelector<HTMLInputElement>('.player .scrub [type=range]')!.value),
        isBroken: document.querySelector('.player .verdict')!.classList.contains('broken'),
        wrong: document.querySelectorAll('.player table.grid .wrong').length,
      });
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
    return seen;
  }, presses);
}
