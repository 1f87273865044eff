/**
 * Tests the built page in Chromium (web/e2e), in its headless shell where that is there, which takes half the time. Without either
 * the tests are skipped, with a line that says so; with CI=true that is a failure.
 *
 *     node dist/tools/e2e/main.js [--all] [OPTIONS OF PLAYWRIGHT]    --all: every trace of the gallery, and not one in three
 *     CHROMIUM=/opt/chromium node dist/tools/e2e/main.js
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../copy-of-tree.ts';

const PLAYWRIGHT = join(ROOT, 'node_modules/@playwright/test/cli.js');
const CONFIG = join(ROOT, 'web/e2e/playwright.config.ts');
const options = process.argv.slice(2);
const asked = process.env['CHROMIUM'];
const browsers = asked === undefined ? ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] : [asked];
const browser = browsers.find((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0);

if (browser !== undefined) {
  const { status } = spawnSync(
    process.execPath,
    [PLAYWRIGHT, 'test', '--config', CONFIG, ...options.filter((option) => option !== '--all')],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        CHROMIUM: browser,
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
        ...(options.includes('--all') ? { COWCHECK_E2E: 'all' } : {}),
      },
    },
  );
  process.exitCode = status ?? 1;
} else if (process.env['CI'] === 'true') {
  console.error(
    `there is no ${browsers.at(-1)} that runs, and CI=true insists on the tests of the page (in Debian: apt-get install chromium)`,
  );
  process.exitCode = 1;
} else {
  console.error(
    `SKIPPED: the tests of the page, for there is no ${browsers.at(-1)} that runs (in Debian: apt-get install chromium; or set CHROMIUM)`,
  );
}
