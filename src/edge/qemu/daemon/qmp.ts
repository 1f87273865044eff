/**
 * A client of the QEMU Machine Protocol. QEMU connects back to our socket, so nothing needs to poll
 * for it. Inside a step of a case no reply is ever waited for: QEMU serves no monitor while it drains, and
 * it drains for as long as we hold what it waits for. No library is there for Node.
 */
import type { Socket } from 'node:net';

export interface QmpError {
  readonly class: string;
  readonly desc: string;
}

interface Greeting {
  readonly QMP: {
    readonly version: {
      readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number };
      readonly package: string;
    };
  };
}

/** In place of the reply that no longer comes. */
export const GONE: QmpError = { class: 'Gone', desc: 'QEMU has gone' };

/** What a command came to. */
export type QmpReply = { readonly return: unknown } | { readonly error: QmpError };

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** A command of which QEMU says that it can't be done. */
export class QmpFailure extends Error {
  readonly error: QmpError;
  constructor(command: string, error: QmpError) {
    super(`${command}: ${error.desc}`);
    this.error = error;
  }
}

export class Qmp {
  readonly #socket: Socket;
  #text = '';
  #nextId = 1;
  #greeted: ((greeting: unknown) => void) | null = null;
  readonly #waiting = new Map<number, { readonly command: string; readonly replied: (reply: QmpReply) => void }>();
  /** Told of every event. */
  onEvent: (event: QmpEvent) => void = () => {};

  /** @param onBytes told whenever QEMU has said something */
  constructor(socket: Socket, onBytes: () => void) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (piece: string) => {
      onBytes();
      this.#receive(piece);
    });
    socket.on('error', () => socket.destroy()); // QEMU has gone; its process says why
    socket.on('close', () => {
      onBytes();
      for (const { replied } of this.#waiting.values()) replied({ error: GONE });
      this.#waiting.clear();
    });
  }

  /**
   * Waits for the greeting and takes the monitor into service.
   * @returns QEMU's version and whose build it is, as it says it: `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)`
   */
  async greet(): Promise<string> {
    const greeting = await new Promise<unknown>((resolve) => {
      this.#greeted = resolve;
    });
    await this.call('qmp_capabilities');
    const { qemu, package: build } = (greeting as Greeting).QMP.version;
    return `${qemu.major}.${qemu.minor}.${qemu.micro}${build === '' ? '' : ` (${build})`}`;
  }

  /** Sends a command; `replied` is called when QEMU replies. */
  send(command: string, args: object, replied: (reply: QmpReply) => void): void {
    const id = this.#nextId++;
    this.#waiting.set(id, { command, replied });
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
  }

  /** Sends a command and waits for its reply: only where nothing is held back. @throws QmpFailure */
  async call(command: string, args: object = {}): Promise<unknown> {
    const reply = await new Promise<QmpReply>((resolve) => this.send(command, args, resolve));
    if ('error' in reply) throw new QmpFailure(command, reply.error);
    return reply.return;
  }

  /** The commands that have had no reply, oldest first. */
  get unanswered(): string[] {
    return [...this.#waiting.values()].map(({ command }) => command);
  }

  get isAtRest(): boolean {
    return this.#text === '' && this.#socket.writableLength === 0;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(piece: string): void {
    this.#text += piece;
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      this.#take(JSON.parse(line) as Record<string, unknown>);
    }
  }

  #take(message: Record<string, unknown>): void {
    if ('QMP' in message) return this.#greeted?.(message);
    if ('event' in message) return this.onEvent({ event: message['event'] as string, data: (message['data'] ?? {}) as QmpEvent['data'] });
    const id = message['id'] as number;
    this.#waiting.get(id)?.replied(message as unknown as QmpReply);
    this.#waiting.delete(id);
  }
}
