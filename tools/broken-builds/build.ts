/** Builds `qemu-storage-daemon`, and nothing else of QEMU, with an edit in its sources. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCache } from './cache.ts';
import { type Edit, applied } from './edit.ts';
import { Failed, done, run } from './run.ts';
import { pristine, toolModules, versionOfSources, writeTree } from './sources.ts';

/** What this machine must have: what is asked, and Debian's package that brings it. */
const NEEDED: readonly (readonly [ask: readonly [string, ...string[]], debianPackage: string])[] = [
  [['gcc', '--version'], 'gcc'],
  [['ninja', '--version'], 'ninja-build'],
  [['pkg-config', '--version'], 'pkg-config'],
  [['pkg-config', '--exists', 'glib-2.0', 'gio-2.0'], 'libglib2.0-dev'],
  [['flex', '--version'], 'flex'],
  [['bison', '--version'], 'bison'],
  [['python3', '-m', 'venv', '--help'], 'python3-venv'],
];
export const BUILD_PACKAGES = [...NEEDED.map(([, name]) => name), 'xz-utils'];

/** @throws Failed with what to install */
export async function checkMachine(): Promise<void> {
  const missing: string[] = [];
  for (const [ask, name] of NEEDED) if ((await run(ask)).status !== 0) missing.push(name);
  if (missing.length > 0) throw new Failed(`QEMU can not be built on this machine: apt-get install ${missing.join(' ')}`);
}

export const TARGET = 'storage-daemon/qemu-storage-daemon';
const JOBS = 2;
const CONFIGURE = [
  '--disable-install-blobs',
  '--disable-system',
  '--disable-user',
  '--disable-docs',
  '--without-default-features',
  '--enable-tools',
  '--disable-guest-agent',
  '--enable-trace-backends=log',
];

/** @throws Failed */
export async function configure(): Promise<void> {
  const build = inCache('tree/build');
  if (existsSync(join(build, 'build.ninja'))) return;
  const python = await pythonWithMeson();
  rmSync(build, { recursive: true, force: true });
  mkdirSync(build);
  await done('QEMU can not be configured', ['../configure', ...CONFIGURE, `--python=${python}`], { cwd: build });
}

/** A Python that has Meson. @returns its path */
async function pythonWithMeson(): Promise<string> {
  const venv = inCache('venv');
  rmSync(venv, { recursive: true, force: true });
  await done('there is no Python to build with', ['python3', '-m', 'venv', venv]);
  const python = join(venv, 'bin/python3');
  const packages = (await done('there is no Python to build with', [python, '-c', 'import site; print(site.getsitepackages()[0])'])).trim();
  for (const name of readdirSync(toolModules())) symlinkSync(join(toolModules(), name), join(packages, name));
  const meson = join(venv, 'bin/meson');
  writeFileSync(meson, `#!${python}\nfrom mesonbuild.mesonmain import main\nraise SystemExit(main())\n`, { mode: 0o755 });
  return python;
}

/** What a build is made of; a build that was made of the same is not made again. */
const digestOf = (edits: readonly Edit[]): string =>
  createHash('sha256')
    .update(JSON.stringify([versionOfSources(), edits.map(({ changes }) => changes)]))
    .digest('hex');

export interface Build {
  readonly binary: string;
  /** Null: it was there. */
  readonly seconds: number | null;
}

/**
 * Builds QEMU with these edits, one after the other: each finds its anchors in what those before it have left.
 * @param name of the folder in which the build is kept
 * @throws Failed, NotApplied
 */
export async function buildWith(name: string, edits: readonly Edit[]): Promise<Build> {
  const kept = inCache('builds', name);
  const [binary, digestFile] = [join(kept, 'qemu-storage-daemon'), join(kept, 'digest')];
  const digest = digestOf(edits);
  if (existsSync(digestFile) && readFileSync(digestFile, 'utf8') === digest) return { binary, seconds: null };
  const begin = Date.now();
  rmSync(kept, { recursive: true, force: true });
  writeTree(textsWith(edits));
  await compile(name);
  mkdirSync(kept, { recursive: true });
  copyFileSync(inCache('tree/build', TARGET), `${binary}.partial`);
  renameSync(`${binary}.partial`, binary);
  writeFileSync(digestFile, digest);
  return { binary, seconds: (Date.now() - begin) / 1000 };
}

/**
 * Files as these edits leave them, one edit after the other.
 * @param also files that are told even if no edit changes them
 * @throws NotApplied
 */
export function textsWith(edits: readonly Pick<Edit, 'name' | 'changes'>[], also: readonly string[] = []): Map<string, string> {
  const texts = new Map<string, string>();
  for (const file of [...edits.flatMap(({ changes }) => changes.map((change) => change.file)), ...also]) {
    const text = pristine(file);
    if (text !== null) texts.set(file, text);
  }
  for (const edit of edits) for (const [file, text] of applied(texts, edit)) texts.set(file, text);
  return texts;
}

/** Of what the tree holds now. @throws Failed */
export const compile = (name: string): Promise<string> =>
  done(`${name} does not build`, ['ninja', `-j${JOBS}`, TARGET], { cwd: inCache('tree/build') });
