/**
 * Writes the generated documents (documents.ts, gallery.ts) to where they belong.
 *
 *     npm run docs
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelSources } from '../../src/edge/files/sources.ts';
import { configSchemaText } from '../../src/edge/cli/config/schema.ts';
import { wholeProgram } from '../../src/edge/cli/run.ts';
import type { MatrixRow } from '../../src/matrix/matrix.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';
import type { Outcome } from '../top-ending/outcome.ts';
import { withOptions } from './command.ts';
import { DOCUMENTS, READY_JOBS } from './documents.ts';
import { galleryFiles } from './gallery.ts';
import { withSteps } from './glossary.ts';


const files = (await readdir(join(ROOT, 'traces'), { recursive: true })).filter((name) => name.endsWith('.trace.yaml'));
const corpus = new Map(
  await Promise.all(
    files.map(async (name) => [join('traces', name), readTrace(await readFile(join(ROOT, 'traces', name), 'utf8'))] as const),
  ),
);

const CONFIG_SCHEMA = 'docs/config.schema.json';

const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(ROOT, 'docs', name), 'utf8'));
const matrix = (await json('rules.json')) as MatrixRow[];
const ending = (await json('top-ending.json')) as Outcome[];

await mkdir(join(ROOT, 'docs/jobs'), { recursive: true });
const sources = modelSources();
for (const { path, text } of [...DOCUMENTS, ...READY_JOBS]) {
  await writeFile(join(ROOT, path), text({ corpus, matrix, ending, sources }));
  console.log(`wrote ${path}`);
}

await writeFile(join(ROOT, CONFIG_SCHEMA), configSchemaText((await wholeProgram()).commands));
console.log(`wrote ${CONFIG_SCHEMA}`);

const command = join(ROOT, 'docs/command.md');
await writeFile(command, withOptions(await readFile(command, 'utf8'), (await wholeProgram()).commands));
console.log('wrote the tables of docs/command.md');

const glossary = join(ROOT, 'docs/glossary.md');
await writeFile(glossary, withSteps(await readFile(glossary, 'utf8')));
console.log('wrote the steps in docs/glossary.md');

const gallery = galleryFiles(corpus);
await rm(join(ROOT, 'docs/gallery'), { recursive: true, force: true }); // a trace that is gone leaves no page
await mkdir(join(ROOT, 'docs/gallery'));
for (const [path, text] of gallery) await writeFile(join(ROOT, path), text);
console.log(`wrote ${gallery.size} files to docs/gallery`);
