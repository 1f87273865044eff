/** For specs only: the command, built and run as its users run it, or run inside the spec's own process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Io } from './io/io.ts';

/** `npm test` builds it before. */
export const MAIN = fileURLToPath(new URL('../../../dist/command/main.js', import.meta.url));
/** The same for a program that calls it. */
const RUN = new URL('../../../dist/command/run.js', import.meta.url);
/** What both were made of, file by file. */
export const MODULES = new URL('../../../dist/src/edge/cli/', import.meta.url);
export const GOLDEN = fileURLToPath(new URL('../../trace/golden/format-1.trace.yaml', import.meta.url));
export const WORKLOAD = fileURLToPath(new URL('../../../examples/workloads/ext4-sqlite.nbdkit.log', import.meta.url));
/** What must not come to a terminal or into a pipe. */
// eslint-disable-next-line no-control-regex
export const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
/** The names of the traces in a folder. */
export const tracesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.trace.yaml'))
    .toSorted();
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

function isBuilt(): void {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there: npm run build makes it, and npm test does so by itself`);
}

/** Runs the command as a process of its own. */
export function run(
  args: readonly string[],
  { cwd, env = {}, node = [], interrupt, by = [], stdout = 'read', stderr = 'read' }: How,
): Promise<Ran> {
  isBuilt();
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

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'uncaughtException'] as const;
const listeners = (): number[] => SIGNALS.map((name) => process.listenerCount(name));
let lastHere: Promise<unknown> = Promise.resolve();

/**
 * Runs the built command inside this process: most of what a short command costs is the start of its own. For whatever needs
 * no signal and no pipe, and for no custom job: its steps would stay. One runs after the other, for they share the working
 * directory and the environment, and each must leave the process as it was.
 * @param how.env what is otherwise in the environment of this process
 */
export function runHere(args: readonly string[], { cwd = process.cwd(), env = {} }: Pick<How, 'cwd' | 'env'> = {}): Promise<Ran> {
  const here = lastHere.then(() => ranHere(args, cwd, env));
  lastHere = here.catch(() => {});
  return here;
}

async function ranHere(args: readonly string[], cwd: string, env: Record<string, string>): Promise<Ran> {
  isBuilt();
  const before = { cwd: process.cwd(), exitCode: process.exitCode, listeners: listeners().join() };
  let [out, err] = ['', ''];
  let status = 0;
  const environment = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  setInEnvironment(env);
  process.chdir(cwd);
  try {
    const { runCommand, withIo } = (await import(/* @vite-ignore */ RUN.href)) as typeof import('./run.ts');
    const mine: Io = {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      end: (ended) => void (status = ended),
    };
    await withIo(mine, async () => runCommand(args));
  } finally {
    process.chdir(before.cwd);
    setInEnvironment(environment);
  }
  const after = { cwd: process.cwd(), exitCode: process.exitCode, listeners: listeners().join() };
  if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error(`the command has left ${JSON.stringify(after)} behind`);
  return { status, out, err };
}

/** @param values undefined: not there */
function setInEnvironment(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Runs one command after another, each of which comes as a message, and answers with what came of it. */
const HOST = (): string => `
  const { runCommand, withIo } = await import(${JSON.stringify(RUN.href)});
  process.on('message', async (args) => {
    const ran = { status: 0, out: '', err: '' };
    const [out, err] = [(text) => void (ran.out += text), (text) => void (ran.err += text)];
    const io = { out, err, end: (status) => void (ran.status = status) };
    await withIo(io, () => runCommand(args));
    process.send(ran);
  });`;

/** A process that runs commands, one after the other: for custom jobs, which stay known in the process that has loaded them. */
export class CommandHost {
  readonly #process: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ cwd }: Pick<How, 'cwd'>) {
    isBuilt();
    this.#process = spawn(process.execPath, ['--input-type=module', '--eval', HOST()], {
      cwd,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  run(args: readonly string[]): Promise<Ran> {
    const ran = this.#last.then(() => this.#run(args));
    this.#last = ran.catch(() => {});
    return ran;
  }

  /** Ends it, whatever it does. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#process.once('close', resolve);
      this.#process.kill('SIGKILL');
    });
  }

  #run(args: readonly string[]): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const ended = (status: number | null): void => reject(new Error(`the process has ended, with status ${status}`));
      this.#process.once('exit', ended).once('message', (ran) => {
        this.#process.off('exit', ended);
        resolve(ran as Ran);
      });
      this.#process.send(args);
    });
  }
}

/** Makes time pass faster: the first line of progress comes after five seconds. */
export const FASTER = [
  '--import',
  'data:text/javascript,const now = Date.now, start = now(); Date.now = () => start + 20 * (now() - start)',
];

/** Makes the command say on standard error that it listens to signals from now on. It asks for SIGTERM last. */
export const TELLS_LISTENING = [
  '--import',
  'data:text/javascript,process.on("newListener", (event) => { if (event === "SIGTERM") setImmediate(() => ' +
    'process.stderr.write("listening\\n")); })',
];

/** What a search comes to, without its times. @param ran with `--json` */
export const timeless = ({ status, out }: Ran): object => ({
  ...(JSON.parse(out) as object),
  status,
  started: '',
  duration: 0,
  seconds: 0,
  schedulesPerSecond: 0,
});
