/** The page that teaches, as the build has made it, and as it is handed on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './package-root.ts';
import { FileError, fileError, readTextFile } from './text.ts';
import { writeWhole } from './traces.ts';

const PAGE = join(PACKAGE_ROOT, 'dist/web/index.html');
/** With the longest trace in it. */
const PAGE_BYTES_MAX = 128 * 1024 * 1024;
/** Every page has it, and nothing that somebody else has written does. */
const MADE_BY_US = '<meta name="generator" content="cowcheck">';
/** Where the data of the page begin. */
const DATA = '<script type="application/json" id="data">';

/** @param trace the text of a trace that the page is to show besides; null: none. It has been read: what is wrong with it was said */
export function pageWith(trace: string | null): string {
  if (!existsSync(PAGE)) throw fileError(PAGE, 'it is missing: build it with npm run build');
  const page = readTextFile(PAGE, PAGE_BYTES_MAX);
  if (trace === null) return page;
  const [before, after] = [page.slice(0, page.indexOf(DATA)), page.slice(page.indexOf(DATA))];
  const data = JSON.stringify(trace).replaceAll('<', String.raw`\u003c`);
  return `${before}<script type="application/json" id="own">${data}</script>\n${after}`;
}

/** Writes the page to a folder, which is made if need be, over an earlier one, but over no other file. @returns the file's path */
export function savePage(page: string, folder: string): string {
  const path = join(folder, 'index.html');
  if (existsSync(path) && !isOurs(path))
    throw fileError(path, 'it already exists and was not written by cowcheck learn: choose another directory');
  return writeWhole(path, page);
}

function isOurs(path: string): boolean {
  try {
    return readTextFile(path, PAGE_BYTES_MAX).includes(MADE_BY_US);
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}
