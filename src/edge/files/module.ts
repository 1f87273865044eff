/** Modules that the command line names: a custom job, or a configuration. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { FileError, fileError } from './text.ts';

/** A module that never comes to its end has gone wrong. */
const IMPORT_MS = 10_000;

/**
 * @param file its name for messages, and its absolute path
 * @returns what it exports
 * @throws FileError with the place and what is wrong: it can't be read, does not compile, throws, or never ends loading
 */
export async function importModule({ name, path }: { readonly name: string; readonly path: string }): Promise<Record<string, unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fileError(name, `it did not load within ${IMPORT_MS / 1000} s`)), IMPORT_MS);
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
      `node ${process.versions.node} cannot run TypeScript: use node 22.18 or newer, compile it, or write it as ` +
      '.mjs with its types in comments'
    );
  if (!(error instanceof Error)) return `cannot be loaded: it throws a value of type ${typeof error}`;
  return `cannot be loaded: ${error.name}: ${error.message.split('\n')[0]}`;
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
