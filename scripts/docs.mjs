/**
 * Writes the documents that are generated (tools/docs/documents.ts, tools/docs/gallery.ts) to where they belong.
 *
 *     npm run docs
 *     node scripts/docs.mjs [DIST]
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(process.argv[2] ?? resolve(root, 'dist'));
const { DOCUMENTS, READY_JOBS } = await import(pathToFileURL(resolve(dist, 'tools/docs/documents.js')).href);
const { galleryFiles } = await import(pathToFileURL(resolve(dist, 'tools/docs/gallery.js')).href);
const { readTrace } = await import(pathToFileURL(resolve(dist, 'src/trace/read.js')).href);
const { modelSources } = await import(pathToFileURL(resolve(dist, 'src/edge/files/sources.js')).href);

const files = (await readdir(resolve(root, 'traces'), { recursive: true })).filter((name) => name.endsWith('.trace.yaml'));
const corpus = new Map(
  await Promise.all(files.map(async (name) => [join('traces', name), readTrace(await readFile(resolve(root, 'traces', name), 'utf8'))])),
);

const json = async (name) => JSON.parse(await readFile(resolve(root, 'docs', name), 'utf8'));
const kept = { corpus, matrix: await json('rules.json'), ending: await json('top-ending.json') };

await mkdir(resolve(root, 'docs/jobs'), { recursive: true });
const sources = modelSources();
for (const { path, text } of [...DOCUMENTS, ...READY_JOBS]) {
  await writeFile(resolve(root, path), text({ ...kept, sources }));
  console.log(`wrote ${path}`);
}

const gallery = galleryFiles(corpus);
await rm(resolve(root, 'docs/gallery'), { recursive: true, force: true }); // a trace that is gone leaves no page
await mkdir(resolve(root, 'docs/gallery'));
for (const [path, text] of gallery) await writeFile(resolve(root, path), text);
console.log(`wrote ${gallery.size} files to docs/gallery`);
