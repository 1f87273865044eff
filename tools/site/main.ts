/**
 * Writes the page as a folder for a static host, such as GitHub Pages, and the documents beside it, in docs/: it works under the path of
 * `--base`, and the page under any. Chromium takes the picture that a shared link shows.
 *
 *     node dist/tools/site/main.js [--out DIR] [--base https://example.org/cowcheck/]
 *
 * `--out`: dist/site if it is not given; files of the same names there are written over. `--base`: where it will be served, which
 * some of the sites that show a shared link insist on. Exit status 2: an option that is not understood, and nothing is written.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../copy-of-tree.ts';
import { pageModule, pageParts } from '../page/bundle.ts';
import { buildDocs } from './docs.ts';
import { takePictures } from './pictures.ts';
import { writeReproducers } from './reproducers.ts';

const options = readOptions();
if (typeof options === 'string') {
  console.error(`site: ${options}`);
  process.exitCode = 2;
} else {
  const { siteOf } = await pageModule();
  const files = siteOf({ ...(await pageParts()), base: options.base });
  mkdirSync(options.out, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(options.out, name), text);
  writeReproducers(options.out);
  await takePictures(options.out);
  await buildDocs(options.out, options.base);
  console.log(`the page, its pictures and the documents are in ${options.out}`);
}

/** @returns what is wrong with them, in a sentence, if anything is */
function readOptions(): { out: string; base: string | null } | string {
  try {
    const { values } = parseArgs({ options: { out: { type: 'string' }, base: { type: 'string' } } });
    const base = values.base ?? null;
    if (base !== null && !/^https?:\/\/[^\s"<>?#]+\/$/.test(base)) return `--base takes an address that ends in a slash, not "${base}"`;
    return { out: resolve(values.out ?? join(ROOT, 'dist/site')), base };
  } catch (error) {
    return (error as Error).message;
  }
}
