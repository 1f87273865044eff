/** Every trace of the gallery plays: it turns red in the step that its file names, and says why as `explain` does. */
import { expect } from '@playwright/test';
import { explain } from '../../src/explain/explanation.ts';
import { cellsAfter, runOf } from './engine.ts';
import { everyDetail, gallery, open, shown, test } from './screen.ts';

test('the gallery has them all', async ({ page }) => {
  await open(page, '#/bugs');
  expect(gallery.length).toBeGreaterThanOrEqual(50);
  for (const [name] of gallery) await expect(page.locator(`a[href="#/bug/${name}"]`)).toHaveCount(1);
});

for (const [name, trace] of gallery) {
  test(`${name} turns red where and as it should`, async ({ page }) => {
    const { verdict } = trace;
    const { sentence, guilty } = explain(trace)!;
    const run = runOf(trace);
    await open(page, `#/bug/${name}`);
    await everyDetail(page);
    for (let n = 0; n < verdict.step; n++) {
      const { at, isBroken, cells } = await shown(page);
      expect({
        at,
        isBroken,
        wrong: Object.values(cells)
          .flat()
          .filter(({ isWrong }) => isWrong),
      }).toEqual({ at: n, isBroken: false, wrong: [] });
      await page.keyboard.press('ArrowRight');
    }
    expect(await shown(page)).toMatchObject({ at: verdict.step, isBroken: true, why: sentence, cells: cellsAfter(run, verdict.step) });
    await expect(page.locator('.verdict h2')).toContainText(`${verdict.property} is broken`);
    await expect(page.locator('.player .live[role=status]')).toContainText(`${verdict.property} is broken`);

    const back = guilty
      .map(({ step }) => step)
      .filter((step) => step < verdict.step)
      .toReversed();
    for (const step of back) {
      await page.keyboard.press('w');
      expect((await shown(page)).at).toBe(step);
    }
    await page.keyboard.press('f');
    expect((await shown(page)).at).toBe(verdict.step);

    await page.keyboard.press('c');
    const correct = page.locator('.compare');
    await expect(correct.locator('table.grid')).toHaveCount(1);
    await page.keyboard.press('End');
    await expect(correct.locator('td.wrong')).toHaveCount(0);
  });
}
