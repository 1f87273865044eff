/**
 * A search for false proofs. It draws mutants of custom jobs and of the model, and examines each in the same small scope by
 * exhaustive search and by random schedules. One that is `Proved` and that a random schedule breaks is a false proof.
 *
 * `--tree` examines another built tree, of an earlier commit for example. Its checker then judges the mutants, and
 * nothing is written to it. Its folders must be those of this one. The tool as it was in 1a4e636 says of 8c070e7 that
 * mutant 13 is a false proof: a reader that holds only the first of its clusters.
 *
 *     git worktree add /tmp/old COMMIT && (cd /tmp/old && npm ci)
 *     node dist/tools/false-proofs/main.js --tree /tmp/old
 *
 * Exit status: 0 no false proof, no crash, and enough mutants of each kind; 1 otherwise; 2 bad usage; 130 interrupted.
 */
import { cpSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, linkBuilt, scratchFolder } from '../copy-of-tree.ts';
import { type Mutant, type Subject, mutantsOf, subjectsOf } from './draw.ts';
import { type Examined, Laboratory, type Outcome } from './examine.ts';
import type { Answer } from './probe.ts';

const HELP = `Usage: node dist/tools/false-proofs/main.js [options]

  --mutants N    how many that can be run, at least (default: 200)
  --seed TEXT    where randomness starts (default: 12)
  --schedules N  random schedules of each (default: 50000)
  --minutes N    begin no mutant after so many minutes (default: no limit)
  --different N  how many must be proved and yet differ from the original: more are drawn until so many are
                 (default: a fifth of the mutants)
  --workers N    mutants at a time (default: cores)
  --only N       the Nth mutant alone, whole
  --list         print the mutants, and run none
  --tree DIR     another built tree (default: this one)
`;

interface Options {
  readonly mutants: number;
  readonly seed: string;
  readonly schedules: number;
  readonly minutes: number;
  readonly different: number;
  readonly workers: number;
  readonly only: number | null;
  readonly list: boolean;
  readonly tree: string;
}

const OUTCOMES: readonly Outcome[] = ['refuted', 'different', 'equivalent', 'discarded', 'crashed', 'false proof'];

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return 0;
  if (typeof options === 'string') {
    process.stderr.write(`false-proofs: ${options} See: --help\n`);
    return 2;
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  try {
    return await new Search(options, interrupt.signal).run();
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    throw error;
  }
}

function readOptions(): Options | string | null {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      options: {
        mutants: text,
        seed: text,
        schedules: text,
        minutes: text,
        different: text,
        workers: text,
        only: text,
        tree: text,
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) process.stdout.write(HELP);
    const mutants = number(values.mutants, 200);
    return values.help === true
      ? null
      : {
          mutants,
          seed: values.seed ?? '12',
          schedules: number(values.schedules, 50_000),
          minutes: number(values.minutes, Infinity),
          different: number(values.different, Math.floor(mutants / 5)),
          workers: number(values.workers, availableParallelism()),
          only: values.only === undefined ? null : number(values.only, 0),
          list: values.list === true,
          tree: resolve(values.tree ?? ROOT),
        };
  } catch (error) {
    return (error as Error).message.split('\n', 1)[0]!;
  }
}

function number(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new Error(`expected a whole number, not "${text}".`);
  return Number(text);
}

class Search {
  readonly #options: Options;
  readonly #interrupt: AbortSignal;
  readonly #subjects: readonly Subject[];
  readonly #laboratories: readonly Laboratory[];
  readonly #counts = new Map<Outcome, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  readonly #originals = new Map<string, Promise<Answer | null>>();
  readonly #begin = performance.now();
  #unproved = 0;
  #refutedByChance = 0;

