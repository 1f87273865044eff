/**
 * Releases of QEMU side by side in a cache folder, each with the loader and the libraries of its own suite, so that
 * none needs anything of the system. Nothing is fetched unless somebody asks for it (`fetchRelease`).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages } from './apt.ts';
import { NotFetched } from './not-fetched.ts';
import { cacheFolder } from './cache.ts';
import { SUITES, type Suite } from './suites.ts';

export interface Release {
  readonly suite: string;
  /** `10.0.13` */
  readonly version: string;
  /** Debian's: `1:10.0.13+ds-0+deb13u1`. */
  readonly packageVersion: string;
  /** Starts the release's `qemu-storage-daemon`. */
  readonly daemon: string;
}

/** What is kept of a release beside its files. */
type Kept = Pick<Release, 'version' | 'packageVersion'>;

export const releasesFolder = (): string => cacheFolder('qemu');

/** Those that are there, oldest first. */
export function releases(): Release[] {
  return SUITES.flatMap(({ name }) => releaseIn(name) ?? []).toSorted(compareReleases);
}

function releaseIn(suite: string): Release | null {
  const folder = join(releasesFolder(), suite);
  const file = join(folder, 'release.json');
  if (!existsSync(file)) return null;
  return { suite, ...(JSON.parse(readFileSync(file, 'utf8')) as Kept), daemon: join(folder, 'qemu-storage-daemon') };
}

/** By version; those of one version stay in the order of their suites. */
function compareReleases(a: Release, b: Release): number {
  const numbers = ({ version }: Release): number[] => version.split('.').map(Number);
  const [ofA, ofB] = [numbers(a), numbers(b)];
  const at = ofA.findIndex((number, i) => number !== ofB[i]);
  return at === -1 ? 0 : ofA[at]! - (ofB[at] ?? -1);
}

/**
 * The releases that somebody means. @param asked a suite, the beginning of a version (`10`, `10.0`; the newest that begins so
 * counts), or `all`, the newest of each branch
 * @throws NotFetched if none is there
 */
export function releasesAsked(asked: string): Release[] {
  const there = releases();
  const found =
    asked === 'all'
      ? there.filter((release, i) => there.findLastIndex((other) => branchOf(other) === branchOf(release)) === i)
      : there.filter(({ suite, version }) => suite === asked || version === asked || version.startsWith(`${asked}.`)).slice(-1);
  if (found.length > 0) return found;
  const has = there.length === 0 ? 'it is empty' : `found ${[...new Set(there.map(({ version }) => version))].join(', ')}`;
  throw new NotFetched(`QEMU ${asked} is not in ${releasesFolder()} (${has}): get it with cowcheck releases --fetch, if Debian has it`);
}

/** `10.0` of `10.0.13`. */
const branchOf = ({ version }: Release): string => version.split('.', 2).join('.');

/** Gets the release of a suite, in the place of one that is there. It is there as a whole or not at all. @throws NotFetched */
export async function fetchRelease(suite: Suite): Promise<Release> {
  const final = join(releasesFolder(), suite.name);
  const partial = `${final}.partial`;
  rmSync(partial, { recursive: true, force: true });
  try {
    mkdirSync(partial, { recursive: true });
    const packageVersion = await fetchPackages(suite, join(partial, 'apt'), join(partial, 'root'));
    rmSync(join(partial, 'apt'), { recursive: true });
    writeStarter(partial, 'qemu-storage-daemon');
    writeStarter(partial, 'qemu-img');
    const kept: Kept = { version: versionSaid(join(partial, 'qemu-storage-daemon')), packageVersion };
    writeFileSync(join(partial, 'release.json'), `${JSON.stringify(kept)}\n`);
    rmSync(final, { recursive: true, force: true });
    renameSync(partial, final);
    return releaseIn(suite.name)!;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    const { syscall, code, path } = error as NodeJS.ErrnoException;
    throw syscall === undefined || error instanceof NotFetched ? error : new NotFetched(`${path ?? partial} cannot be written (${code})`);
  }
}

/** A script that starts a program of the release with the release's own loader, wherever the folder lies. */
function writeStarter(folder: string, program: string): void {
  const root = join(folder, 'root');
  const found = ['usr/lib', 'lib']
    .filter((library) => existsSync(join(root, library)))
    .flatMap((library) =>
      readdirSync(join(root, library))
        .filter((triplet) => triplet.endsWith('-linux-gnu'))
        .map((triplet) => join(library, triplet)),
    );
  const loaders = found.flatMap((library) =>
    readdirSync(join(root, library))
      .filter((file) => /^ld-linux.*\.so/.test(file))
      .map((file) => join(library, file)),
  );
  if (loaders.length === 0 || !existsSync(join(root, 'usr/bin', program))) throw new NotFetched(`its packages contain no ${program}`);
  const libraries = found.map((library) => `"$root/${library}"`).join(':');
  const script = [
    '#!/bin/sh',
    'root=$(dirname "$(readlink -f "$0")")/root',
    `export QEMU_MODULE_DIR="$root/${found[0]}/qemu"`,
    `exec "$root/${loaders[0]}" --library-path ${libraries} "$root/usr/bin/${program}" "$@"`,
    '',
  ].join('\n');
  writeFileSync(join(folder, program), script);
  chmodSync(join(folder, program), 0o755);
}

/** @throws NotFetched if it does not start */
function versionSaid(program: string): string {
  try {
    const said = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return /\d+(?:\.\d+)+/.exec(said)![0];
  } catch (error) {
    const [why = ''] = ((error as { stderr?: string }).stderr ?? '').split('\n');
    throw new NotFetched(`its qemu-storage-daemon does not start: ${why}`);
  }
}

/** Removes all of them. */
export const clearReleases = (): void => rmSync(releasesFolder(), { recursive: true, force: true });

/** Of a folder with all that is in it. */
export function bytesOf(path: string): number {
  const here = statSync(path, { throwIfNoEntry: false });
  if (here === undefined || !here.isDirectory()) return here?.size ?? 0;
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .reduce((sum, { name }) => sum + bytesOf(join(path, name)), 0);
}
