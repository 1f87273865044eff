/** `cowcheck releases`: real releases of QEMU side by side, from Debian's packages. */
import type { Command } from 'commander';
import { NotFetched } from '../../qemu/releases/not-fetched.ts';
import { type Release, bytesOf, clearReleases, fetchRelease, releases, releasesFolder } from '../../qemu/releases/store.ts';
import { SUITES } from '../../qemu/releases/suites.ts';
import { BAD_USAGE } from '../io/exit-status.ts';
import { io } from '../io/io.ts';
import { json, painter, progress, sayTo } from '../io/terminal.ts';
import { someOf } from '../io/usage.ts';

interface Flags {
  fetch?: string[] | true;
  clear: boolean;
  json: boolean;
  color: boolean;
}

const ABOUT = `
Fetches Debian packages from the mirror that apt uses on this machine, checks
their signatures, and unpacks them into cowcheck's cache. The system is not
changed, and each release runs with its own libraries.

Examples:
  cowcheck releases --fetch            every missing release, about 60 MB each
  cowcheck releases --fetch trixie     this one, even if present
  cowcheck releases                    list the fetched releases
  cowcheck qemu --release 10.0         check one of them
  cowcheck releases --clear            remove them all
`;

const SUITE_NAMES = SUITES.map(({ name }) => name);

export function defineReleases(command: Command): void {
  command
    .optionsGroup('What is done:')
    .option(
      '--fetch [suites]',
      `fetch the releases of these suites of Debian: ${SUITE_NAMES.join(', ')} (default: the missing ones)`,
      (text) => someOf(SUITE_NAMES)(text),
    )
    .option('--clear', 'remove all fetched releases', false)
    .optionsGroup('Output:')
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', ABOUT)
    .action(async () => {
      const flags = command.optsWithGlobals<Flags>();
      if (flags.clear) clearReleases();
      const asked = flags.fetch === true ? missing() : (flags.fetch ?? []);
      const failed = await fetchAll(asked);
      tell(flags);
      if (asked.length > 0 && failed === asked.length) io().end(BAD_USAGE);
    });
}

function missing(): string[] {
  const there = releases().map(({ suite }) => suite);
  return SUITE_NAMES.filter((name) => !there.includes(name));
}

/** One after the other; what can't be had is told in a line, and the others go on. @returns how many can't be had */
async function fetchAll(names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0;
  const bar = progress(names.length);
  let failed = 0;
  try {
    for (const [i, name] of names.entries()) {
      bar.update(i, `fetching ${name}`);
      try {
        const { version } = await fetchRelease(SUITES.find((suite) => suite.name === name)!);
        sayTo(bar)(`${name}: QEMU ${version}`);
      } catch (error) {
        if (!(error instanceof NotFetched)) throw error;
        failed++;
        sayTo(bar)(`${name}: not fetched: ${error.message}`);
      }
    }
  } finally {
    bar.stop();
  }
  return failed;
}

function tell({ json: asJson, color }: Flags): void {
  const all = releases();
  if (asJson) return io().out(json(all.map(({ packageVersion, ...release }) => ({ ...release, package_version: packageVersion }))));
  const paint = painter(color);
  if (all.length === 0) return io().out(`No release of QEMU in ${releasesFolder()}: get them with cowcheck releases --fetch.\n`);
  for (const release of all) io().out(`${lineOf(release, paint)}\n`);
  io().out(paint('dim', `${Math.round(bytesOf(releasesFolder()) / 1e6)} MB in ${releasesFolder()}`) + '\n');
}

const lineOf = ({ version, suite, packageVersion }: Release, paint: ReturnType<typeof painter>): string =>
  `${paint('bold', version.padEnd(8))}  ${suite.padEnd(17)} ${packageVersion}`;
