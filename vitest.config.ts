import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['{model,properties,src,bench,scripts,traces}/**/*.spec.ts'], testTimeout: 60_000 },
});
