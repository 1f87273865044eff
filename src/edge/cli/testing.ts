/** For specs only: the built command, run as its users run it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `npm test` builds it before. */
export const MAIN = fileURLToPath(new URL('../../../dist/src/edge/cli/main.js', import.meta.url));
export const GOLDEN = fileURLToPath(new URL('../../trace/golden/format-1.trace.yaml', import.meta.url));
export const WORKLOAD = fileURLToPath(new URL('../../../examples/workloads/ext4-sqlite.nbdkit.log', import.meta.url));
/** What must not come to a terminal or into a pipe. */
// eslint-disable-next-line no-control-regex
export const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
export const UNFINISHED = 3;
export const INTERRUPTED = 130;

export interface Ran {
  /** Null: a signal ended it. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface How {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Options for node itself. */
  readonly node?: readonly string[];
  /** Sends a signal, once, when standard output or standard error says so. */
  readonly interrupt?: { readonly at: RegExp; readonly signal: NodeJS.Signals };
  /** What it is run by, such as `['nice']`. */
  readonly by?: readonly string[];
  /** Where standard output and standard error go: to us, to nobody who reads, or to an open file. */
  readonly stdout?: 'read' | 'closed' | number;
  readonly stderr?: 'read' | 'closed' | number;
}

/** Runs the command. */
export function run(
  args: readonly string[],
  { cwd, env = {}, node = [], interrupt, by = [], stdout = 'read', stderr = 'read' }: How,
): Promise<Ran> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there: npm run build makes it, and npm test does so by itself`);
  return new Promise((resolve, reject) => {
    const [program, ...rest] = [...by, process.execPath, ...node, MAIN, ...args];
    const to = (stream: How['stdout']): 'pipe' | number => (typeof stream === 'number' ? stream : 'pipe');
    const child = spawn(program!, rest, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', to(stdout), to(stderr)] });
    let [out, err] = ['', ''];
    const look = (): void => {
      if (interrupt !== undefined && !child.killed && (interrupt.at.test(out) || interrupt.at.test(err))) child.kill(interrupt.signal);
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      look();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      look();
    });
    if (stdout === 'closed') child.stdout?.destroy();
    if (stderr === 'closed') child.stderr?.destroy();
    child.on('error', reject).on('close', (status) => resolve({ status, out, err }));
  });
}

/** Makes the command say on standard error that it listens to signals from now on. It asks for SIGTERM last. */
export const TELLS_LISTENING = [
  '--import',
  'data:text/javascript,process.on("newListener", (event) => { if (event === "SIGTERM") setImmediate(() => ' +
    'process.stderr.write("listening\\n")); })',
];
