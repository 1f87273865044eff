import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const FOLDERS = ['model', 'properties', 'src', 'bench', 'tools', 'traces', 'web'];

/**
 * Specs that name steps of their own, which only one file at a time can, as a name stands for one step; and one that
 * asks for all names.
 */
const APART = [
  'model/kernel/**/*.spec.ts',
  'model/block/in-flight.spec.ts',
  'model/machine/machine.spec.ts',
  'model/families/example/**/*.spec.ts',
  'web/common/told-steps.spec.ts',
];

/** Specs whose checks have two sizes: those that ask which (tools/nightly/testing.ts). At night they run at full size. */
function sizedSpecs(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.spec.ts') && readFileSync(join(import.meta.dirname, path), 'utf8').includes("nightly/testing.ts'")),
  );
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // By default vitest leaves one core alone, which is half of a small machine.
    maxWorkers: '100%',
    // What is built is what runs: node loads it, and the worker threads that it starts, as it is.
    server: { deps: { external: [/\/dist\/(command|src|model|properties|bench)\//] } },
    provide: { fullSize: false },
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      // The others share what they import: it takes as long to load as many of them run.
      {
        extends: true,
        test: {
          name: 'together',
          include: [`{${FOLDERS.join(',')}}/**/*.spec.ts`, 'examples/**/*.spec.mjs'],
          exclude: [...APART, 'web/e2e/**'],
          isolate: false,
        },
      },
      // Only where it is asked for, by `npm run nightly` and .ci/run: all other runs are of the projects above.
      ...(process.argv.includes('nightly')
        ? [{ extends: true as const, test: { name: 'nightly', include: sizedSpecs(), testTimeout: 600_000, provide: { fullSize: true } } }]
        : []),
    ],
  },
});
