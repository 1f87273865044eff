/**
 * The disks that QEMU works on: an NBD server on a unix socket in which every request is held until
 * somebody decides, first what it does to the image and then what QEMU is told. It decides nothing.
 */
import { type Server, type Socket, createServer } from 'node:net';
import {
  ALLOCATION_CONTEXT,
  ByteQueue,
  Command,
  ERRNO_NUMBERS,
  HANDSHAKE_FLAGS,
  Info,
  NBD_MAGIC,
  OPTION_MAGIC,
  OPTION_REPLY_MAGIC,
  Option,
  OptionReply,
  ProtocolError,
  REQUEST_MAGIC,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
  transmissionFlags,
  u16,
  u32,
  u64,
} from './wire.ts';
import type { Errno } from '../../../../model/block/errors.ts';

export type RequestKind = 'read' | 'write' | 'zero' | 'trim' | 'flush' | 'status';

const KINDS: Readonly<Record<number, RequestKind>> = {
  [Command.read]: 'read',
  [Command.write]: 'write',
  [Command.writeZeroes]: 'zero',
  [Command.trim]: 'trim',
  [Command.flush]: 'flush',
  [Command.blockStatus]: 'status',
};

/** What QEMU asks of one of our exports. It waits until `reply` or `fail` is called. */
export interface NbdRequest {
  readonly exportName: string;
  readonly kind: RequestKind;
  readonly offset: number;
  readonly length: number;
  /** Of a write. */
  readonly data: Buffer | null;
  /** @param data of a read the bytes; of a status pairs of length and flags */
  reply(data?: Buffer): void;
  fail(errno: Errno): void;
}

export interface NbdExport {
  readonly bytes: number;
  readonly readOnly: boolean;
  /** A request has come. */
  request(request: NbdRequest): void;
}

export class NbdServer {
  /** By name. The caller that adds one takes it out again. */
  readonly exports = new Map<string, NbdExport>();
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #onBytes: () => void;

  /** @param onBytes told whenever QEMU has said something */
  constructor(onBytes: () => void) {
    this.#onBytes = onBytes;
    this.#server = createServer((socket) => this.#connected(socket));
  }

  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(path, resolve);
    });
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.close();
  }

  /** Whether nothing is under way: no half of a request, and nothing of ours that has not gone out. */
  get isAtRest(): boolean {
    for (const connection of this.#connections) if (!connection.isAtRest) return false;
    return true;
  }

  #connected(socket: Socket): void {
    const connection = new Connection(socket, this.exports);
    this.#connections.add(connection);
    socket.on('data', (piece) => {
      this.#onBytes();
      connection.receive(piece);
    });
    socket.on('close', () => {
      this.#onBytes();
      this.#connections.delete(connection);
    });
    socket.on('error', () => socket.destroy()); // QEMU has gone; its process says why
  }
}

class Connection {
  readonly #socket: Socket;
  readonly #exports: ReadonlyMap<string, NbdExport>;
  readonly #input = new ByteQueue();
  #phase: 'flags' | 'options' | 'requests' = 'flags';
  #structured = false;
  #name = '';

  constructor(socket: Socket, exports: ReadonlyMap<string, NbdExport>) {
    this.#socket = socket;
    this.#exports = exports;
    socket.write(Buffer.concat([u64(NBD_MAGIC, OPTION_MAGIC), u16(HANDSHAKE_FLAGS)]));
  }

  get isAtRest(): boolean {
    return this.#input.length === 0 && this.#socket.writableLength === 0;
  }

  close(): void {
    this.#socket.destroy();
  }

  receive(piece: Buffer): void {
    this.#input.push(piece);
    for (let went = true; went;)
      went = this.#phase === 'flags' ? this.#takeFlags() : this.#phase === 'options' ? this.#takeOption() : this.#takeRequest();
  }

  #takeFlags(): boolean {
    if (this.#input.take(4) === null) return false;
    this.#phase = 'options';
    return true;
  }

  #takeOption(): boolean {
    const head = this.#input.peek(16);
    const length = head?.readUInt32BE(12) ?? 0;
    if (head === null || this.#input.length < 16 + length) return false;
    if (head.readBigUInt64BE(0) !== OPTION_MAGIC) throw new ProtocolError('NBD: an option without its magic number');
    const option = head.readUInt32BE(8);
    this.#input.drop(16);
    this.#answerOption(option, this.#input.take(length)!);
    return true;
  }

