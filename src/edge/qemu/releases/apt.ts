/**
 * Fetches packages of any suite of Debian without touching the system: apt with a state of its own, on the mirror
 * that the system's apt is set up for. Apt checks every signature and hash; it does not check when a Release
 * file expires, for a mirror may be stale.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NotFetched } from './not-fetched.ts';
import type { Suite } from './suites.ts';

const run = promisify(execFile);

/** Those that bring `qemu-storage-daemon` and `qemu-img`. */
const PACKAGES = ['qemu-utils', 'qemu-system-common'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const OUTPUT_MAX = 2 ** 26;

/**
 * Downloads QEMU's tools and all that they need, and unpacks them.
 * @param folder for apt's state, which may be removed afterwards
 * @param root where the packages are unpacked
 * @returns the version of the package, such as `1:10.0.13+ds-0+deb13u1`
 * @throws NotFetched
 */
export async function fetchPackages(suite: Suite, folder: string, root: string): Promise<string> {
  const apt = await aptIn(folder, suite, ['deb']);
  await apt('install', '--download-only', '--no-install-recommends', '-t', suite.name, ...PACKAGES);
  const archives = readdirSync(join(folder, 'archives')).filter((file) => file.endsWith('.deb'));
  mkdirSync(root, { recursive: true });
  for (const archive of archives) await output('dpkg-deb', ['--extract', join(folder, 'archives', archive), root]);
  const tools = archives.find((archive) => archive.startsWith('qemu-utils_'))!;
  return (await output('dpkg-deb', ['--field', join(folder, 'archives', tools), 'Version'])).trim();
}

export interface FetchedSource {
  /** Such as `1:10.0.13+ds-0+deb13u1`. */
  readonly version: string;
  /** What the source is packed in, and the packages. */
  readonly files: readonly string[];
}

/**
 * Downloads the source of a package, and packages of the same suite without what they need.
 * @param folder for apt's state and all that is fetched
 * @throws NotFetched
 */
export async function fetchSource(suite: Suite, source: string, packages: readonly string[], folder: string): Promise<FetchedSource> {
  const apt = await aptIn(folder, suite, ['deb', 'deb-src']);
  const fetched = join(folder, 'fetched');
  await apt('source', '--download-only', '-t', suite.name, source);
  await apt('download', '-t', suite.name, ...packages);
  const files = readdirSync(fetched).map((name) => join(fetched, name));
  const description = files.find((name) => name.endsWith('.dsc'));
  if (description === undefined) throw new NotFetched(`Debian's ${suite.name} has no source of ${source}`);
  return { version: /^Version: (\S+)$/m.exec(readFileSync(description, 'utf8'))![1]!, files };
}

/** Runs a command of apt's. */
type Apt = (...args: string[]) => Promise<string>;

/** Apt with its state in a folder, whose lists are those of now. What it downloads into the current folder goes to `fetched`. */
async function aptIn(folder: string, { name, over }: Suite, kinds: readonly ('deb' | 'deb-src')[]): Promise<Apt> {
  const mirror = await mirrorOf();
  for (const part of ['lists/partial', 'archives/partial', 'fetched']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  const lines = [...over, name].flatMap((suite) => kinds.map((kind) => `${kind} [signed-by=${KEYRING}] ${mirror} ${suite} main\n`));
  writeFileSync(join(folder, 'sources.list'), lines.join(''));
  const config = join(folder, 'apt.conf');
  writeFileSync(config, `${settings(folder)}\n${await systemsProxies()}`);
  const apt: Apt = async (...args) => await output('apt-get', ['-q', '-y', ...args], { config, cwd: join(folder, 'fetched') });
  await apt('update', '--error-on=any');
  return apt;
}

/** @throws NotFetched if the system's apt has no mirror of Debian */
async function mirrorOf(): Promise<string> {
  const uris = (await output('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'])).split('\n');
  const mirror = uris.find((uri) => /^(?:https?|file):.*\/debian\/?$/.test(uri));
  if (mirror === undefined) throw new NotFetched("this machine's apt knows no mirror of Debian");
  return mirror;
}

/** Nothing of the system's, not its sources, pins or hooks. */
function settings(folder: string): string {
  const set = {
    'Dir::State': folder,
    'Dir::State::status': join(folder, 'status'),
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'APT::Sandbox::User': '',
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Languages': 'none',
  };
  return Object.entries(set)
    .map(([key, value]) => `${key} "${value}";`)
    .join('\n');
}

/** How the system's apt comes to the network, as settings. */
async function systemsProxies(): Promise<string> {
  const all = await output('apt-config', ['dump', '--no-empty', 'Acquire::http', 'Acquire::https']);
  return all
    .split('\n')
    .filter((line) => /^Acquire::https?::Proxy\b/i.test(line))
    .join('\n');
}

interface Where {
  /** Apt's. */
  readonly config?: string;
  readonly cwd?: string;
}

/** @throws NotFetched with the program's last words */
async function output(program: string, args: readonly string[], { config, cwd }: Where = {}): Promise<string> {
  try {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', ...(config === undefined ? {} : { APT_CONFIG: config }) };
    return (await run(program, args, { env, maxBuffer: OUTPUT_MAX, ...(cwd === undefined ? {} : { cwd }) })).stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new NotFetched(`${program} is not on the PATH; releases come from Debian's packages`);
    const [why] = stderr.split('\n').filter((line) => /^(?:E:|dpkg-deb:)/.test(line));
    throw new NotFetched((why ?? `${program} has failed`).replace(/^E: */, '').replace(/\s+/g, ' '));
  }
}
