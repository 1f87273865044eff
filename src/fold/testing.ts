/** For specs only: the sources of the model, as they stand in the repository. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sources } from './program.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** All of model/ but what is for specs. */
export const MODEL: Sources = new Map(
  readdirSync(join(ROOT, 'model'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.endsWith('testing.ts'))
    .map((name) => [`model/${name}`, readFileSync(join(ROOT, 'model', name), 'utf8')]),
);
