/** What the tests of the page share: the built page, opened as its users open it, and what it shows. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Page, type TestInfo, test as base, expect } from '@playwright/test';
import type { FailingTrace } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GALLERY = join(ROOT, 'traces/gallery');
export const MAIN = join(ROOT, 'dist/command/main.js');
export const PAGE = pathToFileURL(join(ROOT, 'dist/web/index.html')).href;

/** Every trace of the gallery by its name, which is in the address of its screen. */
export const gallery: readonly (readonly [name: string, trace: FailingTrace])[] = readdirSync(GALLERY)
  .toSorted()
  .map((file) => [file.replace('.trace.yaml', ''), readTrace(readFileSync(join(GALLERY, file), 'utf8')) as FailingTrace]);

export const traceOf = (name: string): FailingTrace => gallery.find(([other]) => other === name)![1];

/** Whatever the test is about: the page loads nothing but itself, and no script of it fails. */
export const test = base.extend<{ page: Page }>({
  page: async ({ page }, use, { title }) => {
    const wrong: string[] = [];
    const documents = new Set<string>();
    page.on('request', (request) => {
      const url = request.url();
      if (request.isNavigationRequest()) documents.add(url.split('#')[0]!);
      else if (!/^(?:data|blob):/.test(url)) wrong.push(`it loads ${url}`);
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) wrong.push(`the console: ${message.text()}`);
    });
    page.on('pageerror', ({ message }) => wrong.push(`a script fails: ${message}`));
    await use(page);
    if (documents.size > 1) wrong.push(`it leads to ${[...documents].join(', ')}`);
    if (wrong.length > 0) throw new Error(`${title}: ${wrong.join('; ')}`);
  },
});

/** @param hash `#/bug/copyBeforeWrite` */
export async function open(page: Page, hash: string): Promise<void> {
  await page.goto(`${PAGE}${hash}`);
  await page.locator('main').first().waitFor();
}

/** Opens the page with a trace file in it, as `cowcheck learn TRACE --out DIR` writes it. */
export async function openOwn(page: Page, text: string, info: TestInfo): Promise<void> {
  const file = info.outputPath('own.trace.yaml');
  writeFileSync(file, text);
  execFileSync(process.execPath, [MAIN, 'learn', file, '--out', info.outputPath('own')], { stdio: 'pipe' });
  await page.goto(`${pathToFileURL(info.outputPath('own/index.html')).href}#/own`);
  await page.locator('.player').waitFor();
}

/** From here on keys stop at each step of the model, which is what a test of it counts. */
export async function everyDetail(page: Page): Promise<void> {
  await page.locator('[data-detail]').first().check();
  await page.locator('[data-detail]').first().blur();
}

export interface ShownCell {
  readonly text: string;
  readonly isWrong: boolean;
  /** As changed by the step. */
  readonly isRinged: boolean;
}

/** What the page shows of a run. */
export interface Shown {
  readonly at: number;
  readonly length: number;
  /** What the step did. */
  readonly sentence: string;
  readonly isBroken: boolean;
  readonly why: string | null;
  /** By row of the grid. */
  readonly cells: Readonly<Record<string, readonly ShownCell[]>>;
}

export function shown(page: Page): Promise<Shown> {
  return page
    .locator('.player')
    .first()
    .evaluate((player) => {
      const range = player.querySelector<HTMLInputElement>('.scrub [type=range]')!;
      const rows = player.querySelector('table.grid')!.querySelectorAll<HTMLElement>('tbody tr');
      const cellOf = (cell: Element): ShownCell => ({
        text: cell.textContent,
        isWrong: cell.classList.contains('wrong'),
        isRinged: cell.classList.contains('changed'),
      });
      return {
        at: Number(range.value),
        length: Number(range.max),
        sentence: player.querySelector('[data-sentence]')!.textContent,
        isBroken: player.querySelector('.verdict')!.classList.contains('broken'),
        why: player.querySelector('[data-why]')?.textContent ?? null,
        cells: Object.fromEntries([...rows].map((row) => [row.dataset['row']!, [...row.querySelectorAll('td')].map(cellOf)])),
      };
    });
}

/** Waits until the page shows this of a run: what a key or a click leads to may come a frame later. */
export async function shownToBe(page: Page, wanted: Partial<Record<keyof Shown, unknown>>, message?: string): Promise<void> {
  await expect.poll(() => shown(page), message).toEqual(expect.objectContaining(wanted));
}

/** The bar, moved as a hand moves it. */
export async function scrubTo(page: Page, n: number): Promise<void> {
  await page.locator('.scrub [type=range]').evaluate((input: HTMLInputElement, value) => {
    input.value = String(value);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, n);
}
