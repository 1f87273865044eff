/** QEMU's sources, from Debian's source package, and what is needed to build them that this machine may lack. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fetchSource } from '../../src/edge/qemu/releases/apt.ts';
import { NotFetched } from '../../src/edge/qemu/releases/not-fetched.ts';
import { SUITES } from '../../src/edge/qemu/releases/suites.ts';
import { folder, inCache } from './cache.ts';
import { done } from './run.ts';

const SUITE = SUITES.find(({ name }) => name === 'trixie')!;
/** Of the same suite: an older Meson than QEMU's does not do, and these two are Python, which runs anywhere. */
const BUILD_TOOLS = ['meson', 'python3-pycotap'];

/** Of Debian's package, such as `1:10.0.13+ds-0+deb13u1`. */
export const versionOfSources = (): string => readFileSync(inCache('version'), 'utf8').trim();

export const areSourcesThere = (): boolean => existsSync(inCache('version'));

/** Fetches and unpacks them. They are there as a whole or not at all. @throws NotFetched, Failed */
export async function fetchSources(): Promise<void> {
  mkdirSync(folder(), { recursive: true });
  const apt = mkdtempSync(inCache('apt-'));
  try {
    const { version, files } = await fetchSource(SUITE, 'qemu', BUILD_TOOLS, apt);
    const tarball = files.find((name) => /\.orig\.tar\.\w+$/.test(name));
    if (tarball === undefined) throw new NotFetched("Debian's source package of QEMU has no tarball of QEMU");
    for (const name of ['tree', 'pristine', 'tools']) rmSync(inCache(name), { recursive: true, force: true });
    mkdirSync(inCache('tree'));
    await done('QEMU can not be unpacked', ['tar', '-xf', tarball, '--strip-components=1', '-C', inCache('tree')]);
    for (const name of files.filter((file) => file.endsWith('.deb')))
      await done('a build tool can not be unpacked', ['dpkg-deb', '--extract', name, inCache('tools')]);
    writeFileSync(inCache('version'), `${version}\n`);
  } finally {
    rmSync(apt, { recursive: true, force: true });
  }
}

/** Where the modules of the build tools are. */
export const toolModules = (): string => inCache('tools/usr/lib/python3/dist-packages');

/** A file as QEMU has it, whatever an edit has made of it since. Null: there is none. */
export function pristine(file: string): string | null {
  const kept = inCache('pristine', file);
  if (!existsSync(kept)) {
    if (!existsSync(inCache('tree', file))) return null;
    mkdirSync(dirname(kept), { recursive: true });
    copyFileSync(inCache('tree', file), `${kept}.partial`);
    renameSync(`${kept}.partial`, kept);
  }
  return readFileSync(kept, 'utf8');
}

/** Files that some edit has changed, or may have. */
export const filesTouched = (): string[] =>
  existsSync(inCache('pristine'))
    ? readdirSync(inCache('pristine'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.[ch]$/.test(name))
    : [];

/** Makes the tree that is built what it should be; a file that is so already keeps its time, so that it is not compiled again. */
export function writeTree(changed: ReadonlyMap<string, string>): void {
  for (const file of new Set([...filesTouched(), ...changed.keys()])) {
    const text = changed.get(file) ?? pristine(file)!;
    const path = join(inCache('tree'), file);
    if (readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  }
}
