/**
 * A QEMU process and the sockets between it and us. It is kept from case to case. Whatever ends us, it ends
 * too: a watchman, a shell that waits for the end of a pipe that we hold, kills what has the folder among its arguments, and removes it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as after } from 'node:timers/promises';
import { Barrier, PATIENCE, type Patience, QemuHangs } from './barrier.ts';
import { QemuGone } from './gone.ts';
import { type Capabilities, capabilitiesOf } from './capabilities.ts';
import { NbdClient } from '../nbd/client.ts';
import { NbdServer } from '../nbd/server.ts';
import { GONE, Qmp, QmpFailure } from './qmp.ts';
import { STORAGE_DAEMON } from './storage-daemon.ts';

/** What a socket's address holds, its last byte being zero. */
const SOCKET_PATH_MAX = 107;
/** A case is taken away in a few milliseconds, on a loaded machine in a few hundred. */
const HANGS_AFTER_MS = 5_000;
const LOOKS_EVERY_MS = 500;
const STDERR_MAX = 2_000;

/**
 * When standard input ends, whatever has the folder among its arguments is killed, which is QEMU, and the folder goes.
 * It is there before QEMU is.
 */
const WATCHMAN =
  'cat > /dev/null; for p in /proc/[0-9]*; do [ "$p" != "/proc/$$" ] && grep -qF -- "$1" "$p/cmdline" 2> ' +
  '/dev/null && kill -9 "${p#/proc/}"; done; rm -rf -- "$1"';

export class Daemon {
  /** With whose build it is: `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)`. */
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly server: NbdServer;
  readonly qmp: Qmp;
  readonly pid: number;
  /** Of the cases that it has had; tells their names apart. */
  nextCase = 0;
  readonly #process: ChildProcess;
  readonly #watchman: ChildProcess;
  readonly #barrier: Barrier;
  readonly #folder: string;
  readonly #clients = new Set<NbdClient>();
  readonly #life: Life;

  private constructor(parts: {
    version: string;
    capabilities: Capabilities;
    server: NbdServer;
    qmp: Qmp;
    process: ChildProcess;
    watchman: ChildProcess;
    folder: string;
    patience: Patience;
    life: Life;
    ear: Ear;
  }) {
    this.version = parts.version;
    this.capabilities = parts.capabilities;
    this.server = parts.server;
    this.qmp = parts.qmp;
    this.#process = parts.process;
    this.pid = parts.process.pid!;
    this.#watchman = parts.watchman;
    this.#folder = parts.folder;
    this.#life = parts.life;
    this.#barrier = new Barrier(this.pid, () => this.#isAtRest(), parts.patience);
    parts.ear.heard = this.#barrier.heard;
  }

