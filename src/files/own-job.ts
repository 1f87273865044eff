/**
 * Jobs of one's own, loaded from modules. That runs the module, so it happens only to files that
 * the command line names, never because a trace names one; worker threads load what this thread has loaded.
 */
import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JobError } from '../../model/own-job/job-error.ts';
import { registerJob } from '../../model/own-job/registry.ts';
import { isOwnJob } from '../trace/format.ts';
import { FileError, fileError } from './text.ts';

/** A job's name, which is its path from the working folder, and where it is. */
export interface JobFile {
  readonly name: string;
  readonly path: string;
}

const loaded = new Map<string, JobFile>();

/** All that this thread has loaded: what a worker of it may load. */
export const loadedJobs = (): JobFile[] => [...loaded.values()];

/** A module that never comes to its end has gone wrong. */
const IMPORT_MS = 10_000;

/**
 * Runs a module and makes the job that it exports known. @returns the job's name
 * @throws FileError with the path and what is wrong
 */
export async function loadJob(path: string): Promise<string> {
  const absolute = resolve(path);
  const name = relative(process.cwd(), absolute).split(sep).join('/');
  await loadJobFile({ name, path: absolute });
  return name;
}

export async function loadJobFile(file: JobFile): Promise<void> {
  const { name, path } = file;
  if (!isOwnJob(path)) throw fileError(name, 'a job is a module: a file that ends in .mjs, .js or .cjs, or in .ts where node runs TypeScript');
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw fileError(name, 'there is no such file');
  if (!stat.isFile()) throw fileError(name, stat.isDirectory() ? 'it is a folder' : 'it is not a regular file');
  const exported = await imported(file);
  const job = exported['default'] ?? exported['job'];
  if (job === undefined) throw fileError(name, 'it exports no job: "export default { modes, run, beforeWrite }" was expected');
  try {
    registerJob(name, job);
  } catch (error) {
    throw error instanceof JobError ? new FileError(error.message) : error;
  }
  loaded.set(name, file);
}

async function imported({ name, path }: JobFile): Promise<Record<string, unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fileError(name, `it is still not loaded after ${IMPORT_MS / 1000} s`)), IMPORT_MS);
  });
  try {
    return (await Promise.race([import(pathToFileURL(path).href), never])) as Record<string, unknown>;
  } catch (error) {
    throw error instanceof FileError ? error : fileError(name, whyNot(error, path));
  } finally {
    clearTimeout(timer);
  }
}

function whyNot(error: unknown, path: string): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION') return `node ${process.versions.node} runs no TypeScript: use node 22.18 or newer, compile it, or write it as .mjs with its types in comments`;
  if (!(error instanceof Error)) return `it can't be loaded: it throws a value of type ${typeof error}`;
  const [line = ''] = error.message.split('\n');
  return `it can't be loaded: ${error.name}: ${line}${placeIn(error, path)}`;
}

/** Of a mistake in the syntax node says the place in the first line of the stack, of an error in one of the next. */
function placeIn({ stack = '' }: Error, path: string): string {
  const at = stack.indexOf(path);
  const [, place] = at < 0 ? [] : (/^(:\d+(?::\d+)?)/.exec(stack.slice(at + path.length)) ?? []);
  return place === undefined ? '' : ` (line ${place.slice(1)})`;
}
