/** The page in a real browser: Debian's Chromium, and none that is downloaded. tools/e2e says which. */
import { defineConfig } from '@playwright/test';

const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Runs when all others are over. By itself: `npm run e2e -- --no-deps long`. */
const ALONE = 'long.e2e.ts';

export default defineConfig({
  testDir: '.',
  testMatch: '*.e2e.ts',
  outputDir: '../../dist/e2e',
  fullyParallel: true,
  workers: 2,
  // A test that fails now and then has something to say, and here it does. In CI, where a machine may stand still for a second, it is run
  // once more, and the log calls it flaky.
  retries: process.env['CI'] === 'true' ? 1 : 0,
  forbidOnly: process.env['CI'] === 'true',
  reporter: 'list',
  timeout: 60_000,
  use: {
    viewport: { width: 1280, height: 900 },
    launchOptions: { executablePath: chromium, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] },
    screenshot: 'off',
    trace: 'off',
  },
  projects: [
    { name: 'page', testIgnore: ALONE },
    // It asks how soon the page follows, and a neighbour on the other core would be part of the answer.
    { name: 'alone', testMatch: ALONE, dependencies: ['page'] },
  ],
});
