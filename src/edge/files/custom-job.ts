/**
 * Custom jobs, loaded from modules. That runs the module, so it happens only to files that
 * the command line names, never because a trace names one; worker threads load what this thread has loaded.
 */
import '../../families/custom.ts';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JobError } from '../../../model/families/custom/job-error.ts';
import { registerJob } from '../../../model/families/custom/registry.ts';
import { type CustomJobFile, isCustomJob } from '../../../model/families/custom/file-name.ts';
import { FileError, fileError } from './text.ts';

/** A job's name, which is its path from the working folder, and where it is. */
export interface JobFile {
  readonly name: CustomJobFile;
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
export async function loadJob(path: string): Promise<CustomJobFile> {
  const absolute = resolve(path);
  const name = relative(process.cwd(), absolute).split(sep).join('/');
  if (!isCustomJob(name))
    throw fileError(name, 'a job is a module: a file that ends in .mjs, .js or .cjs, or in .ts where node runs TypeScript');
  await loadJobFile({ name, path: absolute });
  return name;
}

export async function loadJobFile(file: JobFile): Promise<void> {
  const { name, path } = file;
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
    throw error instanceof FileError ? error : fileError(name, whyNot(error), ...placeIn(error, path));
  } finally {
    clearTimeout(timer);
  }
}

function whyNot(error: unknown): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return (
      `node ${process.versions.node} runs no TypeScript: use node 22.18 or newer, compile it, or write it as ` +
      '.mjs with its types in comments'
    );
  if (!(error instanceof Error)) return `it can't be loaded: it throws a value of type ${typeof error}`;
  return `it can't be loaded: ${error.name}: ${error.message.split('\n')[0]}`;
}

/** Line and column, as far as they are known. */
function placeIn(error: unknown, path: string): number[] {
  if (!(error instanceof Error)) return [];
  const said = error instanceof SyntaxError ? checked(path) : (error.stack ?? '');
  const after = said.split(path)[1] ?? ''; // as in a stack, and in what node says of a mistake in the syntax
  return (/^(?::\d+){1,2}/.exec(after)?.[0] ?? '').split(':').slice(1).map(Number);
}

const CHECK_MS = 5_000;

/** The error that `import` throws does not have the place of a mistake in the syntax; node's own check has it. */
const checked = (path: string): string => spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: CHECK_MS }).stderr;
