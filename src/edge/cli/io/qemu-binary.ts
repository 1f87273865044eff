/** Which real QEMU a command runs: a program, or releases of it that are kept side by side. */
import { type Command, Option } from 'commander';
import { shellWord } from '../../../explain/shell-word.ts';
import { STORAGE_DAEMON } from '../../qemu/daemon/storage-daemon.ts';
import { releases, releasesAsked } from '../../qemu/releases/store.ts';

export interface QemuFlags {
  binary: string;
  release?: string;
}

/** Adds `--binary` and `--release`. */
export const addQemuOptions = (command: Command): Command =>
  command
    .option('--binary <file>', 'path to a qemu-storage-daemon or qemu-system-*', STORAGE_DAEMON)
    .addOption(
      new Option('--release <which>', 'release fetched by cowcheck releases: a version such as 10.0, a Debian suite, or all').conflicts(
        'binary',
      ),
    );

/** The programs that are meant, one a release. @throws NotFetched if there is no such release */
export const binariesOf = ({ binary, release }: QemuFlags): string[] =>
  release === undefined ? [binary] : releasesAsked(release).map(({ daemon }) => daemon);

/** The option that asks for the same QEMU once more, after a space; empty for the one that runs unasked. */
export function optionForQemu(binary: string): string {
  if (binary === STORAGE_DAEMON) return '';
  const release = releases().find(({ daemon }) => daemon === binary);
  return release === undefined ? ` --binary ${shellWord(binary)}` : ` --release ${release.version}`;
}
