import { defineConfig } from 'vitest/config';

/**
 * Specs that name steps of their own, which only one file at a time can, as a name stands for one step; and one that
 * asks for all names.
 */
const APART = ['model/kernel/**/*.spec.ts', 'model/block/in-flight.spec.ts', 'model/machine.spec.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // By default vitest leaves one core alone, which is half of a small machine.
    maxWorkers: '100%',
    // What is built is what runs: node loads it, and the worker threads that it starts, as it is.
    server: { deps: { external: [/\/dist\/(src|model|properties|bench)\//] } },
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      // The others share what they import: it takes as long to load as many of them run.
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{model,properties,src,bench,tools,scripts,traces,web}/**/*.spec.ts', 'examples/**/*.spec.mjs'],
          exclude: [...APART, 'web/e2e/**'],
          isolate: false,
        },
      },
    ],
  },
});
