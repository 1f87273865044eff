/** Runs specs on a mutant, in a copy of the tree. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckerMutant } from './mutants.ts';
import { nearestSpecs } from './sources.ts';

/**
 * `killed`: a spec turned red. `hangs`: its nearest specs were not done within the limit, and without the edit they are done in half
 * of it; each has a limit of its own, so it would turn red. `survived`: no spec turned red within the limit.
 */
export type Fate = 'killed' | 'hangs' | 'survived';

export interface Result {
  readonly fate: Fate;
  readonly seconds: number;
  /** Whether all related specs were run. */
  readonly ranAll: boolean;
}

export interface Limits {
  readonly seconds: number;
  /** Whether the nearest specs are all that is run. */
  readonly nearestOnly: boolean;
}

/**
 * The nearest specs first, and then `vitest related`, until one turns red or the time is over.
 * @param tree a copy, which is this mutant's alone for the time being
 */
export async function tried(
  { file, text }: Pick<CheckerMutant, 'file' | 'text'>,
  tree: string,
  { seconds, nearestOnly }: Limits,
  interrupt: AbortSignal,
): Promise<Result> {
  const path = join(tree, file);
  const before = readFileSync(path, 'utf8');
  const nearest = nearestSpecs(file, tree);
  const begin = performance.now();
  const took = (): number => (performance.now() - begin) / 1000;
  const run = async (command: readonly string[]): Promise<Run> => vitest(tree, command, Math.max(0.1, seconds - took()), interrupt);
  writeFileSync(path, text);
  try {
    const first = nearest.length === 0 ? 'green' : await run(['run', ...nearest]);
    if (first === 'red') return { fate: 'killed', seconds: took(), ranAll: false };
    if (first === 'green') {
      const related = nearestOnly ? 'over' : await run(['related', '--run', file, ...nearest.flatMap((spec) => ['--exclude', spec])]);
      return { fate: related === 'red' ? 'killed' : 'survived', seconds: took(), ranAll: related === 'green' };
    }
  } finally {
    writeFileSync(path, before);
  }
  const lasted = took();
  return { fate: (await areGreen(nearest, tree, seconds / 2, interrupt)) ? 'hangs' : 'survived', seconds: lasted, ranAll: false };
}

/** Whether specs are green without an edit, within so many seconds. */
export async function areGreen(specs: readonly string[], tree: string, seconds: number, interrupt: AbortSignal): Promise<boolean> {
  return (await vitest(tree, ['run', ...specs], seconds, interrupt)) === 'green';
}

type Run = 'green' | 'red' | 'over';

async function vitest(tree: string, options: readonly string[], seconds: number, interrupt: AbortSignal): Promise<Run> {
  const { CI: _, ...env } = process.env; // no spec insists on what is not installed
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...options, '--bail', '1', '--reporter', 'dot'], {
    cwd: tree,
    env,
    stdio: 'ignore',
    detached: true,
  });
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    killGroup(child.pid);
  };
  const timer = setTimeout(stop, 1000 * seconds);
  interrupt.addEventListener('abort', stop);
  const status = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('exit', done);
  });
  clearTimeout(timer);
  interrupt.removeEventListener('abort', stop);
  killGroup(child.pid); // whatever a spec has left running
  return isOver ? 'over' : status === 0 ? 'green' : 'red';
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
