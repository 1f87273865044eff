/** The custom job that `check` of the configuration names: traces of a custom job are run with it where nothing else is said. */
import type { CustomJobFile } from '../../../model/families/custom/file-name.ts';

let here: CustomJobFile | null = null;

/** Null: there is no configuration, or it names none. */
export const jobHere = (): CustomJobFile | null => here;

export const setJobHere = (job: CustomJobFile | null): void => void (here = job);
