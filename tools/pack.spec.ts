/** What `npm pack` ships: the command, the package and the page, and nothing that is for work on cowcheck itself. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SHIPPED = [
  'dist/command/main.js',
  'dist/command/LICENCES.txt',
  'dist/command/model-version.txt',
  'dist/src/index.js',
  'dist/src/index.d.ts',
  'dist/web/index.html',
  'src/edge/qemu/reproducer/runtime/reproducer.py',
  'docs/api.md',
  'CONTRIBUTING.md',
  'docs/config.schema.json',
  'examples/workloads/oltp.fio.iolog',
];
/** The spec of the example shows how to write one. */
const NOT_SHIPPED = /^(?:dist\/)?(?:tools|scripts)\/|(?<!examples\/own-job\/chunked)\.spec\.|testing\.|^\.github/;
const BYTES_MAX = 3e6;
/** What the site of the documents adds where it is not built here: measured, and rounded up. */
const SITE_BYTES = 900_000;
const SLOW_MS = 120_000;

it('has the command, the package and the page in it, no tools and no specs', { timeout: SLOW_MS }, () => {
  // Scripts would build anew, in the middle of specs that run the build.
  const options = { cwd: ROOT, encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 26 } as const;
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options)) as Packed[];
  const paths = packed!.files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(SHIPPED));
  expect(paths.filter((path) => NOT_SHIPPED.test(path))).toEqual([]);
  const hasSite = paths.includes('dist/docs/index.html');
  expect(packed!.size + (hasSite ? 0 : SITE_BYTES)).toBeLessThan(BYTES_MAX);
});

it('has a command that may be run, after every build', () => {
  expect(statSync(join(ROOT, 'dist/command/main.js')).mode & 0o111).toBe(0o111);
});
