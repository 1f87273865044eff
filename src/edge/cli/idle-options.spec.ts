/**
 * An option that changes nothing is refused: its user takes it to change something. Each option of each command stands here, with the
 * situations in which it would change nothing, or with why there is none.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wholeProgram } from './run.ts';
import { GOLDEN, WORKLOAD, runHere } from './testing.ts';

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
/** Of the model, with the rule `wakeWaiters` off; of a real QEMU; of a custom job, which is not loaded; and of cowcheck's example. */
const TRACE = file('traces/gallery/wakeWaiters.trace.yaml');
const REAL = file('traces/releases/snapshot-access-7.2.trace.yaml');
const CUSTOM = 'custom.trace.yaml';
const EXAMPLE = file('examples/own-job/chunked.mjs');

/** Whatever else is said, it has an effect: it says how much is done, with what, or in which form it is told. */
const ALWAYS = 'always has an effect';

/** By option: command lines in which it changes nothing; the option is the last word of the text, or is followed by its value. */
type Idle = Readonly<Record<string, readonly string[] | typeof ALWAYS>>;

/** Which formats of `--reporter` leave no text to be told. */
const NO_TEXT = (option: string): string[] => [`--json ${option}`, `--reporter tap ${option}`, `--reporter ndjson ${option}`];

