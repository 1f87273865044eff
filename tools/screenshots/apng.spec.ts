/** An APNG is a PNG of the first frame, with the others beside it; and README shows one that moves and weighs little. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ROOT } from '../copy-of-tree.ts';
import { apngOf, chunksOf } from './apng.ts';

const BYTES_MAX = 400_000;

/** Of one grey, 8 bits a pixel. */
function png(width: number, height: number, grey: number, depth = 8): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(data.length, 0);
    numbers.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  const rows = Buffer.alloc(height * (width + 1), grey);
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
  const signature = Buffer.from('\u{89}PNG\r\n\u{1a}\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

it('has every frame in order, with its place and its time', () => {
  const made = apngOf([
    { png: png(4, 3, 200), x: 0, y: 0, milliseconds: 1500 },
    { png: png(2, 1, 10), x: 1, y: 2, milliseconds: 250 },
  ]);
  const chunks = chunksOf(made);
  expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'IEND']);
  const [, frames, , first, place, second] = chunks;
  expect(frames!.data.readUInt32BE(0)).toBe(2);
  expect([1, 2, 3, 4].map((i) => place!.data.readUInt32BE(4 * i))).toEqual([2, 1, 1, 2]);
  expect([place!.data.readUInt16BE(20), place!.data.readUInt16BE(22)]).toEqual([250, 1000]);
  expect(inflateSync(first!.data)).toEqual(inflateSync(chunksOf(png(4, 3, 200))[1]!.data));
  expect(second!.data.readUInt32BE(0)).toBe(2); // the third that is numbered
  expect([...inflateSync(second!.data.subarray(4))]).toEqual([0, 10, 10]);
});

it('takes no frame that does not fit', () => {
  const first = { png: png(4, 3, 0), x: 0, y: 0, milliseconds: 1 };
  expect(() => apngOf([first, { ...first, x: 1 }])).toThrow('frame 1 lies beyond the first');
  expect(() => apngOf([first, { ...first, png: png(4, 3, 0, 4) }])).toThrow('another depth');
});

it('the picture of README moves, and is small', () => {
  const picture = readFileSync(join(ROOT, 'docs/screenshots/front.png'));
  const chunks = chunksOf(picture);
  expect(chunks.find(({ type }) => type === 'acTL')!.data.readUInt32BE(0)).toBeGreaterThanOrEqual(6);
  expect(chunks.filter(({ type }) => type === 'fcTL')).toHaveLength(chunks[1]!.data.readUInt32BE(0));
  expect(picture.length).toBeLessThan(BYTES_MAX);
});
