/** Where QEMU's sources and builds lie, outside of the repository. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../src/edge/qemu/releases/cache.ts';
import { bytesOf } from '../../src/edge/qemu/releases/store.ts';

export const folder = (): string => cacheFolder('broken-builds');
export const inCache = (...names: string[]): string => join(folder(), ...names);

export const sizeInWords = (): string => `${Math.round(bytesOf(folder()) / 1e6)} MB in ${folder()}`;

export const clearCache = (): void => rmSync(folder(), { recursive: true, force: true });
