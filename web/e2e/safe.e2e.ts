/** The page loads nothing, runs nothing of what it reads, and says in words what it can't read. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Page, expect } from '@playwright/test';
import { writeTrace } from '../../src/trace/write.ts';
import { MAIN, PAGE, gallery, open, openOwn, shownToBe, test, traceOf } from './screen.ts';

const SCREENS = [
  '#/',
  '#/bugs',
  '#/bug/copyBeforeWrite',
  '#/words',
  '#/learn',
  '#/open',
  '#/play',
  '#/own',
  '#/t?x',
  '#/no-such',
  '#/bug/no-such',
  '#/learn/no-such',
  '#/bug/%E0%A4%A',
];
const NAME = 'drainBeforeUnhook';

/** A trace in which a hand has put something else in the place of its words. */
const withWords = (words: string): string =>
  writeTrace({ ...traceOf(NAME), about: { ...traceOf(NAME).about!, title: words, seen: words } });

test('every screen comes without a network, without a script that fails', async ({ page, context }) => {
  await context.setOffline(true);
  for (const hash of SCREENS) {
    await open(page, hash);
    await expect(page.locator('main h1, .player').first(), hash).toBeVisible();
  }
});

test('only what the build has made may run', async ({ page }) => {
  await open(page, '#/');
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toMatch(
    new RegExp(
      String.raw`^default-src 'none'; script-src 'sha256-[\w+/=]+' 'sha256-[\w+/=]+'; style-src (?:'sha256-[\w+/=]+' ?)+; ` +
        String.raw`worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'$`,
    ),
  );
  // Nothing that somebody brings into the page runs: the policy says so to the console, which is why this is not done
  // with `page`'s own check.
  const html = readFileSync(fileURLToPath(PAGE), 'utf8');
  expect(html.match(/<script(?![^>]*type="(?:application\/json|text\/plain)")[^>]*>/g)).toEqual([
    '<script id="theme">',
    '<script id="script">',
  ]);
  expect(html).not.toMatch(/<[^>]+\s(?:src|style|on\w+)=["'](?!data:)/);
  expect(html.replace(/<script [^>]*id="(?:data|more|reader|script)"[^]*?<\/script>/g, '')).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
});

test('cowcheck learn serves the same, and nothing else is asked of it', async ({ page }) => {
  const child = spawn(process.execPath, [MAIN, 'learn', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const { address } = await new Promise<{ address: string }>((resolve, reject) => {
      child.stdout.once('data', (text: Buffer) => resolve(JSON.parse(text.toString()) as { address: string }));
      child.on('exit', () => reject(new Error('it has ended')));
    });
    await page.goto(`${address}#/bug/${NAME}`);
    await page.locator('.player').waitFor();
    child.kill('SIGINT'); // now there is no server any more
    await new Promise((resolve) => child.on('close', resolve));
    await page.keyboard.press('f');
    await shownToBe(page, { at: 13, isBroken: true });
    await page.locator('header a').last().click();
    await expect(page.locator('h1')).toBeVisible();
  } finally {
    child.kill('SIGKILL');
  }
});

for (const words of [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '</title><svg onload=alert(1)>',
  '{{constructor}} ${alert(1)} javascript:alert(1)',
]) {
  test(`nothing runs of a trace that says ${words}`, async ({ page }, info) => {
    const dialogs = watchDialogs(page);
    await openOwn(page, withWords(words), info);
    await page.keyboard.press('End');
    await shownToBe(page, { at: 13, isBroken: true });
    await expect(page.locator('main img, main script, main svg[onload]')).toHaveCount(0);
    expect(dialogs).toEqual([]);
  });
}

test('what is pasted is read, or refused in words', async ({ page }) => {
  const dialogs = watchDialogs(page);
  await open(page, '#/open');
  const good = writeTrace(traceOf(NAME));
  for (const [text, says] of [
    ['', null],
    ['no trace at all', /./],
    [good.slice(0, good.length / 2), /./],
    [good.replace('trace: 2', 'trace: 99'), /99|format/],
    [good.replace('sync: top', 'sync: <img src=x onerror=alert(1)>'), /line \d+/],
    [`${good}x: ${'['.repeat(10_000)}`, /./],
  ] as const) {
    await page.locator('textarea').fill(text);
    await page.locator('button', { hasText: 'play' }).first().click();
    if (says !== null) await expect(page.locator('[data-notice]')).toHaveText(says);
    await expect(page.locator('.player')).toHaveCount(0);
  }
  await page.locator('textarea').fill(good);
  await page.locator('button', { hasText: 'play' }).first().click();
  await expect(page.locator('.player')).toBeVisible();
  await expect(page.locator('[data-notice]')).toHaveCount(0);
  await expect(page.locator('main img')).toHaveCount(0);
  expect(dialogs).toEqual([]);
});

test('without a script there is something to read', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(PAGE);
  await expect(page.locator('h1')).toBeVisible();
  const text = await page.locator('main').innerText();
  expect(text.length).toBeGreaterThan(2_000);
  expect(text).toContain('JavaScript');
  await context.close();
});

test('the gallery that is tested is the one that is built', async ({ page }) => {
  await open(page, '#/');
  const names = await page.evaluate(() =>
    Object.keys((JSON.parse(document.getElementById('more')!.textContent) as { gallery: object }).gallery),
  );
  expect(names).toEqual(gallery.map(([name]) => name));
});

/** What a script that should not have run would have said. */
function watchDialogs(page: Page): string[] {
  const said: string[] = [];
  page.on('dialog', (dialog) => {
    said.push(dialog.message());
    void dialog.dismiss();
  });
  return said;
}
