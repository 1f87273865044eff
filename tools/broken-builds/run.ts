/** Runs a program to its end, as the last in line for the processor. */
import { spawn } from 'node:child_process';

/** What a program had to say, and how it ended. */
export interface Ran {
  /** Null: a signal ended it, or it is not on the PATH. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program that failed; one line. */
export class Failed extends Error {}

interface How {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It is interrupted once it says this on standard error. */
  readonly until?: RegExp;
}

export async function run([program, ...args]: readonly [string, ...string[]], { cwd, env, until }: How = {}): Promise<Ran> {
  const child = spawn('nice', ['-n', '19', program, ...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const had = until?.test(said.err);
    said.err += text;
    if (had === false && until!.test(said.err)) child.kill('SIGINT');
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve({ status, ...said }));
  });
}

/** @param why what could not be done. @throws Failed if it does not end with 0 */
export async function done(why: string, command: readonly [string, ...string[]], how: How = {}): Promise<string> {
  const { status, out, err } = await run(command, how);
  if (status === 0) return out;
  const lines = `${out}\n${err}`.split('\n').filter((line) => line.trim() !== '');
  const said = lines.find((line) => /\berror:|^ERROR/i.test(line)) ?? lines.at(-1) ?? `${command[0]} ended with ${status}`;
  throw new Failed(`${why}: ${said.trim()}`);
}
