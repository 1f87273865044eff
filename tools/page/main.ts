/**
 * Builds the page that teaches: one HTML file with everything in it, so that it works from a disk and from any
 * server of files, and loads nothing. Only the scripts and styles of this build may run in it.
 *
 *     node dist/tools/page/main.js    writes dist/web/index.html
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../copy-of-tree.ts';
import { pageModule, pageParts } from './bundle.ts';

const { pageOf } = await pageModule();
const html = pageOf(await pageParts());
mkdirSync(join(ROOT, 'dist/web'), { recursive: true });
writeFileSync(join(ROOT, 'dist/web/index.html'), html);
