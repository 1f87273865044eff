/** Properties that a configuration asks of every job: read with it, and again by each worker thread. */
import '../../families/custom.ts';
import { JobError } from '../../../model/families/custom/job-error.ts';
import { makeAsked } from '../../../model/families/custom/more-asked.ts';
import { type AskedFile, setAskedHere } from './asked-here.ts';
import { importModule } from './module.ts';
import { FileError, readTextFile } from './text.ts';

const BYTES_MAX = 2 ** 20;

/** What a configuration says of properties. */
export interface AskedProperties {
  readonly properties?: unknown;
  readonly skip?: unknown;
}

/** From now on they are asked here. @throws FileError with one line if these are no properties */
export function takeAsked(file: AskedFile, asked: AskedProperties): void {
  try {
    makeAsked(file.name, asked);
  } catch (error) {
    throw error instanceof JobError ? new FileError(error.message) : error;
  }
  setAskedHere(file);
}

/** In a worker thread: what the thread that made it has taken. */
export async function loadAskedFile(file: AskedFile): Promise<void> {
  const config = file.path.endsWith('.json') ? JSON.parse(readTextFile(file.path, BYTES_MAX)) : (await importModule(file))['default'];
  takeAsked(file, config as AskedProperties);
}
