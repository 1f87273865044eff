/** Runs named commands one after the other, each within its budget of time. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Stage {
  readonly name: string;
  /** What it shows, in one line. */
  readonly does: string;
  /** Beyond this it is stopped, and has failed. */
  readonly minutes: number;
  readonly command: readonly string[];
}

export interface StageResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'over its budget' | 'interrupted';
  readonly seconds: number;
}

/** Between a request to end and the end by force. */
const GRACE_MS = 5_000;

/**
 * Runs each stage, whatever came of those before. A stage is a process group of its own, and nothing of it is left behind.
 * @param interrupt ends the stage that runs; no other one begins
 * @param say is told a line when a stage begins, and one when it ends
 */
export async function runStages(stages: readonly Stage[], interrupt: AbortSignal, say: (line: string) => void): Promise<StageResult[]> {
  const results: StageResult[] = [];
  for (const stage of stages) {
    if (interrupt.aborted) break;
    say(`== ${stage.name}: ${stage.does} (at most ${stage.minutes} min)`);
    const result = await runStage(stage, interrupt);
    say(`== ${lineOf(result, stage)}`);
    results.push(result);
  }
  return results;
}

/** The outcome of a stage in one line: its time, and its budget. */
export const lineOf = ({ name, outcome, seconds }: StageResult, { minutes }: Stage): string =>
  `${name.padEnd(18)}${outcome.padEnd(17)}${seconds.toFixed(1).padStart(8)} s of ${60 * minutes} s`;

async function runStage({ name, minutes, command: [program, ...options] }: Stage, interrupt: AbortSignal): Promise<StageResult> {
  const begin = performance.now();
  const child = spawn(program!, options, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  let outcome: StageResult['outcome'] | null = null;
  let force: NodeJS.Timeout | undefined;
  const stop = (why: StageResult['outcome']): void => {
    outcome ??= why;
    signal(child, 'SIGTERM');
    force ??= setTimeout(() => signal(child, 'SIGKILL'), GRACE_MS);
  };
  const onInterrupt = (): void => stop('interrupted');
  const budget = setTimeout(() => stop('over its budget'), 60_000 * minutes);
  interrupt.addEventListener('abort', onInterrupt);
  const passed = await new Promise<boolean>((done) => {
    child.on('error', () => done(false)); // there is no such program
    child.on('exit', (status) => done(status === 0));
  });
  clearTimeout(budget);
  clearTimeout(force);
  interrupt.removeEventListener('abort', onInterrupt);
  signal(child, 'SIGKILL'); // whatever it has left running
  return { name, outcome: outcome ?? (passed ? 'passed' : 'failed'), seconds: (performance.now() - begin) / 1000 };
}

/** To the whole group of a process, as far as any of it is left. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
