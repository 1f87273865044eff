/** The folder for a static host: it works under a path of its own, and fetches what is not needed at first when it is. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Page, expect, test } from '@playwright/test';
import { writeTrace } from '../../src/trace/write.ts';
import { traceOf } from './screen.ts';

const TOOL = fileURLToPath(new URL('../../dist/tools/site/main.js', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};
const PATH = '/some/where/';
/** Before the first action, as a server would send it: 130 kB of script, style and data (size.e2e.ts), and 1 kB of HTML around them. */
const BYTES_MAX = 131_000;

/** Of the main thread until the first screen is painted: a quarter of this was seen. Of the processor, so that neighbours do not count. */
const CPU_SECONDS_MAX = 1;

/** Serves a folder under a path, and notes what is asked for. @param withheld what is asked for and never answered */
function serve(folder: string, asked: string[], withheld: ReadonlySet<string>): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const name = url!.startsWith(PATH) ? url!.slice(PATH.length) || 'index.html' : '';
    const file = join(folder, name);
    asked.push(name);
    if (withheld.has(name)) return undefined;
    if (name === '' || !existsSync(file)) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

test('the folder for a static host works under a path of its own', async ({ page }, info) => {
  test.slow(); // it builds all documents
  const [folder, asked, wrong] = [info.outputPath('site'), [] as string[], [] as string[]];
  execFileSync(process.execPath, [TOOL, '--out', folder, '--base', 'https://example.org/cow/'], { stdio: 'pipe' });
  const html = readFileSync(join(folder, 'index.html'));
  expect(gzipSync(html).length).toBeLessThan(BYTES_MAX);
  expect(html.toString()).toContain('<meta property="og:image" content="https://example.org/cow/picture.png">');
  // A PNG says its width and height in bytes 16 to 23.
  const picture = readFileSync(join(folder, 'picture.png'));
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1200, 630]);

  const withheld = new Set(['more.json', 'reader.js']);
  const server = await serve(folder, asked, withheld);
  page.on('console', (message) => (['error', 'warning'].includes(message.type()) ? wrong.push(message.text()) : undefined));
  page.on('pageerror', ({ message }) => wrong.push(message));
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
    await paintsAtOnce(page, address);
    expect(asked.filter((name) => !['index.html', 'more.json', 'icon.svg'].includes(name))).toEqual([]);
    await page.locator('.choice[data-who=job]').click();
    await expect(page.locator('[data-door] [data-sentence]')).toHaveText('The job asks the disk for sector 0.');
    withheld.clear();
    await page.goto('about:blank');
    await page.goto(address);
    await page.locator('header a', { hasText: 'Bugs' }).click();
    await expect(page.locator('.cards a').first()).toBeVisible();
    const files = page.locator('a[download]');
    await expect(files).toHaveCount(6);
    for (const href of await files.evaluateAll((all) => all.map((link) => link.getAttribute('href')!)))
      expect(readFileSync(join(folder, href), 'utf8')).toMatch(/^#!.*python3/);
    expect(asked).toContain('more.json');
    expect(asked).not.toContain('reader.js');
    await page.locator('header a', { hasText: 'Open' }).click();
    await page.locator('#pasted').fill(writeTrace(traceOf('drainBeforeUnhook')));
    await page.getByRole('button', { name: 'play it' }).click();
    await expect(page.locator('.scrub output')).toHaveText('step 0 of 13');
    expect(asked).toContain('reader.js');
    await page.goto(`${address}text.html`);
    await expect(page.locator('h1')).toBeVisible();
    expect((await page.locator('main').innerText()).length).toBeGreaterThan(2_000);
    expect(asked.filter((name) => name === '')).toEqual([]);
    expect(wrong).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * What makes the largest paint late is a request that it waits for, a second rendering, or a long script. So: it comes though nothing but
 * the document is answered, it is the first paint, and the processor has had little to do until then. Milliseconds would say as much of
 * the machine as of the page.
 */
async function paintsAtOnce(page: Page, address: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(address, { waitUntil: 'commit' });
  await expect(page.locator('[data-door] table.grid')).toBeVisible();
  const { first, largest } = await page.evaluate(async () => {
    const seen: PerformanceEntry[] = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
    observer.observe({ type: 'largest-contentful-paint', buffered: true });
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300)); // for a larger one that comes later
    return { first: performance.getEntriesByName('first-contentful-paint')[0]!.startTime, largest: seen.at(-1)!.startTime };
  });
  const { metrics } = await session.send('Performance.getMetrics');
  const seconds = metrics.find(({ name }) => name === 'TaskDuration')!.value;
  console.log(`  the largest paint after ${Math.round(largest)} ms, and ${seconds.toFixed(2)} s of the processor`);
  expect(largest).toBe(first);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(CPU_SECONDS_MAX);
}

test('an option that makes no sense writes nothing', () => {
  for (const args of [['--base', 'example.org'], ['--base', 'https://example.org'], ['--nonsense']]) {
    const folder = test.info().outputPath('nothing');
    const { status, stderr } = spawnSync(process.execPath, [TOOL, '--out', folder, ...args], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(folder)).toBe(false);
  }
});
