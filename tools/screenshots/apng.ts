/**
 * A picture that moves, of pictures that a browser has taken: an APNG, as the PNG specification (third edition, 5.6.1 and 11.3.8) has it.
 * Data of pictures is taken over as it is, so all must have the same depth and kind of colour. What does not know APNG shows the first.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

export interface Frame {
  /** A PNG: the first is the whole picture; a later one lies over what was there before. */
  readonly png: Buffer;
  /** Its upper left corner, in pixels. */
  readonly x: number;
  readonly y: number;
  /** How long it is shown. */
  readonly milliseconds: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @returns a file that repeats for ever @throws Error if a frame lies beyond the first, or is of another depth or kind of colour */
export function apngOf(frames: readonly Frame[]): Buffer {
  const parts = frames.map(({ png }) => partsOf(png));
  const { width, height, format, header } = parts[0]!;
  let sequence = 0;
  const numbered = (type: string, data: Buffer): Buffer => chunk(type, Buffer.concat([uint32(sequence++), data]));
  const chunks = frames.flatMap(({ x, y, milliseconds }, i) => {
    const part = parts[i]!;
    if (!part.format.equals(format)) throw new Error(`frame ${i} has another depth or kind of colour than the first`);
    if (x + part.width > width || y + part.height > height) throw new Error(`frame ${i} lies beyond the first`);
    const control = Buffer.concat([
      ...[part.width, part.height, x, y].map(uint32),
      uint16(milliseconds),
      uint16(1000),
      Buffer.from([0, 0]),
    ]);
    return [numbered('fcTL', control), i === 0 ? chunk('IDAT', part.data) : numbered('fdAT', part.data)];
  });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('acTL', Buffer.concat([uint32(frames.length), uint32(0)])),
    ...chunks,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The chunks of a PNG, in order. */
export function chunksOf(png: Buffer): { readonly type: string; readonly data: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function partsOf(png: Buffer) {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === 'IHDR')!.data;
  const data = Buffer.concat(chunks.flatMap((one) => (one.type === 'IDAT' ? one.data : [])));
  return {
    header,
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    format: header.subarray(8),
    // A browser compresses in haste.
    data: deflateSync(inflateSync(data), { level: 9, memLevel: 9 }),
  };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
}

function uint16(n: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(n);
  return bytes;
}
