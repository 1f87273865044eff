/** Examines a mutant by both searches, each in a process of its own, in a copy of the built tree. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SyncMode } from '../../model/sync.ts';
import type { Mutant } from './draw.ts';
import type { Answer, Question } from './probe.ts';
import { optionsOf, sizesOf } from './scopes.ts';

/**
 * `refuted`: exhaustive search breaks it. `false proof`: it is proved, and a random schedule breaks it. `different`, `equivalent`: it is
 * proved, and in some or in no schedule it differs from the original. `discarded`: it does not load, crashes, hangs, or is refused.
 * `crashed`: a custom job runs at random, and crashes the exhaustive search instead of being refused in one line.
 */
export type Outcome = 'refuted' | 'false proof' | 'different' | 'equivalent' | 'discarded' | 'crashed';

export interface Examined {
  readonly outcome: Outcome;
  /** Why it was discarded, or what refutes it. */
  readonly why: string;
  readonly random: Answer | null;
}

/** Far beyond what the small scopes take. */
const SEARCH_SECONDS = 90;

/** Exit status of the command where a job can't be searched. */
const REFUSED = 2;

/** A copy of the built tree, for one mutant at a time. */
export class Laboratory {
  readonly #tree: string;
  readonly #schedules: number;
  readonly #seed: string;
  readonly #interrupt: AbortSignal;

  /** @param tree a copy, which is this laboratory's alone */
  constructor(tree: string, schedules: number, seed: string, interrupt: AbortSignal) {
    this.#tree = tree;
    this.#schedules = schedules;
    this.#seed = seed;
    this.#interrupt = interrupt;
    mkdirSync(join(tree, 'jobs'), { recursive: true });
  }

  /** @param original what the random schedules of the original came to; null: this is the original */
  async examine({ file, isJob, mode, text }: Omit<Mutant, 'says'>, original: Answer | null): Promise<Examined> {
    const path = join(this.#tree, isJob ? 'jobs' : '', file);
    const job = isJob ? `jobs/${file}` : null;
    const before = isJob ? '' : readFileSync(path, 'utf8');
    writeFileSync(path, text);
    try {
      const random = await this.#random({ mode, job, schedules: this.#schedules, seed: `${this.#seed}/${mode}` });
      if (typeof random === 'string') return { outcome: 'discarded', why: random, random: null };
      const proof = await this.#exhaustive(mode, job);
      return { ...judged(proof, random, original), random };
    } finally {
      if (!isJob) writeFileSync(path, before);
    }
  }

  async #random(question: Question): Promise<Answer | string> {
    const { status, stdout, stderr } = await this.#run(['dist/tools/false-proofs/probe.js', JSON.stringify(question)]);
    return status === 0 ? (JSON.parse(stdout) as Answer) : `random search: ${firstError(stderr)}`;
  }

  async #exhaustive(mode: SyncMode, job: string | null): Promise<Proof> {
    for (const size of sizesOf(mode)) {
      const options = [
        'check',
        '--exhaustive',
        ...optionsOf(mode, size),
        ...(job === null ? [] : ['--job', job]),
        '--json',
        '--workers',
        '1',
        '--seconds',
        String(SEARCH_SECONDS),
        '--prove-seconds',
        '0',
        '--out',
        'out',
      ];
      const { status, stdout, stderr } = await this.#run(['dist/src/edge/cli/main.js', ...options]);
      const said = stdout.startsWith('{')
        ? (JSON.parse(stdout) as { verdict: string; complete: boolean; failures: { property: string }[] })
        : null;
      if (said?.verdict === 'broken') return { verdict: 'broken', why: said.failures[0]?.property ?? '' };
      if (status === 0 && said?.verdict === 'holds' && said.complete) continue;
      const isCrash = job !== null && said === null && status !== REFUSED;
      return {
        verdict: isCrash ? 'crash' : 'none',
        why: `exhaustive search: ${firstError(stderr)} (${said?.verdict ?? `status ${status}`})`,
      };
    }
    return { verdict: 'proved', why: '' };
  }

  async #run(options: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, options, {
      cwd: this.#tree,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 2 * SEARCH_SECONDS * 1000,
      killSignal: 'SIGKILL',
      signal: this.#interrupt,
    });
    const [out, err]: string[][] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out!.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => err!.push(text));
    const status = await new Promise<number | null>((done, fail) => {
      child.on('error', fail);
      child.on('close', done);
    });
    return { status, stdout: out!.join(''), stderr: err!.join('') };
  }
}

interface Proof {
  readonly verdict: 'proved' | 'broken' | 'none' | 'crash';
  readonly why: string;
}

function judged(proof: Proof, { refuted, digests }: Answer, original: Answer | null): Pick<Examined, 'outcome' | 'why'> {
  const { verdict, why } = proof;
  if (verdict === 'crash') return { outcome: 'crashed', why };
  if (verdict === 'none') return { outcome: 'discarded', why };
  if (verdict === 'broken') return { outcome: 'refuted', why: `${why}${refuted === null ? ', by exhaustive search alone' : ''}` };
  if (refuted !== null) return { outcome: 'false proof', why: refuted.property };
  return {
    outcome: original !== null && digests.some((digest, i) => digest !== original.digests[i]) ? 'different' : 'equivalent',
    why: '',
  };
}

/** The line of an output that says what went wrong. */
function firstError(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /Error|cowcheck: (?!\d+ %)/.test(line)) ?? lines.at(-1) ?? 'no output').trim();
}