  /** Starts a QEMU. @throws QemuGone with one line that says why there is none */
  static async start(binary: string = STORAGE_DAEMON, patience: Patience = PATIENCE): Promise<Daemon> {
    const folder = nameOfFolder();
    const watchman = watch(folder); // before there is anything that could be left behind
    const ear: Ear = { heard: () => {} };
    const server = new NbdServer(() => ear.heard());
    const monitor = createServer();
    let process: ChildProcess | undefined;
    try {
      makeFolder(folder);
      await Promise.all([server.listen(join(folder, 'disks')), listen(monitor, join(folder, 'qmp'))]);
      process = spawn(binary, argumentsOf(binary, join(folder, 'qmp')), { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
      const life = new Life(process, binary);
      const connected = new Promise<Qmp>((resolve) => monitor.once('connection', (socket) => resolve(new Qmp(socket, () => ear.heard()))));
      const said = await inTime(orGone(life, greeted(connected, join(folder, 'exports'))), binary, patience);
      monitor.close();
      return new Daemon({ ...said, server, process, watchman, folder, patience, life, ear });
    } catch (error) {
      if (process !== undefined) killWhole(process);
      server.close();
      monitor.close();
      await removed(watchman);
      throw startError(error);
    }
  }

  /** Whether its NBD client may leave an answer unheeded until the next one (nudge.ts); since 7.0, which `snapshot-access` came with. */
  get mayHoldAnswersBack(): boolean {
    return this.capabilities.has('snapshot-access');
  }

  /** Where QEMU finds our disks. */
  get disks(): string {
    return join(this.#folder, 'disks');
  }

  /** Connects to one of QEMU's exports. */
  async connect(name: string): Promise<NbdClient> {
    const client = await orGone(this.#life, NbdClient.open(join(this.#folder, 'exports'), name, this.#barrier.heard));
    this.#clients.add(client);
    return client;
  }

  disconnect(client: NbdClient): void {
    client.close();
    this.#clients.delete(client);
  }

  /** Waits until QEMU is at rest. @throws QemuGone if it has ended, or does not come to rest */
  async rest(): Promise<void> {
    if (this.#life.ended !== null) throw new QemuGone(this.#life.ended);
    await this.#barrier.wait().catch(async (error: unknown) => {
      throw this.#process.exitCode === null && this.#process.signalCode === null ? error : new QemuGone(await this.#life.end);
    });
  }

  /**
   * Waits for answers of QEMU's monitor while nothing of ours is held back, and until QEMU is at rest. It sleeps until they come: that
   * leaves the processor to QEMU, and to the others.
   * @throws QemuHangs if QEMU does not answer, though it has been at rest for seconds
   */
  async answered<T>(answers: Promise<T>): Promise<T> {
    const begin = performance.now();
    let isHere = false;
    const here = answers.then(
      () => (isHere = true),
      () => (isHere = true),
    );
    for (;;) {
      const look = new AbortController();
      await Promise.race([here, after(LOOKS_EVERY_MS, null, look).catch(() => {})]).finally(() => look.abort());
      await this.rest();
      if (isHere) return await answers;
      if (performance.now() - begin > HANGS_AFTER_MS)
        throw new QemuHangs(`nothing is held back, and QEMU does not answer ${this.qmp.unanswered.join(', ')}`);
    }
  }

  /** How QEMU has ended; null: it lives. */
  get ended(): string | null {
    return this.#life.ended;
  }

  /** What stands behind an error of somebody who talked to QEMU: the end of QEMU, if it has ended. */
  async causeOf(error: unknown): Promise<unknown> {
    if (error instanceof QmpFailure && error.error === GONE) return new QemuGone(await this.#life.end);
    return this.#life.ended === null || error instanceof QemuGone ? error : new QemuGone(this.#life.ended);
  }

  /** Whether QEMU ended by a fault of its own: it failed an assertion or touched what is not its own. */
  get hasCrashed(): boolean {
    return ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL'].includes(this.#process.signalCode ?? '');
  }

  /** Ends QEMU and removes all that was there for it. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    killWhole(this.#process);
    await this.#life.end;
    this.#barrier.close();
    this.qmp.close();
    this.server.close();
    await removed(this.#watchman);
  }

  #isAtRest(): boolean {
    for (const client of this.#clients) if (!client.isAtRest) return false;
    return this.qmp.isAtRest && this.server.isAtRest;
  }
}

/** A listener that is told when something came from QEMU. */
interface Ear {
  heard: () => void;
}

/** How a process ends. */
class Life {
  ended: string | null = null;
  readonly end: Promise<string>;

  constructor(process: ChildProcess, binary: string) {
    let stderr = '';
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_MAX);
    });
    (process.stderr as unknown as { unref(): void } | null)?.unref();
    process.unref();
    this.end = new Promise((resolve) => {
      const ends = (how: string): void => {
        const last =
          stderr
            .trim()
            .split('\n')
            .findLast((line) => !line.startsWith('warning:')) ?? '';
        this.ended ??= last === '' ? how : `${how}: ${last}`;
        resolve(this.ended);
      };
      process.once('error', (error: NodeJS.ErrnoException) => ends(whyNotStarted(binary, error)));
      process.once('close', (status, signal) =>
        ends(`QEMU (process ${process.pid}) ended ${signal === null ? `with status ${status}` : `by ${signal}`}`),
      );
    });
  }
}

function whyNotStarted(binary: string, { code }: NodeJS.ErrnoException): string {
  if (code !== 'ENOENT') return `${binary} cannot be started (${code})`;
  return binary.includes('/') ? `there is no file ${binary}` : `${binary} is not on the PATH`;
}

/** What QEMU says of itself once its monitor is connected, and its exports are served. */
async function greeted(connected: Promise<Qmp>, path: string): Promise<{ qmp: Qmp; version: string; capabilities: Capabilities }> {
  const qmp = await connected;
  const version = await qmp.greet();
  const capabilities = await capabilitiesOf(qmp, version);
  await qmp.call('nbd-server-start', { addr: { type: 'unix', data: { path } }, 'max-connections': 0 });
  return { qmp, version, capabilities };
}

/** @throws QemuGone if it takes longer than QEMU is waited for */
async function inTime<T>(promise: Promise<T>, binary: string, { wallSeconds }: Patience): Promise<T> {
  const done = new AbortController();
  const late = after(wallSeconds * 1_000, null, done).then(() => {
    throw new QemuGone(`${binary} does not answer on its monitor within ${wallSeconds} s: is it a qemu-storage-daemon?`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {}); // it is not waited for any more
    done.abort();
  }
}

/** Kills a QEMU, and what it has started if it is a script: it leads a process group. One that never began has no number. */
function killWhole({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended
  }
}

/** A process that is killed closes its sockets first; so long after that its end should be known. */
const END_MS = 2_000;

/** @throws QemuGone if QEMU ends before; how it ended is waited for where its sockets are closed already */
async function orGone<T>({ end }: Life, promise: Promise<T>): Promise<T> {
  try {
    return await Promise.race([promise, end.then((how) => Promise.reject<T>(new QemuGone(how)))]);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    const how = await Promise.race([end, new Promise<null>((resolve) => setTimeout(() => resolve(null), END_MS).unref())]);
    throw how === null ? error : new QemuGone(how);
  }
}

const LOST_CODES = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT'];
const isConnectionLost = (error: unknown): boolean =>
  error instanceof QmpFailure ? error.error === GONE : LOST_CODES.includes((error as NodeJS.ErrnoException).code ?? '');

/** Sockets that can't be made, by us or by QEMU, are for the user to mend. */
function startError(error: unknown): unknown {
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === 'listen') return new QemuGone(`no socket can be created in ${tmpdir()} (${code})`);
  return error instanceof QmpFailure ? new QemuGone(`QEMU cannot start: ${error.message}`) : error;
}

/** The sockets' folder, which nobody else may look into. */
function watch(folder: string): ChildProcess {
  const watchman = spawn('/bin/sh', ['-c', WATCHMAN, 'cowcheck-watchman', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watchman.unref();
  (watchman.stdin as unknown as { unref(): void }).unref();
  return watchman;
}

/** Ends the watchman, and waits until it has removed the folder. */
async function removed(watchman: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => watchman.once('close', resolve));
  watchman.ref();
  watchman.stdin?.end();
  await gone;
}

/** @throws QemuGone */
function nameOfFolder(): string {
  const longest = join(tmpdir(), 'cowcheck-XXXXXX', 'exports');
  if (Buffer.byteLength(longest) > SOCKET_PATH_MAX)
    throw new QemuGone(
      `the path of a socket would be ${Buffer.byteLength(longest)} bytes long, above the limit of ${SOCKET_PATH_MAX}: ` +
        `set TMPDIR to a shorter path than ${tmpdir()}`,
    );
  for (;;) {
    const folder = join(tmpdir(), `cowcheck-${randomBytes(3).toString('hex')}`);
    if (!existsSync(folder)) return folder;
  }
}

/** @throws QemuGone */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new QemuGone(`no directory for sockets can be created in ${tmpdir()} (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
}

/** By program, for one is asked once: whether it is a storage daemon. */
const isStorageDaemon = new Map<string, boolean>();

function argumentsOf(binary: string, monitor: string): string[] {
  const chardev = ['--chardev', `socket,id=m0,path=${monitor}`];
  if (!isStorageDaemon.has(binary)) isStorageDaemon.set(binary, !/^QEMU emulator/m.test(whatItSays(binary)));
  if (isStorageDaemon.get(binary) === true) return [...chardev, '--monitor', 'chardev=m0'];
  return ['-machine', 'none', '-display', 'none', '-nodefaults', '-no-user-config', '-S', ...chardev, '-mon', 'chardev=m0,mode=control'];
}

const VERSION_MS = 10_000;

/** What it is, by its own word; its file may have any name. Empty: it does not start, which is told where it is started for good. */
function whatItSays(binary: string): string {
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8', timeout: VERSION_MS, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
