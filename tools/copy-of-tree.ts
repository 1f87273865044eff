/** A copy of the sources, for tools that change them or run what changes them. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The tree that this file was built from. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A folder that is gone when this process ends. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cowcheck-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Copies all files but packages and what git ignores, with a link to the packages; and what has been built. */
export function copyTree(root: string, to: string): void {
  const { status, stdout, stderr } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  for (const file of stdout.split('\0')) if (file !== '') cpSync(join(root, file), join(to, file));
  linkBuilt(root, to);
}

/** What node needs to run what has been built: the build itself, and the packages. */
export function linkBuilt(root: string, to: string): void {
  cpSync(join(root, 'dist'), join(to, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(to, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
}