  constructor(options: Options, interrupt: AbortSignal) {
    this.#options = options;
    this.#interrupt = interrupt;
    const scratch = scratchFolder('false-proofs');
    this.#laboratories = Array.from(
      { length: options.workers },
      (_, i) => new Laboratory(copyOf(options.tree, join(scratch, String(i))), options.schedules, options.seed, interrupt),
    );
    this.#subjects = subjectsOf(ROOT, options.tree);
  }

  /** @returns the exit status */
  async run(): Promise<number> {
    const { mutants, list } = this.#options;
    if (list) {
      for (const { n, mutant } of this.#drawn())
        if (n <= mutants) process.stdout.write(`${n} ${mutant.mode} ${mutant.file} ${mutant.says}\n`);
      return 0;
    }
    const numbered = this.#drawn();
    await Promise.all(
      this.#laboratories.map(async (laboratory) => {
        while (!this.#isOver) {
          const next = numbered.next();
          if (next.done === true) return;
          await this.#examine(laboratory, next.value.mutant, next.value.n);
        }
      }),
    );
    return this.#conclude();
  }

  /** The mutants that are wanted, numbered from 1. */
  *#drawn(): Generator<{ mutant: Mutant; n: number }, void> {
    const { only, seed } = this.#options;
    let n = 0;
    for (const mutant of mutantsOf(this.#subjects, seed)) if (++n === only || only === null) yield { mutant, n };
  }

  async #examine(laboratory: Laboratory, mutant: Mutant, n: number): Promise<void> {
    const original = await this.#originalOf(mutant, laboratory);
    const examined = await laboratory.examine(mutant, original);
    this.#counts.set(examined.outcome, this.#counts.get(examined.outcome)! + 1);
    if (examined.outcome === 'refuted' && examined.random?.refuted !== null) this.#refutedByChance++;
    this.#tell(mutant, n, examined);
  }

  /** What the original comes to: it must be proved, and is compared with its mutants. */
  async #originalOf({ file, isJob, mode }: Mutant, laboratory: Laboratory): Promise<Answer | null> {
    const key = `${isJob ? file : 'model'} ${mode}`;
    const known = this.#originals.get(key);
    if (known !== undefined) return known;
    const { text } = this.#subjects.find((subject) => subject.file === file)!;
    const asked = laboratory.examine({ file, isJob, mode, text }, null).then(({ outcome, why, random }) => {
      if (outcome === 'equivalent') return random;
      this.#unproved++;
      process.stdout.write(`THE ORIGINAL of ${key} is not proved: ${outcome}: ${why}\n`);
      return random;
    });
    this.#originals.set(key, asked);
    return asked;
  }

  #tell({ file, mode, says }: Mutant, n: number, { outcome, why, random }: Examined): void {
    const { only, seed } = this.#options;
    const head = `${String(n).padStart(4)} ${Math.round((performance.now() - this.#begin) / 1000)
      .toString()
      .padStart(5)} s  ${outcome.padEnd(12)}${mode.padEnd(5)} ${file} `;
    const isWhole = only !== null || outcome === 'false proof' || outcome === 'crashed';
    process.stdout.write(`${head}${isWhole ? says : says.split('\n', 1)[0]}${why === '' ? '' : ` ${why}`}\n`);
    if (!isWhole || random?.refuted == null) return;
    const { scenario, property, detail, run, steps } = random.refuted;
    process.stdout.write(
      `  seed ${seed}, mutant ${n}, random run ${run} breaks ${property}: ${detail}\n  ` +
        `scenario: ${JSON.stringify(scenario)}\n${steps.map((step) => `    ${step}\n`).join('')}`,
    );
  }

  /** Whether as many as are wanted have been examined, and of each kind; or the time is over. */
  get #isOver(): boolean {
    const { mutants, different, only, minutes } = this.#options;
    if ((performance.now() - this.#begin) / 60_000 >= minutes) return true;
    return only === null ? this.#examined >= mutants && this.#counts.get('different')! >= different : this.#examined >= 1;
  }

  /** Mutants that could be run. */
  get #examined(): number {
    return [...this.#counts].reduce((sum, [outcome, count]) => sum + (outcome === 'discarded' || outcome === 'crashed' ? 0 : count), 0);
  }

  #conclude(): number {
    const { only, mutants, different } = this.#options;
    const count = (outcome: Outcome): number => this.#counts.get(outcome)!;
    process.stdout.write(
      `\n${this.#examined} mutants, seed ${this.#options.seed}, ${this.#options.schedules} random schedules ` +
        `each, ${Math.round((performance.now() - this.#begin) / 1000)} s\n`,
    );
    process.stdout.write(
      `  refuted          ${count('refuted')}, of which by random schedules too: ${this.#refutedByChance}\n  ` +
        `proved, differs  ${count('different')}\n  proved, the same ${count('equivalent')}\n  FALSE PROOFS    ` +
        ` ${count('false proof')}\ndiscarded, which do not load, crash or are refused: ${count('discarded')}; ` +
        `custom jobs that CRASH exhaustive search: ${count('crashed')}\n`,
    );
    if (this.#interrupt.aborted) return 130;
    const problems = [
      count('false proof') > 0 ? 'there are false proofs' : null,
      count('crashed') > 0 ? 'custom jobs crash exhaustive search' : null,
      this.#unproved > 0 ? 'originals are not proved' : null,
      only === null && this.#examined < mutants ? `only ${this.#examined} of ${mutants} mutants could be examined` : null,
      only === null && count('different') < different ? `only ${count('different')} are proved and differ, expected ${different}` : null,
    ].filter((problem) => problem !== null);
    for (const problem of problems) process.stdout.write(`false-proofs: ${problem}\n`);
    return problems.length === 0 ? 0 : 1;
  }
}

/** A copy of a built tree that has the probe of this one. */
function copyOf(tree: string, to: string): string {
  mkdirSync(to);
  linkBuilt(tree, to);
  cpSync(join(ROOT, 'dist/tools'), join(to, 'dist/tools'), { recursive: true });
  return to;
}

process.exitCode = await main();
