/** Where cowcheck keeps what is fetched or built once for all. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @param what `qemu`: releases; `broken-builds`: sources and builds. */
export const cacheFolder = (what: string): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cowcheck', what);
