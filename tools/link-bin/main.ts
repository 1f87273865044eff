/**
 * Links the clone's own command under node_modules/.bin, where `npx cowcheck` finds it as it finds any other. Without
 * the link npx first installs the clone into its cache, which takes longer and stays broken if it is interrupted.
 * Where links can't be made, npx still does that.
 *
 *     node dist/tools/link-bin/main.js
 */
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../copy-of-tree.ts';

const COMMAND = 'dist/command/main.js';
const bin = join(ROOT, 'node_modules/.bin');
const link = join(bin, 'cowcheck');

if (existsSync(bin) && process.platform !== 'win32') {
  rmSync(link, { force: true });
  symlinkSync(join('../..', COMMAND), link);
}
