/** Which test runner a project uses, as its package.json tells. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FileError, readTextFile } from './text.ts';

const BYTES_MAX = 2 ** 20;
const KNOWN = ['vitest', 'jest'] as const;

/**
 * @param folder where a test is to stand
 * @returns the runner that the nearest package.json above names as a dependency; `node`: none names one, and node:test is always there
 */
export function testRunnerOf(folder: string): (typeof KNOWN)[number] | 'node' {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const runner = namedIn(join(at, 'package.json'));
    if (runner !== null) return runner;
    if (at === dirname(at)) return 'node';
  }
}

function namedIn(path: string): (typeof KNOWN)[number] | null {
  if (!existsSync(path)) return null;
  try {
    const { dependencies, devDependencies } = (JSON.parse(readTextFile(path, BYTES_MAX)) ?? {}) as Record<string, unknown>;
    const names = new Set([dependencies, devDependencies].flatMap((each) => Object.keys(each ?? {})));
    return KNOWN.find((name) => names.has(name)) ?? null;
  } catch (error) {
    if (error instanceof FileError || error instanceof SyntaxError) return null; // it says nothing of a runner
    throw error;
  }
}
