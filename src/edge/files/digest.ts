/** Digests of files: whether two machines have the same. */
import { createHash } from 'node:crypto';
import { readTextBlocks } from './text.ts';

const FILE_BYTES_MAX = 2 ** 30;

/** @returns its sha256 @throws FileError if it can't be read */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const { text } of readTextBlocks(path, FILE_BYTES_MAX)) hash.update(text);
  return hash.digest('hex');
}
