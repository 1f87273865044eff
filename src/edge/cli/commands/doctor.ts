/** `cowcheck doctor`: which programs are there that some commands need, and how to get them. */
import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { releases } from '../../qemu/releases/store.ts';
import { io } from '../io/io.ts';
import { json, painter } from '../io/terminal.ts';
import { tableOf } from '../reports/table.ts';

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
  { name: 'python3', asked: ['--version'], neededFor: 'the scripts of explain --format reproducer', package: 'python3' },
  { name: 'chromium', asked: ['--version'], neededFor: 'npm run e2e, the tests of the page', package: 'chromium' },
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
    .optionsGroup('Output:')
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
        print(all, painter(color));
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
  if (there.length === 0)
    return io().out(`${paint('yellow', 'missing')}  releases of QEMU, for qemu --release: get them with: cowcheck releases --fetch\n`);
  io().out(
    `${paint('green', 'found')}    releases of QEMU, for qemu --release: ${[...new Set(there.map(({ version }) => version))].join(', ')}\n`,
  );
}

function print(all: readonly Diagnosis[], paint: ReturnType<typeof painter>): void {
  const rows = all.map(({ name, found, version, needed_for: use }) => [found ? 'found' : 'missing', name, version ?? '', use]);
  const [head, ...lines] = tableOf(['', 'program', 'version', 'needed for'], rows);
  const painted = lines.map((line, i) => `${paint(all[i]!.found ? 'green' : 'yellow', line.slice(0, STATE))}${line.slice(STATE)}`);
  io().out(`${[paint('dim', head!), ...painted].join('\n')}\n`);
  const packages = all.filter(({ found }) => !found).map((one) => one.package);
  if (packages.length > 0) io().out(`In Debian: apt-get install ${packages.join(' ')}\n`);
}

/** Columns of the first cell. */
const STATE = 'missing'.length;
