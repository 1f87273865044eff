/** `-` in place of a file's name: standard input, which is put by in a file, so that it is read like any other. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export const STANDARD_INPUT = '-';

let taken: string | null = null;

/** Where what is named like this can be read. */
export const placeOf = (path: string): string => (path === STANDARD_INPUT ? (taken ?? path) : path);

/**
 * Waits until standard input ends; from then on `-` is a file that holds it, of as many bytes as there were.
 * @returns removes it
 */
export async function takeStandardInput(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-input-'));
  const remove = (): void => {
    taken = null;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const file = join(folder, 'input');
    await pipeline(process.stdin, createWriteStream(file));
    taken = file;
    return remove;
  } catch (error) {
    remove();
    throw error;
  }
}
