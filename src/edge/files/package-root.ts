/** The folder of this package, with package.json in it: how far above this file it lies depends on where that was built to. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function above(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : above(dirname(folder));
}

export const PACKAGE_ROOT = above(import.meta.dirname);
