/** Trace files: read with care, written whole or not at all. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Trace, TraceError } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { writeTrace } from '../trace/write.ts';
import { FileError, readTextFile } from './text.ts';

const TRACE_BYTES_MAX = 32 * 1024 * 1024;

/** @throws FileError with one line that names the file and what is wrong with it */
export function loadTrace(path: string): Trace {
  const text = readTextFile(path, TRACE_BYTES_MAX);
  try {
    return readTrace(text);
  } catch (error) {
    if (error instanceof TraceError) throw new FileError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Writes a trace to a folder, which is made if need be. @returns the file's path */
export function saveTrace(trace: Trace, folder: string): string {
  const text = writeTrace(trace);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const about = trace.cause.length > 0 ? trace.cause.join('+') : trace.verdict.property;
  return writeWhole(join(folder, `${trace.scenario.mode}-${about}-${digest}.trace.yaml`), text);
}

/**
 * Moves a trace file into the corpus, formatted canonically. @returns its new path
 * @throws FileError if another trace is kept under that name
 */
export function keepTrace(path: string, corpus: string): string {
  const text = writeTrace(loadTrace(path));
  const kept = join(corpus, basename(path));
  const isThere = existsSync(kept);
  const isSame = isThere && realpathSync(kept) === realpathSync(path);
  if (isThere && !isSame && holdsOtherText(kept, text)) throw new FileError(`${kept}: another trace is kept under this name; give yours another one first`);
  writeWhole(kept, text);
  if (!isSame) rmSync(path);
  return kept;
}

/** A half-written file never stands under the final name. */
function writeWhole(path: string, text: string): string {
  const unfinished = `${path}.${process.pid}.unfinished`;
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    removeIfThere(unfinished);
    throw new FileError(`${path}: can't be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  return path;
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // its folder is no folder, so there is nothing to remove
  }
}

function holdsOtherText(path: string, text: string): boolean {
  try {
    return readTextFile(path, TRACE_BYTES_MAX) !== text;
  } catch {
    return false; // no file that could be lost; writing will say what it is
  }
}
