/** Searches mistakes, one at a time, in a copy of the build. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { SYNC_MODES } from '../../model/sync.ts';
import { linkBuilt } from '../copy-of-tree.ts';
import type { Source } from './drawn.ts';
import { type Mistake, withMistake } from './mistakes.ts';
import type { Answer, Question } from './probe.ts';

/**
 * `found`: a property is broken. `missed`: none is, in as many schedules as there are. `refused`: the job does not load, or breaks
 * the replay contract, and a line says so. `crashed`: the search ends with an error of its own, or does not end.
 */
export type Outcome = 'found' | 'missed' | 'refused' | 'crashed';

export interface Searched {
  readonly outcome: Outcome;
  readonly schedules: number;
  /** The mode and the property of the failure, or what is told of a search that did not end as it should. */
  readonly why: string;
}

const SEED = 'mistakes';
/** A search that takes longer hangs. It has to hold on a busy machine. */
const SECONDS = 300;
const REFUSED = 2;

export class Laboratory {
  readonly #tree: string;
  readonly #schedules: number;
  readonly #interrupt: AbortSignal;

  /** @param tree a folder to be made, which is this laboratory's alone @param schedules of each mistake, at most */
  constructor(root: string, tree: string, schedules: number, interrupt: AbortSignal) {
    mkdirSync(join(tree, 'jobs'), { recursive: true });
    linkBuilt(root, tree);
    this.#tree = tree;
    this.#schedules = schedules;
    this.#interrupt = interrupt;
  }

  /** A mistake of the notifier's that has a name. */
  async searchNamed(mistake: Mistake): Promise<Searched> {
    return await this.#inBuild(`model/${mistake.file}`, (right) => withMistake(right, mistake), { job: 'correct', modes: SYNC_MODES });
  }

  /** @param text the TypeScript of a file of the model, or a custom job, with a mistake */
  async search({ file, job, modes }: Source, text: string): Promise<Searched> {
    if (job !== null) return await this.#inBuild(file.replace(/\.ts$/, '.js'), () => built(text), { job, modes });
    const copy = `jobs/${basename(file)}` as `${string}.mjs`;
    writeFileSync(join(this.#tree, copy), text);
    return await this.#probe({ job: copy, modes });
  }

  /** @param file of the build @param change what its text becomes */
  async #inBuild(file: string, change: (right: string) => string, asked: Pick<Question, 'job' | 'modes'>): Promise<Searched> {
    const path = join(this.#tree, 'dist', file);
    const right = readFileSync(path, 'utf8');
    writeFileSync(path, change(right));
    try {
      return await this.#probe(asked);
    } finally {
      writeFileSync(path, right);
    }
  }

  async #probe(asked: Pick<Question, 'job' | 'modes'>): Promise<Searched> {
    const question: Question = { ...asked, schedules: this.#schedules, seed: SEED };
    const { status, stdout, stderr } = await this.#run(['dist/tools/ordering-mistakes/probe.js', JSON.stringify(question)]);
    if (status !== 0) return { outcome: status === REFUSED ? 'refused' : 'crashed', schedules: 0, why: errorIn(stderr) };
    const { schedules, cutOff, found } = JSON.parse(stdout) as Answer;
    if (found === null) return { outcome: 'missed', schedules, why: cutOff > 0 ? `${cutOff} runs were cut off` : '' };
    return { outcome: 'found', schedules, why: `${found.mode}, ${found.property}` };
  }

  async #run(options: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, options, {
      cwd: this.#tree,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 1000 * SECONDS,
      killSignal: 'SIGKILL',
      signal: this.#interrupt,
    });
    const [out, err]: string[][] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (part: string) => out!.push(part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => err!.push(part));
    const status = await new Promise<number | null>((done, fail) => {
      child.on('error', fail);
      child.on('close', done);
    });
    return { status, stdout: out!.join(''), stderr: err!.join('') };
  }
}

/** As the build makes JavaScript of it. */
function built(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  }).outputText;
}

/** The line that says what went wrong. */
function errorIn(text: string): string {
  const lines = text.trim().split('\n');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
}
