import { defineConfig } from 'vitest/config';

/**
 * Specs that name steps of their own, which only one file at a time can, as a name stands for one step; and one that
 * asks for all names.
 */
const APART = [
  'model/kernel/**/*.spec.ts',
  'model/block/in-flight.spec.ts',
  'model/machine/machine.spec.ts',
  'model/families/example/**/*.spec.ts',
];

/** Specs whose checks have two sizes (tools/nightly/testing.ts): at night they run at full size. */
const SIZED = [
  'bench/fast-check-port.spec.ts',
  'bench/spin/peer.spec.ts',
  'model/families/example/miniature.spec.ts',
  'model/machine/machine.spec.ts',
  'model/machine/states.spec.ts',
  'src/api/forgotten.spec.ts',
  'src/edge/cli/cli.spec.ts',
  'src/edge/cli/commands/exhaustive.spec.ts',
  'src/edge/cli/commands/matrix.spec.ts',
  'src/edge/cli/commands/custom-job.spec.ts',
  'src/edge/cli/commands/qemu.spec.ts',
  'src/edge/cli/full-disk.spec.ts',
  'src/edge/cli/hostile.spec.ts',
  'src/edge/qemu/case/case.spec.ts',
  'src/edge/qemu/reproducer/reproducer.spec.ts',
  'src/explain/columns.spec.ts',
  'src/explain/explanation.spec.ts',
  'src/fold/print.spec.ts',
  'src/matrix/matrix.spec.ts',
  'src/replay/replay.spec.ts',
  'src/search/campaign/campaign.spec.ts',
  'src/search/campaign/memoizing-runner.spec.ts',
  'src/search/exhaustive/eras.spec.ts',
  'src/search/exhaustive/reductions.spec.ts',
  'src/search/exhaustive/sweep.spec.ts',
  'src/shrink/family.spec.ts',
  'src/shrink/fixed.spec.ts',
  'src/shrink/minimality.spec.ts',
  'src/shrink/shrink.spec.ts',
  'src/trace/read.spec.ts',
  'src/trace/trace.spec.ts',
  'tools/docs/docs.spec.ts',
  'tools/fuzz/fuzz.spec.ts',
  'tools/house/house.spec.ts',
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // By default vitest leaves one core alone, which is half of a small machine.
    maxWorkers: '100%',
    // What is built is what runs: node loads it, and the worker threads that it starts, as it is.
    server: { deps: { external: [/\/dist\/(src|model|properties|bench)\//] } },
    provide: { fullSize: false },
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      // The others share what they import: it takes as long to load as many of them run.
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{model,properties,src,bench,tools,traces,web}/**/*.spec.ts', 'examples/**/*.spec.mjs'],
          exclude: [...APART, 'web/e2e/**'],
          isolate: false,
        },
      },
      // Only where it is asked for, by `npm run nightly` and .ci/run: all other runs are of the projects above.
      ...(process.argv.includes('nightly')
        ? [{ extends: true as const, test: { name: 'nightly', include: SIZED, testTimeout: 600_000, provide: { fullSize: true } } }]
        : []),
    ],
  },
});
