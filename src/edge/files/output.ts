/** A file that a user names for what is to be written: replaced if it is there, and is nothing else than a file. */
import { realpathSync, statSync } from 'node:fs';
import { placeOf } from './standard-input.ts';
import { fileError } from './text.ts';
import { writeWhole } from './traces.ts';

/**
 * @param input what it is made from, which must not be lost; null: nothing that has a name
 * @throws FileError if something else has that name: a folder, a device, or the input itself
 */
export function writeOutput(path: string, text: string, input: string | null): void {
  refuseOutput(path, input);
  writeWhole(path, text);
}

/** The same refusals, before there is anything to write. */
export function refuseOutput(path: string, input: string | null = null): void {
  const there = path === '' ? undefined : statOf(path);
  if (path === '') throw fileError(path, 'expected a file name');
  if (there !== undefined && !there.isFile()) throw fileError(path, there.isDirectory() ? 'it is a directory' : 'it is not a regular file');
  if (there !== undefined && input !== null && realpathSync(path) === realpathSync(placeOf(input)))
    throw fileError(path, 'it is the trace itself, which would be overwritten');
}

/** A path that leads nowhere, or through a file, is none that is there; writing will say why not. */
function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
