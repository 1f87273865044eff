/** Exhaustive search by Spin (Holzmann, https://spinroot.com), compiled for one scenario and run. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { PACKAGE_ROOT } from '../../src/edge/files/package-root.ts';
import { type BlockCopySpinRule, blockCopySpinHeader } from './block-copy-scenario.ts';
import { type SpinRule, spinHeader } from './scenario.ts';

/** The models written for Spin, by the family of jobs: the file, and what makes its header of a scenario. */
const MODELS = {
  notifier: {
    file: 'backup.pml',
    headerOf: (scenario: Scenario, without: readonly string[]) => spinHeader(scenario, without as SpinRule[]),
  },
  'block-copy': {
    file: 'block-copy.pml',
    headerOf: (scenario: Scenario, without: readonly string[]) => blockCopySpinHeader(scenario, without as BlockCopySpinRule[]),
  },
} as const;

export interface SpinSetting {
  /** Of the job. Absent: the notifier. */
  readonly family?: keyof typeof MODELS;
  /** Spin's own reduction and merging of steps, as it comes; or none, to compare counts. */
  readonly reduction: boolean;
  readonly without?: readonly (SpinRule | BlockCopySpinRule)[];
  readonly megabytesMax?: number;
  /** Whether the search is compiled to be fast, which takes seconds. If nothing is said: where it has its reduction. */
  readonly optimized?: boolean;
}

export interface SpinResult {
  readonly states: number;
  /** Transitions, of which Spin counts one to the first state. */
  readonly transitions: number;
  /** Of the search alone, as Spin measures it: neither made nor compiled. */
  readonly seconds: number;
  /** Bytes of one state, and megabytes of all. */
  readonly stateBytes: number;
  readonly megabytes: number;
  /** What was violated first, in Spin's words. */
  readonly error: string | null;
  /** Whether every state was seen: no error, no limit. */
  readonly complete: boolean;
}

export const INSTALL_SPIN = 'apt-get install spin gcc';

const run = promisify(execFile);

/** Whether Spin and a compiler can be run here. */
export async function hasSpin(): Promise<boolean> {
  try {
    await Promise.all([run('spin', ['-V']), run('gcc', ['--version'])]);
    return true;
  } catch {
    return false;
  }
}

/** @throws if the scenario is none that the model knows, or Spin does not do what it should */
export async function searchWithSpin(scenario: Scenario, setting: SpinSetting): Promise<SpinResult> {
  const search = await CompiledSearch.of(scenario, setting);
  try {
    return await search.run();
  } finally {
    search.close();
  }
}

/** A search that can be run more than once. It lies in a folder of its own until it is closed. */
export class CompiledSearch {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** The same `@throws` as `searchWithSpin`. */
  static async of(
    scenario: Scenario,
    { family = 'notifier', reduction, without = [], megabytesMax = 2_000, optimized = reduction }: SpinSetting,
  ): Promise<CompiledSearch> {
    const { file, headerOf } = MODELS[family];
    const header = headerOf(scenario, without);
    const cwd = mkdtempSync(join(tmpdir(), 'cowcheck-spin-'));
    const search = new CompiledSearch(cwd);
    try {
      copyFileSync(join(PACKAGE_ROOT, 'bench/spin', file), join(cwd, file));
      writeFileSync(join(cwd, 'scenario.h'), header);
      await run('spin', ['-a', ...(reduction ? [] : ['-o3']), file], { cwd });
      await run(
        'gcc',
        [
          optimized ? '-O2' : '-O0',
          ...(reduction ? [] : ['-DNOREDUCE']),
          '-w',
          '-DSAFETY',
          `-DMEMLIM=${megabytesMax}`,
          '-o',
          'pan',
          'pan.c',
        ],
        { cwd },
      );
      return search;
    } catch (error) {
      search.close();
      throw error;
    }
  }

  async run(): Promise<SpinResult> {
    const { stdout } = await run('./pan', [], { cwd: this.#folder, maxBuffer: 2 ** 26 });
    return parsePan(stdout);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What `pan` says when it has ended. @throws if that is nothing that it says */
export function parsePan(text: string): SpinResult {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`Spin's search does not say ${pattern.source}:\n${text}`);
    return Number(found);
  };
  const errors = number(/errors: (\d+)/);
  const error = errors === 0 ? null : (/^pan:\d+: (.*) \(at depth/m.exec(text)?.[1] ?? 'an error');
  return {
    states: number(/([\d.e+]+) states, stored/),
    transitions: number(/([\d.e+]+) transitions/),
    seconds: number(/elapsed time ([\d.e+]+) seconds/),
    stateBytes: number(/State-vector (\d+) byte/),
    megabytes: number(/([\d.]+)\ttotal actual memory usage/),
    error,
    complete: error === null && !/max search depth too small|reached -DMEMLIM bound|Search not completed/.test(text),
  };
}
