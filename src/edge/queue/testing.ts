/** For specs only: a Redis of their own, on a free port, and processes that work for it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The command, as it is built. */
const MAIN = fileURLToPath(new URL('../../../dist/command/main.js', import.meta.url));

const isThere = spawnSync('redis-server', ['--version']).status === 0;

/** Specs that take a Redis. */
export function describeWithRedis(name: string, specs: () => void): void {
  if (isThere || process.env['CI'] !== 'true') {
    if (!isThere) process.stderr.write(`SKIPPED, for there is no redis-server on the PATH: ${name}\n`);
    describe.skipIf(!isThere)(name, { timeout: 120_000 }, specs);
  } else {
    it(`${name}: takes a redis-server on the PATH, which CI=true insists on`, () => expect(isThere).toBe(true));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A redis-server with nothing in it. What it keeps it keeps in memory, unless it is started with other options. */
export class TestRedis {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cowcheck-redis-'));
  readonly #args: readonly string[];
  readonly port: number;
  #process: ChildProcess | null = null;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
  }

  static async start(...args: readonly string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), args);
    await redis.again();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again after `kill`. */
  async again(): Promise<void> {
    const always = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder];
    const child = spawn('redis-server', [...always, ...this.#args], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = child;
    let said = '';
    for await (const text of child.stdout) {
      said += String(text);
      if (said.includes('Ready to accept connections')) break;
    }
    if (child.exitCode !== null) throw new Error(`redis-server has ended: ${said}`);
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    await killed(this.#process!);
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill('SIGKILL');
  await closed;
}

/** A process that runs the command. */
export class TestProcess {
  readonly #process: ChildProcess;
  /** Standard error so far. */
  err = '';

  constructor(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
    this.#process = spawn(process.execPath, [MAIN, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => (this.err += text));
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Waits until it says something. */
  async says(what: RegExp): Promise<void> {
    while (!what.test(this.err)) {
      if (this.hasEnded) throw new Error(`it has ended before it said ${what}: ${this.err}`);
      await setTimeout(20);
    }
  }

  /** As `kill -9` does. */
  kill(): Promise<void> {
    return killed(this.#process);
  }

  /** It stands still until `goOn`, as a machine that hangs does. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  goOn(): void {
    this.#process.kill('SIGCONT');
  }

  /** @returns its exit status */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.#process, 'close');
    this.#process.kill(signal);
    const [status] = (await ended) as [number | null];
    return status;
  }
}
