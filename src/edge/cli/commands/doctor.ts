/** `cowcheck doctor`: which programs are there that some commands need, and how to get them. */
import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { releases } from '../../qemu/releases/store.ts';
import { io } from '../io/io.ts';
import { json, painter } from '../io/terminal.ts';

interface Needed {
  readonly name: string;
  /** Arguments that make it say its version. */
  readonly asked: readonly string[];
  readonly neededFor: string;
  /** In Debian. */
  readonly package: string;
}

const NEEDED: readonly Needed[] = [
  { name: 'qemu-storage-daemon', asked: ['--version'], neededFor: 'qemu', package: 'qemu-system-common' },
  { name: 'qemu-system-x86_64', asked: ['--version'], neededFor: 'qemu --binary qemu-system-x86_64', package: 'qemu-system-x86' },
  { name: 'spin', asked: ['-V'], neededFor: 'bench', package: 'spin' },
  { name: 'gcc', asked: ['--version'], neededFor: 'bench', package: 'gcc' },
  { name: 'python3', asked: ['--version'], neededFor: 'what explain --format reproducer writes', package: 'python3' },
  { name: 'chromium', asked: ['--version'], neededFor: 'npm run e2e, which tests the page', package: 'chromium' },
];

export interface Diagnosis {
  readonly name: string;
  readonly found: boolean;
  readonly version: string | null;
  readonly needed_for: string;
  readonly package: string;
}

export function defineDoctor(command: Command): void {
  command
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', '\nExamples:\n  cowcheck doctor\n')
    .action(() => {
      const { json: asJson, color } = command.optsWithGlobals<{ json: boolean; color: boolean }>();
      const all = [
        { name: 'node', found: true, version: process.versions.node, needed_for: 'everything', package: 'nodejs' },
        ...NEEDED.map(diagnose),
      ];
      if (asJson) io().out(json(all));
      else {
        for (const one of all) print(one, painter(color));
        printReleases(painter(color));
      }
    });
}

function diagnose({ name, asked, neededFor, package: from }: Needed): Diagnosis {
  const { error, stdout } = spawnSync(name, asked, { encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'ignore'] });
  const version = /\d+(?:\.\d+)+/.exec(stdout ?? '')?.[0] ?? null;
  return { name, found: error === undefined, version, needed_for: neededFor, package: from };
}

/** Releases of QEMU that stand side by side, or how to get them. */
function printReleases(paint: ReturnType<typeof painter>): void {
  const there = releases();
  const [state, what] =
    there.length === 0
      ? [paint('yellow', 'missing'), '']
      : [paint('green', 'found  '), there.map(({ version }) => ` ${version}`).join(',')];
  const how = there.length === 0 ? '; cowcheck releases --fetch gets them' : '';
  io().out(`${state}  releases of QEMU${what}\n         for: qemu --release${how}\n`);
}

function print({ name, found, version, needed_for: use, package: from }: Diagnosis, paint: ReturnType<typeof painter>): void {
  const state = found ? paint('green', 'found  ') : paint('yellow', 'missing');
  io().out(`${state}  ${name} ${version ?? ''}\n         for: ${use}${found ? '' : `; in Debian: apt-get install ${from}`}\n`);
}
