/**
 * Writes the documents that are generated (src/docs/documents.ts) to where they belong.
 *
 *     npm run docs
 *     node scripts/docs.mjs [DIST]
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(process.argv[2] ?? resolve(root, 'dist'));
const { DOCUMENTS } = await import(pathToFileURL(resolve(dist, 'src/docs/documents.js')).href);

for (const { path, text } of DOCUMENTS) {
  await writeFile(resolve(root, path), text());
  console.log(`wrote ${path}`);
}
