/**
 * Custom jobs, loaded from modules. That runs the module, so it happens only to files that
 * the command line names, never because a trace names one; worker threads load what this thread has loaded.
 */
import '../../families/custom.ts';
import { realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, resolve, sep } from 'node:path';
import { JobError } from '../../../model/families/custom/job-error.ts';
import { registerJob } from '../../../model/families/custom/registry.ts';
import { type CustomJobFile, isCustomJob } from '../../../model/families/custom/file-name.ts';
import { importModule } from './module.ts';
import { FileError, fileError } from './text.ts';

/** A job's name, which is its path from the working folder, and where it is. */
export interface JobFile {
  readonly name: CustomJobFile;
  readonly path: string;
}

const loaded = new Map<string, JobFile>();
let hasCommonJs = false;
const { cache } = createRequire(import.meta.url);

/** Whether a job that was loaded is CommonJS, which may itself require an ES module, such as cowcheck. */
export const hasCommonJsJob = (): boolean => hasCommonJs;

/** All that this thread has loaded: what a worker of it may load. */
export const loadedJobs = (): JobFile[] => [...loaded.values()];

/**
 * Runs a module and makes the job that it exports known. @returns the job's name
 * @throws FileError with the path and what is wrong
 */
export async function loadJob(path: string): Promise<CustomJobFile> {
  const absolute = resolve(path);
  const name = relative(process.cwd(), absolute).split(sep).join('/');
  if (!isCustomJob(name))
    throw fileError(name, 'a custom job must be a module that ends in .mjs, .js or .cjs, or in .ts from node 22.18 on');
  await loadJobFile({ name, path: absolute });
  return name;
}

/** What CommonJS exports comes as a default, also where it has a `default` or a `job` of its own. */
function nestedIn(whole: unknown): unknown {
  if (typeof whole !== 'object' || whole === null || 'run' in whole) return undefined;
  const { default: inner, job } = whole as Record<string, unknown>;
  return inner ?? job;
}

export async function loadJobFile(file: JobFile): Promise<void> {
  const { name, path } = file;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw fileError(name, 'no such file');
  if (!stat.isFile()) throw fileError(name, stat.isDirectory() ? 'it is a directory' : 'it is not a regular file');
  const exported = await importModule(file);
  const { default: whole, job: named } = exported;
  const job = nestedIn(whole) ?? whole ?? named;
  if (job === undefined) throw fileError(name, 'it exports no job: expected "export default { modes, run, beforeWrite }"');
  try {
    registerJob(name, job);
  } catch (error) {
    throw error instanceof JobError ? new FileError(error.message) : error;
  }
  hasCommonJs ||= realpathSync(path) in cache;
  loaded.set(name, file);
}
