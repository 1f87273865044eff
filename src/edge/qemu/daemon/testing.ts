/** For specs only: whether there is a QEMU to test with. With `CI=true` there has to be one. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { STORAGE_DAEMON } from './storage-daemon.ts';

const isThere = spawnSync(STORAGE_DAEMON, ['--version']).status === 0;

/** Specs that take a QEMU. */
export function describeWithQemu(name: string, specs: () => void): void {
  if (isThere || process.env['CI'] !== 'true') {
    if (!isThere) process.stderr.write(`SKIPPED, for there is no ${STORAGE_DAEMON} on the PATH: ${name}\n`);
    describe.skipIf(!isThere)(name, { timeout: 120_000 }, specs);
  } else {
    it(`${name}: takes a ${STORAGE_DAEMON} on the PATH, which CI=true insists on`, () => expect(isThere).toBe(true));
  }
}
