/**
 * Writes the generated documents (documents.ts, gallery.ts) to where they belong.
 *
 *     npm run docs
 *     node dist/tools/docs/main.js [DIST]    as another build of the sources has them
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MatrixRow } from '../../src/search/matrix/matrix.ts';
import { ROOT } from '../copy-of-tree.ts';
import type { Outcome } from '../top-ending/outcome.ts';

const dist = resolve(process.argv[2] ?? join(ROOT, 'dist'));
const built = (file: string): Promise<unknown> => import(pathToFileURL(join(dist, file)).href);
const { DOCUMENTS } = (await built('tools/docs/documents.js')) as typeof import('./documents.ts');
const { galleryFiles } = (await built('tools/docs/gallery.js')) as typeof import('./gallery.ts');
const { readTrace } = (await built('src/trace/read.js')) as typeof import('../../src/trace/read.ts');
const { modelSources } = (await built('src/edge/files/sources.js')) as typeof import('../../src/edge/files/sources.ts');

const files = (await readdir(join(ROOT, 'traces'), { recursive: true })).filter((name) => name.endsWith('.trace.yaml'));
const corpus = new Map(
  await Promise.all(
    files.map(async (name) => [join('traces', name), readTrace(await readFile(join(ROOT, 'traces', name), 'utf8'))] as const),
  ),
);

const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(ROOT, 'docs', name), 'utf8'));
const matrix = (await json('rules.json')) as MatrixRow[];
const ending = (await json('top-ending.json')) as Outcome[];

for (const { path, text } of DOCUMENTS) {
  await writeFile(join(ROOT, path), text({ corpus, matrix, ending, sources: modelSources() }));
  console.log(`wrote ${path}`);
}

const gallery = galleryFiles(corpus);
await rm(join(ROOT, 'docs/gallery'), { recursive: true, force: true }); // a trace that is gone leaves no page
await mkdir(join(ROOT, 'docs/gallery'));
for (const [path, text] of gallery) await writeFile(join(ROOT, path), text);
console.log(`wrote ${gallery.size} files to docs/gallery`);
