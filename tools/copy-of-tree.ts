/** A copy of the sources, for tools that change them or run what changes them. */
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The tree that this file is in, or was built from. */
export const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.js') ? '../..' : '..', import.meta.url));

/** A folder that is gone when this process ends. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cowcheck-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Copies the sources, with a link to the packages, and what has been built. */
export function copyTree(root: string, to: string): void {
  copySources(root, to);
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
}

/** What is no source; the build is copied, too. */
const NOT_COPIED = new Set(['node_modules', '.git', 'cowcheck-traces', 'cowcheck-screenshots']);

/** All files but packages and what is drawn or found; with what has been built. */
export function copySources(root: string, to: string): void {
  for (const name of readdirSync(root)) if (!NOT_COPIED.has(name)) cpSync(join(root, name), join(to, name), { recursive: true });
}

/** What node needs to run what has been built: the build itself, and the packages. */
export function linkBuilt(root: string, to: string): void {
  cpSync(join(root, 'dist'), join(to, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(to, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
}
