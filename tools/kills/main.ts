/**
 * Kills a search that keeps going at random moments (kill -9), and asks whether all that it has told is on disk and replays.
 *
 *     node dist/tools/kills/main.js --times 50 --seed a
 *
 * Exit status: 0 nothing was lost, 1 something was, or too little was found for the answer to mean anything.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomNumbers } from '../../src/search/strategies/random-numbers.ts';

const MAIN = fileURLToPath(new URL('../../src/edge/cli/main.js', import.meta.url));
const { values } = parseArgs({ options: { times: { type: 'string', default: '50' }, seed: { type: 'string', default: 'kills' } } });
const TIMES = Number(values.times);

/** One in so many is killed before it has found anything. */
const EARLY = 6;
/** Of a search of so many seconds, which is searching at first, and then makes failures small and proves them minimal. */
const SECONDS = 12;
/** With fewer traces, in proportion to the kills, nothing much was put at risk. */
const TRACES_A_KILL = 4;

interface Killed {
  /** Numbers of the failures that were told, without those that were taken back as the same as another. */
  readonly told: ReadonlySet<string>;
  readonly seconds: number;
}

/**
 * Runs a search until it is killed. @param moment from 0 to 1: of the time from its first failure on, or from its start
 * @param early whether it is killed before its first failure
 */
async function killed(folder: string, seed: string, moment: number, early: boolean): Promise<Killed> {
  const child = spawn(
    process.execPath,
    [
      MAIN,
      'check',
      '--job',
      'qemu-1.6',
      '--faults',
      '--keep-going',
      '--seconds',
      String(SECONDS),
      '--prove-seconds',
      '5',
      '--seed',
      seed,
      '--out',
      folder,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const begin = performance.now();
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const killIn = (seconds: number): void => {
    timer ??= setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  };
  if (early) killIn(moment);
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    if (/^cowcheck: failure 1: .*\n/m.test(text)) killIn(moment * SECONDS);
  });
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  const told = new Set(Array.from(text.matchAll(/^cowcheck: failure (\d+): .*\n/gm), ([, n]) => n!));
  for (const [, n] of text.matchAll(/^cowcheck: failure (\d+) is the same as another one/gm)) told.delete(n!);
  return { told, seconds: (performance.now() - begin) / 1000 };
}

/** @returns null if all traces of a folder are reproduced, else what `replay` says */
function whatReplaySays(paths: readonly string[]): string | null {
  try {
    if (paths.length > 0) execFileSync(process.execPath, [MAIN, 'replay', ...paths], { encoding: 'utf8', stdio: 'pipe' });
    return null;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => !line.startsWith('reproduced'))
      .slice(0, 4)
      .join('\n');
  }
}

const random = randomNumbers(values.seed);
/** From 0 to 1. */
const drawn = (): number => random.below(1_000) / 1_000;
let [traces, afterAFailure, lost] = [0, 0, 0];
for (let time = 0; time < TIMES; time++) {
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-kill-'));
  try {
    const { told, seconds } = await killed(folder, `${values.seed} ${time}`, drawn(), time % EARLY === EARLY - 1);
    const paths = readdirSync(folder)
      .filter((name) => name.endsWith('.trace.yaml'))
      .map((name) => join(folder, name));
    const wrong =
      paths.length < told.size ? `${told.size} failures were told, and ${paths.length} traces are there` : whatReplaySays(paths);
    traces += paths.length;
    if (told.size > 0) afterAFailure++;
    if (wrong !== null) lost++;
    process.stdout.write(
      `${String(time + 1).padStart(4)}  killed after ${seconds.toFixed(1).padStart(4)} ` +
        `s: ${String(told.size).padStart(3)} told, ${String(paths.length).padStart(3)} traces on ` +
        `disk, ${wrong === null ? 'all reproduced' : wrong}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const isEnough = traces >= TRACES_A_KILL * TIMES && afterAFailure * 5 >= TIMES * 4;
process.stdout.write(
  `${TIMES} kills, ${afterAFailure} of them after a failure was told; ${traces} ` +
    `traces; ${lost === 0 ? 'nothing was lost' : `${lost} times something was lost`}` +
    `${isEnough ? '' : '; too little was found for this to mean anything'}\n`,
);
process.exitCode = lost === 0 && isEnough ? 0 : 1;
