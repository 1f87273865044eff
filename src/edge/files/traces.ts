/** Trace files: read with care, written whole or not at all. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HOLDS, type Trace, TraceError } from '../../trace/format.ts';
import { TraceTextError, readTrace } from '../../trace/read.ts';
import { jsonSchemaText, schemaFile } from '../../trace/json-schema.ts';
import { writeTrace, writeTraceFile } from '../../trace/write.ts';
import { FileError, fileError, readTextFile } from './text.ts';

const TRACE_BYTES_MAX = 32 * 1024 * 1024;

/** @throws FileError with one line that names the file, the line and column, and what is wrong with it */
export function loadTrace(path: string): Trace {
  return loadTraceText(path).trace;
}

/** The same, with its text. */
export function loadTraceText(path: string): { readonly trace: Trace; readonly text: string } {
  const text = readTextFile(path, TRACE_BYTES_MAX);
  try {
    return { trace: readTrace(text), text };
  } catch (error) {
    if (error instanceof TraceTextError) throw fileError(path, error.message, error.line, error.column);
    if (error instanceof TraceError) throw fileError(path, error.message);
    throw error;
  }
}

/** Writes a trace to a folder, which is made if need be, with the schema beside it. @returns the file's path */
export const saveTrace = (trace: Trace, folder: string): string => saveTraceAs(basename(tracePath(trace, folder)), trace, folder);

/** The same under a name of its own. */
export function saveTraceAs(name: string, trace: Trace, folder: string): string {
  const path = writeWhole(join(folder, name), writeTraceFile(trace, schemaFile()));
  saveSchema(folder);
  return path;
}

/** The schema that the first line of a trace names. A trace is as good without it, so it is no failure if it can't be written. */
function saveSchema(folder: string): void {
  const path = join(folder, schemaFile());
  try {
    const text = jsonSchemaText();
    if (!existsSync(path) || holdsOtherText(path, text)) writeWhole(path, text);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

/** Removes a trace that another one has taken the place of. What is gone, or can't be removed, does no harm. */
export function removeTrace(path: string): void {
  removeIfThere(path);
  if (isLeftAlone(dirname(path))) removeIfThere(join(dirname(path), schemaFile()));
}

/** Whether a folder has nothing but the schema, which nobody needs without a trace. */
function isLeftAlone(folder: string): boolean {
  try {
    return readdirSync(folder).join() === schemaFile();
  } catch {
    return false; // no folder
  }
}

/** Where a trace is saved: the same trace under the same name. */
export function tracePath(trace: Trace, folder: string): string {
  const digest = createHash('sha256').update(writeTrace(trace)).digest('hex').slice(0, 8);
  return join(folder, `${trace.scenario.mode}-${aboutOf(trace)}-${digest}.trace.yaml`);
}

/** Twenty rules together would be no file name any more. */
function aboutOf({ cause, verdict }: Trace): string {
  if (cause.length > 2) return `${cause[0]}+${cause.length - 1}-more`;
  return cause.length > 0 ? cause.join('+') : (verdict?.property ?? HOLDS);
}

/**
 * Moves a trace file into the corpus, formatted canonically. @returns its new path
 * @throws FileError if another trace is kept under that name
 */
export function keepTrace(path: string, corpus: string): string {
  const text = writeTraceFile(loadTrace(path), schemaFile());
  const kept = join(corpus, basename(path));
  const isThere = existsSync(kept);
  const isSame = isThere && realpathSync(kept) === realpathSync(path);
  if (isThere && !isSame && holdsOtherText(kept, text)) throw fileError(kept, 'another trace has this name: rename yours first');
  writeWhole(kept, text);
  saveSchema(corpus);
  if (!isSame) removeKept(path, kept);
  return kept;
}

function removeKept(path: string, kept: string): void {
  try {
    rmSync(path);
  } catch (error) {
    throw fileError(path, `it is kept as ${kept}, but cannot be removed here (${codeOf(error)})`);
  }
}

const UNFINISHED = '.unfinished';

/**
 * A half-written file never stands under the final name, whatever ends us while we write.
 * @param text or its lines, with their ends: together they may be longer than a string can be
 */
export function writeWhole(path: string, text: string | readonly string[]): string {
  const unfinished = `${path}.${process.pid}${UNFINISHED}`;
  const made: string[] = [];
  try {
    makeFolder(dirname(path), made);
    removeLeftovers(dirname(path));
    const [first = '', ...more] = typeof text === 'string' ? [text] : piecesOf(text);
    writeFileSync(unfinished, first, { flush: true });
    for (const piece of more) appendFileSync(unfinished, piece, { flush: true });
    renameSync(unfinished, path);
  } catch (error) {
    removeIfThere(unfinished);
    for (const folder of made.toReversed()) removeIfEmpty(folder);
    throw fileError(path, `cannot be written (${codeOf(error)})`);
  }
  return path;
}

const LINES_A_PIECE = 4_096;

function piecesOf(lines: readonly string[]): string[] {
  const pieces = Array.from({ length: Math.ceil(lines.length / LINES_A_PIECE) }, (_, i) => i * LINES_A_PIECE);
  return pieces.map((from) => lines.slice(from, from + LINES_A_PIECE).join(''));
}

/**
 * As mkdir's own `recursive`, which never comes back where nothing can be made, as in /proc. @param made gets the
 * folders that were not there
 */
export function makeFolder(path: string, made: string[] = []): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, made);
  try {
    mkdirSync(path);
    made.push(path);
  } catch (error) {
    if (!existsSync(path)) throw error; // or somebody else has just made it
  }
}

/** No process takes longer to write a trace; one that began this long ago was killed. */
const LEFTOVER_AFTER_MS = 600_000;

function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith(UNFINISHED) && Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > LEFTOVER_AFTER_MS)
      removeIfThere(path);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // its folder is no folder, so there is nothing to remove
  }
}

/** Somebody else may have put something into it by now. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // then it is not ours alone
  }
}

function holdsOtherText(path: string, text: string): boolean {
  try {
    return readTextFile(path, TRACE_BYTES_MAX) !== text;
  } catch {
    return false; // no file that could be lost; writing will say what it is
  }
}
