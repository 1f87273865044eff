/** The guest's side: an NBD client on an export of QEMU, whose requests are under way together. Why it is written here: nbd-wire.ts. */
import { type Socket, connect } from 'node:net';
import {
  ByteQueue,
  Command,
  HANDSHAKE_FLAGS,
  NBD_MAGIC,
  OPTION_MAGIC,
  OPTION_REPLY_MAGIC,
  Option,
  OptionReply,
  ProtocolError,
  REQUEST_MAGIC,
  SIMPLE_REPLY_MAGIC,
  u16,
  u32,
  u64,
} from './wire.ts';

/** What became of a request. */
export interface NbdAnswer {
  /** 0: it succeeded; else the errno's number. */
  readonly error: number;
  /** Of a read that succeeded. */
  readonly data: Buffer;
}

interface Waiting {
  readonly bytes: number;
  readonly answered: (answer: NbdAnswer) => void;
}

export class NbdClient {
  readonly #socket: Socket;
  readonly #input = new ByteQueue();
  readonly #waiting = new Map<bigint, Waiting>();
  #nextHandle = 1n;
  #opened: { resolve: () => void; reject: (error: Error) => void } | null = null;
  #phase: 'greeting' | 'options' | 'replies' = 'greeting';
  #isClosed = false;
  readonly #name: string;

  private constructor(path: string, name: string, onBytes: () => void) {
    this.#name = name;
    this.#socket = connect(path);
    this.#socket.on('data', (piece) => {
      onBytes();
      this.#receive(piece);
    });
    this.#socket.on('error', (error) => this.#opened?.reject(error));
    this.#socket.on('close', () => {
      onBytes();
      this.#isClosed = true;
      this.#opened?.reject(new ProtocolError(`NBD: QEMU closed the connection to ${name}`));
    });
  }

  /** Connects to an export. @param onBytes told whenever QEMU has said something */
  static async open(path: string, name: string, onBytes: () => void): Promise<NbdClient> {
    const client = new NbdClient(path, name, onBytes);
    await new Promise<void>((resolve, reject) => {
      client.#opened = { resolve, reject };
    });
    return client;
  }

  /** Sends a request; `answered` is called when QEMU replies. */
  request(type: number, offset: number, length: number, answered: Waiting['answered'], data: Buffer | null = null): void {
    const handle = this.#nextHandle++;
    this.#waiting.set(handle, { bytes: type === Command.read ? length : 0, answered });
    const head = Buffer.concat([u32(REQUEST_MAGIC), u16(0, type), u64(handle, offset), u32(length)]);
    this.#socket.write(data === null ? head : Buffer.concat([head, data]));
  }

  /** Whether no half of a reply has come. What QEMU has not yet read of ours it may leave unread for as long as it drains. */
  get isAtRest(): boolean {
    return this.#input.length === 0;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(piece: Buffer): void {
    this.#input.push(piece);
    for (let went = true; went;)
      went = this.#phase === 'greeting' ? this.#takeGreeting() : this.#phase === 'options' ? this.#takeOptionReply() : this.#takeReply();
  }

  #takeGreeting(): boolean {
    const greeting = this.#input.take(18);
    if (greeting === null) return false;
    if (greeting.readBigUInt64BE(0) !== NBD_MAGIC) throw new ProtocolError('NBD: QEMU greets without its magic number');
    const name = Buffer.from(this.#name);
    const go = Buffer.concat([u32(name.length), name, u16(0)]);
    this.#socket.write(Buffer.concat([u32(HANDSHAKE_FLAGS), u64(OPTION_MAGIC), u32(Option.go, go.length), go]));
    this.#phase = 'options';
    return true;
  }

  #takeOptionReply(): boolean {
    const head = this.#input.peek(20);
    const length = head?.readUInt32BE(16) ?? 0;
    if (head === null || this.#input.length < 20 + length) return false;
    if (head.readBigUInt64BE(0) !== OPTION_REPLY_MAGIC) throw new ProtocolError('NBD: an answer to an option without its magic number');
    const type = head.readUInt32BE(12);
    this.#input.drop(20 + length);
    if (type === OptionReply.info) return true;
    if (type !== OptionReply.ack) throw new ProtocolError(`NBD: QEMU refuses the export ${this.#name} (${type.toString(16)})`);
    this.#phase = 'replies';
    this.#opened?.resolve();
    this.#opened = null;
    return true;
  }

  #takeReply(): boolean {
    const head = this.#input.peek(16);
    if (head === null) return false;
    if (head.readUInt32BE(0) !== SIMPLE_REPLY_MAGIC) throw new ProtocolError('NBD: a reply without its magic number');
    const [error, handle] = [head.readUInt32BE(4), head.readBigUInt64BE(8)];
    const waiting = this.#waiting.get(handle);
    if (waiting === undefined) throw new ProtocolError('NBD: a reply to nothing');
    const bytes = error === 0 ? waiting.bytes : 0;
    if (this.#input.length < 16 + bytes) return false;
    this.#input.drop(16);
    const data = this.#input.take(bytes)!;
    this.#waiting.delete(handle);
    waiting.answered({ error, data });
    return true;
  }
}
