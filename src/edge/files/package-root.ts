/** The folder of this package, with package.json in it: how far above this file it lies depends on where that was built to. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function above(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : above(dirname(folder));
}

export const PACKAGE_ROOT = above(import.meta.dirname);

/** Such as `1.2.0`. */
export function cowcheckVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}
