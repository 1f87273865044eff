/** What axe finds wrong with a screen. Its script is evaluated by the browser's debugger, which the page's policy leaves alone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type Axe from 'axe-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * @axe-core/playwright does the same in seconds, as it finishes each run in a page of its own, for the frames that this page has none of.
 * @returns of each rule that is broken its name and up to three elements; and how many rules hold
 */
export async function axe(page: Page): Promise<{ broken: string[]; holds: number }> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    // Half way from one colour to another there is too little contrast.
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
    const { violations, passes } = await (globalThis as unknown as { axe: typeof Axe }).axe.run(document, { resultTypes: ['violations'] });
    const elements = ({ nodes }: Axe.Result): string =>
      nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 160))
        .join(' | ');
    return { broken: violations.map((rule) => `${rule.id}: ${elements(rule)}`), holds: passes.length };
  });
}
