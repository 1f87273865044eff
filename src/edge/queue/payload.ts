/** What is in the queue, as plain data that is checked where it is read. Nothing in it is code, or the name of a file. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A job: some units of a search, one after the other. */
export interface Chunk {
  /** Of the search, as `searchId` has it. */
  readonly search: string;
  readonly from: number;
  readonly count: number;
  /** What units are told besides (`off` of `SharedUnits`), each text once, and by unit which of them, in base 36. */
  readonly off?: readonly string[];
  readonly each?: string;
}

/** What it has come to. Fewer units than there were: the worker was told to end. */
export interface ChunkResult {
  /** Which worker: `host:pid`. */
  readonly by: string;
  readonly seconds: number;
  /** By unit, in their order, what its codec has written. */
  readonly units: readonly unknown[];
}

/** Units of a chunk, at most. */
export const CHUNK_MAX = 2_048;
export const OFF_MAX = 36;
/** Of a search, and of what a chunk has come to. */
export const TEXT_MAX = 2 ** 26;

const DIGITS = /^[0-9a-f]{32}$/;

const chunk = z.strictObject({
  search: z.string().regex(DIGITS),
  from: z.int().min(0),
  count: z.int().min(1).max(CHUNK_MAX),
  off: z.array(z.string().max(1_000)).min(1).max(OFF_MAX).optional(),
  each: z
    .string()
    .max(CHUNK_MAX)
    .regex(/^[0-9a-z]*$/)
    .optional(),
});

const chunkResult = z.strictObject({ by: z.string().max(300), seconds: z.number().min(0), units: z.array(z.unknown()).max(CHUNK_MAX) });

/** The same for the same text, in whichever process. @returns 32 hex digits */
export const searchId = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** @param offs by unit, what it is told besides; '': nothing */
export function chunkOf(search: string, from: number, offs: readonly string[]): Chunk {
  const off = [...new Set(offs)];
  const plain = { search, from, count: offs.length };
  if (off.length === 1 && off[0] === '') return plain;
  return { ...plain, off, each: offs.map((text) => off.indexOf(text).toString(36)).join('') };
}

/** @returns by unit what it is told besides; null: this is no chunk */
export function readChunk(data: unknown): { readonly search: string; readonly from: number; readonly offs: readonly string[] } | null {
  const read = chunk.safeParse(data);
  if (!read.success) return null;
  const { search, from, count, off = [''], each = '0'.repeat(count) } = read.data;
  const offs = Array.from(each, (digit) => off[parseInt(digit, 36)]);
  return offs.length === count && offs.every((text) => text !== undefined) ? { search, from, offs } : null;
}

/** @param count of the units of the chunk @returns null: this is no result of it */
export function readChunkResult(data: unknown, count: number): ChunkResult | null {
  const read = chunkResult.safeParse(data);
  return read.success && read.data.units.length <= count ? read.data : null;
}
