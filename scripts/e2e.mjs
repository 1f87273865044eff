/**
 * Tests the built page in Chromium (web/e2e). Without one it says so, and with CI=true that is a failure.
 *
 *     node scripts/e2e.mjs [OPTIONS OF PLAYWRIGHT]
 *     CHROMIUM=/opt/chromium node scripts/e2e.mjs
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

if (spawnSync(chromium, ['--version'], { stdio: 'ignore' }).status === 0) {
  const { status } = spawnSync(
    process.execPath,
    [`${root}node_modules/@playwright/test/cli.js`, 'test', '--config', `${root}web/e2e/playwright.config.ts`, ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' } },
  );
  process.exitCode = status ?? 1;
} else if (process.env.CI === 'true') {
  console.error(`there is no ${chromium} that runs, and CI=true insists on the tests of the page (in Debian: apt-get install chromium)`);
  process.exitCode = 1;
} else {
  console.error(
    `SKIPPED: the tests of the page, for there is no ${chromium} that runs (in Debian: apt-get install chromium; or set CHROMIUM)`,
  );
}