  #answerOption(option: number, data: Buffer): void {
    const answer = (type: number, payload: Buffer = Buffer.alloc(0)): void =>
      void this.#socket.write(Buffer.concat([u64(OPTION_REPLY_MAGIC), u32(option, type, payload.length), payload]));
    if (option === Option.structuredReply) {
      this.#structured = true;
      return answer(OptionReply.ack);
    }
    if (option === Option.setMetaContext) {
      if (data.includes(ALLOCATION_CONTEXT)) answer(OptionReply.metaContext, Buffer.concat([u32(0), Buffer.from(ALLOCATION_CONTEXT)]));
      return answer(OptionReply.ack);
    }
    if (option !== Option.go && option !== Option.info) return answer(OptionReply.unsupported);
    const name = data.toString('utf8', 4, 4 + data.readUInt32BE(0));
    const found = this.#exports.get(name);
    if (found === undefined) return answer(OptionReply.unknown);
    answer(OptionReply.info, Buffer.concat([u16(Info.export), u64(found.bytes), u16(transmissionFlags(found.readOnly))]));
    answer(OptionReply.info, Buffer.concat([u16(Info.blockSize), u32(1, 4096, 2 ** 25)]));
    answer(OptionReply.ack);
    if (option === Option.info) return;
    this.#name = name;
    this.#phase = 'requests';
  }

  #takeRequest(): boolean {
    const head = this.#input.peek(28);
    if (head === null) return false;
    if (head.readUInt32BE(0) !== REQUEST_MAGIC) throw new ProtocolError('NBD: a request without its magic number');
    const type = head.readUInt16BE(6);
    const length = head.readUInt32BE(24);
    const dataLength = type === Command.write ? length : 0;
    if (this.#input.length < 28 + dataLength) return false;
    const [handle, offset] = [Buffer.from(head.subarray(8, 16)), Number(head.readBigUInt64BE(16))];
    this.#input.drop(28);
    const data = type === Command.write ? this.#input.take(length)! : null;
    if (type === Command.disconnect) this.#socket.end();
    else this.#hold(type, handle, offset, length, data);
    return true;
  }

  #hold(type: number, handle: Buffer, offset: number, length: number, data: Buffer | null): void {
    const kind = KINDS[type];
    if (kind === undefined) throw new ProtocolError(`NBD: QEMU sent a request of type ${type}, which was not offered`);
    const structured = this.#structured && (kind === 'read' || kind === 'status');
    this.#exports.get(this.#name)!.request({
      exportName: this.#name,
      kind,
      offset,
      length,
      data,
      reply: (bytes = Buffer.alloc(0)) =>
        this.#write(structured ? structuredHead(kind, handle, offset, bytes) : simpleHead(handle, 0), bytes),
      fail: (errno) =>
        this.#write(structured ? structuredError(handle, ERRNO_NUMBERS[errno]) : simpleHead(handle, ERRNO_NUMBERS[errno]), Buffer.alloc(0)),
    });
  }

  /** What may be megabytes is not copied once more, to be behind its head. */
  #write(head: Buffer, data: Buffer): void {
    if (this.#socket.destroyed) return;
    this.#socket.cork();
    this.#socket.write(head);
    if (data.length > 0) this.#socket.write(data);
    this.#socket.uncork();
  }
}

const simpleHead = (handle: Buffer, error: number): Buffer => Buffer.concat([u32(SIMPLE_REPLY_MAGIC, error), handle]);

const DONE = 1;
const Chunk = { none: 0, offsetData: 1, blockStatus: 5, error: 0x8001 } as const;

/** @param more how many bytes are to follow */
const chunk = (type: number, handle: Buffer, payload: Buffer, more: number): Buffer =>
  Buffer.concat([u32(STRUCTURED_REPLY_MAGIC), u16(DONE, type), handle, u32(payload.length + more), payload]);

const structuredError = (handle: Buffer, error: number): Buffer => chunk(Chunk.error, handle, Buffer.concat([u32(error), u16(0)]), 0);

const structuredHead = (kind: RequestKind, handle: Buffer, offset: number, { length }: Buffer): Buffer =>
  kind === 'read' ? chunk(Chunk.offsetData, handle, u64(offset), length) : chunk(Chunk.blockStatus, handle, u32(0), length);
