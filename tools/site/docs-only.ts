/**
 * Builds the documents as a site for `cowcheck docs`: into dist/docs, served at the top of a host. `npm pack` and `npm publish` do it.
 *
 *     node dist/tools/site/docs-only.js
 */
import { join } from 'node:path';
import { build } from 'vitepress';
import { ROOT } from '../copy-of-tree.ts';

await build(join(ROOT, 'docs'), { outDir: join(ROOT, 'dist/docs'), base: '/' });
