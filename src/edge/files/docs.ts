/** The documents as a site, as it was built for the package: files by the path under which a browser asks for them. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { PACKAGE_ROOT } from './package-root.ts';
import { fileError } from './text.ts';

const SITE = join(PACKAGE_ROOT, 'dist/docs');

/** What the site has, and how a browser is told of it. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};

export interface SiteFile {
  readonly type: string;
  /** Read when it is asked for. */
  readonly body: () => Buffer;
}

/**
 * @returns by path, such as `/command.html`; a folder is its index.html
 * @throws FileError if the site has not been built
 */
export function docsSite(folder: string = SITE): ReadonlyMap<string, SiteFile> {
  if (!existsSync(join(folder, 'index.html'))) throw fileError(folder, 'the documents are not built: run npm run docs-site');
  const files = new Map<string, SiteFile>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const file: SiteFile = { type, body: () => readFileSync(join(folder, name)) };
    const path = `/${name.split(sep).join('/')}`;
    files.set(path, file);
    if (path.endsWith('/index.html')) files.set(path.slice(0, -'index.html'.length), file);
  }
  return files;
}
