/** The documents as a site, with what their links lead to. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vitepress';
import { ROOT } from '../copy-of-tree.ts';

/** What documents link to outside of docs/. */
const LINKED = ['traces', 'examples'];

/**
 * Builds docs/ with VitePress (docs/.vitepress/config.mts). A link within docs/ that leads nowhere ends it.
 *
 * @param out the folder of the site; the documents go to docs/ in it
 * @param base where the site will be served; null: at the top of a host
 */
export async function buildDocs(out: string, base: string | null): Promise<void> {
  const top = base === null ? '/' : new URL(base).pathname;
  await build(join(ROOT, 'docs'), { outDir: join(out, 'docs'), base: `${top}docs/` });
  for (const folder of LINKED)
    await cp(join(ROOT, folder), join(out, folder), { recursive: true, filter: (path) => !/node_modules|\.spec\.ts$/.test(path) });
}
