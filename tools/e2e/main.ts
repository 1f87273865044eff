/**
 * Tests the built page in Chromium (web/e2e). Without Chromium the tests are skipped, with a line that says so; with
 * CI=true that is a failure.
 *
 *     node dist/tools/e2e/main.js [OPTIONS OF PLAYWRIGHT]
 *     CHROMIUM=/opt/chromium node dist/tools/e2e/main.js
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../copy-of-tree.ts';

const PLAYWRIGHT = join(ROOT, 'node_modules/@playwright/test/cli.js');
const CONFIG = join(ROOT, 'web/e2e/playwright.config.ts');
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

if (spawnSync(chromium, ['--version'], { stdio: 'ignore' }).status === 0) {
  const { status } = spawnSync(process.execPath, [PLAYWRIGHT, 'test', '--config', CONFIG, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  });
  process.exitCode = status ?? 1;
} else if (process.env['CI'] === 'true') {
  console.error(`there is no ${chromium} that runs, and CI=true insists on the tests of the page (in Debian: apt-get install chromium)`);
  process.exitCode = 1;
} else {
  console.error(
    `SKIPPED: the tests of the page, for there is no ${chromium} that runs (in Debian: apt-get install chromium; or set CHROMIUM)`,
  );
}
