/**
 * Makes mistakes in jobs, one at a time, in a copy of the build: some were written by hand (mistakes.ts), the others are drawn by rule
 * (drawn.ts). `check` must find all of the former and at least 95 % of the latter, which shows that it finds more than the table of
 * rules foresees.
 *
 *     npm run mistakes
 *
 * Exit status: 0 enough were found, 1 too few; 2 bad usage; 130 interrupted.
 */
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, scratchFolder } from '../copy-of-tree.ts';
import { tenthOf } from '../mutants/mutant.ts';
import { type DrawnMistake, drawnMistakes } from './drawn.ts';
import { EQUIVALENT } from './equivalent.ts';
import { Laboratory } from './laboratory.ts';
import { MISTAKES } from './mistakes.ts';
import { type Row, conclusionOf, lineOf } from './table.ts';

const HELP = `Usage: npm run mistakes -- [options]

  --tenth        of the drawn mistakes a fixed tenth
  --only ID      this drawn mistake, or those of this file; may be repeated
  --schedules N  of each mistake, at most (default: 20000)
  --workers N    mistakes at a time (default: cores)
  --list         print the drawn mistakes, and search none
  --help         print this
`;

interface Options {
  readonly tenth: boolean;
  /** Null: all. */
  readonly only: readonly string[] | null;
  readonly list: boolean;
  readonly schedules: string;
  readonly workers: string;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const drawn = chosen(drawnMistakes(ROOT), options);
  if (drawn.length === 0) return refuse(`no drawn mistake is ${options.only!.join(' or ')}.`);
  if (options.list) return print(drawn.map(({ id, source, says }) => `${id} ${source.file} ${says}\n`).join(''));
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  try {
    const scratch = scratchFolder('mistakes');
    const laboratories = Array.from(
      { length: Number(options.workers) },
      (_, i) => new Laboratory(ROOT, join(scratch, String(i)), Number(options.schedules), interrupt.signal),
    );
    const areFound = options.only !== null || (await searchNamed(laboratories));
    const { text, isEnough } = await searchDrawn(laboratories, drawn);
    print(text);
    return areFound && isEnough ? 0 : 1;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    throw error;
  }
}

/** @returns or the exit status */
function readOptions(): Options | number {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      options: {
        tenth: flag,
        list: flag,
        help: flag,
        only: { type: 'string', multiple: true },
        schedules: { type: 'string', default: '20000' },
        workers: { type: 'string', default: String(availableParallelism()) },
      },
    });
    const { help, only = null, ...others } = values;
    for (const name of ['schedules', 'workers'] as const)
      if (!/^[1-9]\d{0,6}$/.test(others[name])) return refuse(`--${name} should be a number above 0, not "${others[name]}".`);
    return help ? print(HELP) : { ...others, only };
  } catch (error) {
    return refuse((error as Error).message.split('\n', 1)[0]!);
  }
}

function chosen(all: readonly DrawnMistake[], { tenth, only }: Options): readonly DrawnMistake[] {
  if (only !== null) return all.filter(({ id, source }) => only.includes(id) || only.includes(source.file));
  return tenth ? tenthOf(all) : all;
}

/** @returns whether all were found */
async function searchNamed(laboratories: readonly Laboratory[]): Promise<boolean> {
  const rows = await searchAll(laboratories, MISTAKES, async (laboratory, mistake) => ({
    id: '',
    file: basename(mistake.file),
    kind: '',
    says: mistake.name,
    searched: await laboratory.searchNamed(mistake),
  }));
  return rows.every(({ searched }) => searched.outcome === 'found');
}

async function searchDrawn(laboratories: readonly Laboratory[], drawn: readonly DrawnMistake[]): Promise<ReturnType<typeof conclusionOf>> {
  const different = drawn.filter(({ id }) => EQUIVALENT[id] === undefined);
  const rows = await searchAll(laboratories, different, async (laboratory, { id, operator, says, source, text }) => ({
    id,
    file: basename(source.file),
    kind: operator,
    says,
    searched: await laboratory.search(source, text),
  }));
  return conclusionOf(rows, drawn.length - different.length);
}

/** Each laboratory takes the next one as soon as it is free. */
async function searchAll<T>(
  laboratories: readonly Laboratory[],
  mistakes: readonly T[],
  search: (laboratory: Laboratory, mistake: T) => Promise<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  const left = mistakes.values();
  const work = async (laboratory: Laboratory): Promise<void> => {
    for (const mistake of left) {
      rows.push(await search(laboratory, mistake));
      print(lineOf(rows.at(-1)!, rows.length, mistakes.length));
    }
  };
  await Promise.all(laboratories.map(work));
  return rows;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(why: string): number {
  process.stderr.write(`mistakes: ${why} See: --help\n`);
  return 2;
}

process.exitCode = await main();
