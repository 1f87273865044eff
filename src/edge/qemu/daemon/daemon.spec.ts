/** What is no QEMU, or one that does not answer: said, and nothing of it stays behind. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { Daemon } from './daemon.ts';
import { QemuGone } from './gone.ts';

it('that starts and never answers is given up, with all that it has started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-hang-'));
  try {
    const [wrapper, child] = [join(folder, 'wrapper'), join(folder, 'child')];
    writeFileSync(wrapper, `#!/bin/sh\ncase $1 in --version) ;; *) sleep 600 & echo $! > ${child}; wait;; esac\n`, { mode: 0o755 });
    const error: unknown = await Daemon.start(wrapper, { cpuSeconds: 10, wallSeconds: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QemuGone);
    expect((error as QemuGone).message).toBe(`${wrapper} does not answer on its monitor within 1 s: is it a qemu-storage-daemon?`);
    const pid = readFileSync(child, 'utf8').trim();
    await vi.waitFor(() => {
      expect(isRunning(pid)).toBe(false);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A process that was killed may still be listed until its parent has heard of it. */
const isRunning = (pid: string): boolean => existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
