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

const SCRIPT = gzipped('<script id="script">', '</script>');
const STYLE = gzipped('<style>', '</style>');
const DATA = gzipped('id="data">', '</script>');
const READER = gzipped('<script type="text/plain" id="reader">', '</script>');

for (const [name, bytes, max] of [
  ['what is needed before the first action: script, style and data', SCRIPT + STYLE + DATA, 130 * KB],
  ['the reader of traces, which comes into play when one is opened', READER, 100 * KB],
  ['all together, with the lessons as text', gzipSync(html).length, 260 * KB],
] as const) {
  test(`${name} weighs less than ${max / KB} kB`, () => {
    console.log(`  ${name}: ${(bytes / KB).toFixed(1)} kB`);
    expect(bytes).toBeGreaterThan(KB);
    expect(bytes).toBeLessThan(max);
  });
}
