import { defineConfig } from 'vitest/config';

export default defineConfig({
  // By default vitest leaves one core alone, which is half of a small machine.
  test: { include: ['{model,properties,src,bench,scripts,traces,web}/**/*.spec.ts', 'examples/**/*.spec.mjs'], testTimeout: 60_000, maxWorkers: '100%' },
});
