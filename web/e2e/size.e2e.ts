/** What it weighs, as a server would send it. Text that is compressed is not paid for twice. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { PAGE } from './screen.ts';

const KB = 1_000;
const html = readFileSync(fileURLToPath(PAGE), 'utf8');

function gzipped(begin: string, end: string): number {
  const from = html.indexOf(begin) + begin.length;
  expect(from, begin).toBeGreaterThan(begin.length);
  return gzipSync(html.slice(from, html.indexOf(end, from))).length;
}

for (const [name, begin, end, max] of [
  ['the script', '<script id="script">', '</script>', 100 * KB],
  ['the style', '<style>', '</style>', 12 * KB],
  ['the reader of traces, which comes into play when one is opened', '<script type="text/plain" id="reader">', '</script>', 100 * KB],
] as const) {
  test(`${name} weighs less than ${max / KB} kB`, () => {
    const bytes = gzipped(begin, end);
    test.info().annotations.push({ type: 'kB', description: (bytes / KB).toFixed(1) });
    console.log(`  ${name}: ${(bytes / KB).toFixed(1)} kB`);
    expect(bytes).toBeGreaterThan(KB);
    expect(bytes).toBeLessThan(max);
  });
}