const IDLE: Readonly<Record<string, Idle>> = {
  check: {
    '--mode': [`--scenario ${TRACE} --mode full`],
    '--family': [`--job ${EXAMPLE} --family notifier`, '--job qemu-5.2 --family notifier', '--job qemu-1.6 --family all'],
    '--job': ALWAYS,
    '--without': [
      `--job ${EXAMPLE} --without wakeWaiters`,
      '--job qemu-1.6 --without copyBeforeDiscard',
      '--job qemu-5.2 --without wakeWaiters',
    ],
    '--wake': ALWAYS,
    '--effects': ALWAYS,
    '--strategy': ['--exhaustive --strategy pct'],
    '--exhaustive': [`--runs 5 --exhaustive`, `--workload ${WORKLOAD} --exhaustive`, `--scenario ${TRACE} --exhaustive`],
    '--runs': ['--exhaustive --runs 5'],
    '--seconds': ['--shard 1/2 --report a --runs 9 --seed a --seconds 5', '--on redis://127.0.0.1:1 --runs 9 --seconds 5'],
    '--seed': ['--exhaustive --seed a'],
    '--clusters': [`--workload ${WORKLOAD} --clusters 3`, `--scenario ${TRACE} --clusters 3`],
    '--cluster-sectors': [`--workload ${WORKLOAD} --cluster-sectors 3`, `--scenario ${TRACE} --cluster-sectors 3`],
    '--writes': [`--workload ${WORKLOAD} --writes 3`, `--scenario ${TRACE} --writes 3`],
    '--variants': ['--variants half', `--workload ${WORKLOAD} --variants half`],
    '--kinds': ['--kinds write'],
    '--workload': [`--exhaustive --workload ${WORKLOAD}`, `--scenario ${TRACE} --workload ${WORKLOAD}`],
    '--window': ['--window 1+5', `--scenario ${TRACE} --window 1+5`],
    '--scenario': [`--exhaustive --scenario ${TRACE}`],
    '--faults': [`--scenario ${TRACE} --faults`, '--exhaustive --variants plain,fault --faults'],
    '--workers': ALWAYS,
    '--memory': ['--memory 1G'],
    '--keep-going': ALWAYS,
    '--prove-seconds': ['--shard 1/2 --report a --runs 9 --seed a --prove-seconds 5'],
    '--details': [
      '--details',
      '--keep-going --verbose --details',
      '--shard 1/2 --report a --runs 9 --seed a --keep-going --details',
    ].concat(NO_TEXT('--keep-going --details')),
    '--shard': ['--runs 9 --seed a --shard 1/2'],
    '--report': ['--report a', '--watch --report a'],
    '--on': ['--watch --on redis://127.0.0.1:1', '--shard 1/2 --report a --runs 9 --seed a --on redis://127.0.0.1:1'],
    '--verify': ['--runs 9 --verify 1%'],
    '--journal': ['--watch --journal a'],
    '--corpus': ['--shard 1/2 --report a --runs 9 --seed a --corpus a'],
    '--out': ALWAYS,
    '--watch': [`--job ${EXAMPLE} --watch other.mjs`],
    '--json': ['--family all --json', '--reporter tap --json'],
    '--reporter': ['--family all --reporter json', '--json --reporter json'],
    '--quiet': ['--verbose --quiet'],
    '--verbose': ['--quiet --verbose', '--shard 1/2 --report a --runs 9 --seed a --verbose', ...NO_TEXT('--verbose')],
  },
  merge: {
    '--job': ALWAYS, // of the reports: merge.spec.ts, qemu-shard.spec.ts
    '--binary': ALWAYS,
    '--release': ALWAYS,
    '--workers': ALWAYS,
    '--prove-seconds': ALWAYS,
    '--details': ['a --verbose --details', ...NO_TEXT('a --details')],
    '--out': ALWAYS,
    '--json': ['a --reporter tap --json'],
    '--reporter': ['a --json --reporter json'],
    '--quiet': ['a --verbose --quiet'],
    '--verbose': ['a --quiet --verbose', ...NO_TEXT('a --verbose')],
  },
  work: { '--on': ALWAYS, '--workers': ALWAYS, '--job': ALWAYS },
  status: { '--on': ALWAYS, '--json': ALWAYS },
  qemu: {
    '--binary': ['--release 7.2 --binary qemu', `--validate ${REAL} --binary qemu`],
    '--release': [`${TRACE} --release all`, `--validate ${REAL} --release 7.2`],
    '--mode': [`${TRACE} --mode full`],
    '--only': [`${TRACE} --only top`],
    '--strategy': [`${TRACE} --strategy pct`],
    '--runs': [`${TRACE} --runs 5`],
    '--seconds': [`${TRACE} --seconds 5`],
    '--seed': [`${TRACE} --seed a`],
    '--clusters': [`${TRACE} --clusters 2`],
    '--writes': [`${TRACE} --writes 2`],
    '--faults': [`${TRACE} --faults`],
    '--workers': [`${TRACE} --workers 2`],
    '--keep-going': [`${TRACE} --keep-going`],
    '--shard': ['--seed a --shard 1/2', `${TRACE} --shard 1/2 --report a`],
    '--report': ['--seed a --report a'],
    '--validate': ['--seed a --shard 1/2 --report a --validate'],
    '--out': ALWAYS,
    '--json': ['--reporter tap --json'],
    '--reporter': [`${TRACE} --reporter tap`, '--json --reporter json'],
    '--quiet': ['--verbose --quiet'],
    '--verbose': ['--quiet --verbose', '--seed a --shard 1/2 --report a --verbose', ...NO_TEXT('--verbose')],
  },
  replay: {
    '--binary': [`${TRACE} --binary qemu`],
    '--release': [`${TRACE} --release 7.2`, `${REAL} --release all`],
    '--with': [`${REAL} --with wakeWaiters`, `${TRACE} --with copyBeforeWrite`, `${CUSTOM} --job ${EXAMPLE} --with wakeWaiters`],
    '--without': [`${REAL} --without wakeWaiters`, `${TRACE} --without wakeWaiters`, `${CUSTOM} --job ${EXAMPLE} --without wakeWaiters`],
    '--job': [`${TRACE} --job ${EXAMPLE}`],
    '--json': [`${TRACE} --reporter tap --json`],
    '--reporter': [`${TRACE} --json --reporter json`],
    '--quiet': [`${TRACE} --verbose --quiet`],
    '--verbose': [`${TRACE} --quiet --verbose`, ...NO_TEXT(`${TRACE} --verbose`)],
  },
  explain: {
    '--format': [`${TRACE} --json --format svg`],
    '--width': [`${TRACE} --format md --width 90`, `${TRACE} --json --width 90`],
    '--ascii': [`${TRACE} --format svg --ascii`, `${REAL} --ascii`],
    '--full': [`${TRACE} --json --full`, `${TRACE} --format test --full`],
    '--runner': [`${TRACE} --runner jest`, `${TRACE} --json --runner node`],
    '--compare': [`${TRACE} --format html --compare correct`, `${CUSTOM} --job ${EXAMPLE} --compare correct`],
    '--job': [`${TRACE} --job ${EXAMPLE}`, `${REAL} --job ${EXAMPLE}`],
    '--out': ALWAYS,
    '--json': ALWAYS,
  },
  shrink: {
    '--prove': ALWAYS,
    '--prove-seconds': [`${TRACE} --prove-seconds 3`],
    '--out': ALWAYS,
    '--job': [`${TRACE} --job ${EXAMPLE}`],
    '--json': ALWAYS,
  },
  trace: { '--json': ALWAYS }, // of standard input: standard-input.spec.ts
  keep: { '--json': ALWAYS },
  learn: {
    '--port': ['--out a --port 8080'],
    '--out': ALWAYS,
    '--no-open': ['--out a --no-open', '--json --no-open'],
    '--json': ALWAYS,
  },
  rules: {
    '--family': ['--show correct --family notifier', '--matrix --family notifier', 'wakeWaiters --family block-copy'],
    '--matrix': ['--show correct --matrix'],
    '--seed': ['--seed a'],
    '--seconds': ['--seconds 5'],
    '--workers': ['--workers 2'],
    '--out': ['--out a'],
    '--show': ['wakeWaiters --show correct'],
    '--with': ['--with wakeWaiters', '--show correct --with wakeWaiters'],
    '--without': ['--without wakeWaiters', '--show qemu-1.6 --without copyBeforeDiscard'],
    '--json': ALWAYS,
    '--verbose': ['--json --verbose', '--matrix --verbose', '--show correct --verbose', 'wakeWaiters --verbose'],
  },
  doctor: { '--json': ALWAYS },
  docs: { '--port': ALWAYS, '--no-open': ['--json --no-open'], '--json': ALWAYS },
  completion: {},
  releases: { '--fetch': ALWAYS, '--clear': ALWAYS, '--json': ALWAYS },
  bench: { '--seconds': ALWAYS, '--large': ALWAYS, '--against': ALWAYS, '--json': ALWAYS },
  help: {},
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-idle-'));
  const text = readFileSync(file('traces/gallery/copyBeforeWrite.trace.yaml'), 'utf8');
  writeFileSync(join(folder, CUSTOM), text.replace(/^subject: .*$/m, 'subject: {custom: chunked.mjs}'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const optionsOf = (command: Command): string[] => command.options.flatMap(({ long }) => long ?? []);

describe('an option that has no effect is refused in one line', async () => {
  const { commands } = await wholeProgram();

  it('each option of each command is looked at', () => {
    const all = Object.fromEntries(commands.map((command) => [command.name(), optionsOf(command).toSorted()]));
    expect(Object.fromEntries(Object.entries(IDLE).map(([name, options]) => [name, Object.keys(options).toSorted()]))).toEqual(all);
  });

  const SITUATIONS = Object.entries(IDLE).flatMap(([command, options]) =>
    Object.entries(options).flatMap(([option, lines]) =>
      lines === ALWAYS ? [] : lines.map((line) => [`${command} ${line}`, option] as const),
    ),
  );

  // One after the other in one test: a test for each would take longer than what it runs.
  it('in each situation where it has none', { timeout: 60_000 }, async () => {
    const wrong: string[] = [];
    for (const [line, option] of SITUATIONS) {
      const { status, out, err } = await runHere(line.split(' '), { cwd: folder });
      const isAbout = err.includes(option.slice('--'.length)) || (option === '--without' && err.includes('has no rule'));
      if (status !== 2 || out !== '' || !/^cowcheck: [^\n]+\n$/.test(err) || !isAbout) wrong.push(`${line}: ${status}, ${err}${out}`);
    }
    expect(wrong).toEqual([]);
    expect(SITUATIONS.length).toBeGreaterThan(100);
    expect(readdirSync(folder)).toEqual([CUSTOM]);
  });

  it('and taken where it has one', async () => {
    for (const line of [`replay ${GOLDEN} --quiet`, `replay ${TRACE} --with wakeWaiters`, 'rules --verbose', `explain ${TRACE} --ascii`])
      expect((await runHere(line.split(' '), { cwd: folder })).err).toBe('');
  });
});
