/**
 * Lets `npx cowcheck` find the clone's own command as it finds any other: under node_modules/.bin.
 * Without the link npx installs the clone into its cache first, which takes longer and stays broken
 * once it was interrupted. Where links can't be made, that is still what happens.
 */
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';

const bin = new URL('../node_modules/.bin/', import.meta.url);
const link = new URL('cowcheck', bin);

chmodSync(new URL('../dist/src/edge/cli/main.js', import.meta.url), 0o755);
if (existsSync(bin) && process.platform !== 'win32') {
  rmSync(link, { force: true });
  symlinkSync('../../dist/src/edge/cli/main.js', link);
}
