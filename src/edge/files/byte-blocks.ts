/** The bytes of an open file, block by block; of a file of gzip's what is packed in it. */
import { createReadStream, readSync } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';

export interface ByteBlock {
  readonly bytes: Buffer;
  /** Bytes of the file that have been read by now. */
  readonly read: number;
}

const BLOCK = 2 ** 20;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** @throws whatever reading throws, or zlib; a packed file that is cut off ends where it was cut */
export async function* byteBlocks(file: number): AsyncGenerator<ByteBlock> {
  yield* isGzip(file) ? unpacked(file) : plain(file);
}

function isGzip(file: number): boolean {
  const begin = Buffer.alloc(GZIP.length);
  return readSync(file, begin, 0, begin.length, 0) === GZIP.length && begin.equals(GZIP);
}

function* plain(file: number): Generator<ByteBlock> {
  for (let read = 0; ;) {
    const block = Buffer.allocUnsafe(BLOCK);
    const n = readSync(file, block, 0, BLOCK, read);
    if (n === 0) return;
    read += n;
    yield { bytes: block.subarray(0, n), read };
  }
}

async function* unpacked(file: number): AsyncGenerator<ByteBlock> {
  let read = 0;
  const gunzip = createGunzip({ chunkSize: BLOCK, finishFlush: constants.Z_SYNC_FLUSH });
  const packed = createReadStream('', { fd: file, autoClose: false, start: 0 });
  packed.on('data', (chunk) => (read += chunk.length)).on('error', (error) => gunzip.destroy(error));
  for await (const bytes of packed.pipe(gunzip) as AsyncIterable<Buffer>) yield { bytes, read };
}
