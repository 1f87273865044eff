import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { releases, releasesFolder } from '../../qemu/releases/store.ts';
import { optionForQemu } from './qemu-binary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-binary-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
  mkdirSync(join(releasesFolder(), 'trixie'), { recursive: true });
  writeFileSync(join(releasesFolder(), 'trixie', 'release.json'), JSON.stringify({ version: '10.0.13', packageVersion: '1:10.0.13' }));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it('asks for the QEMU that was searched, so that a replay does not run another', () => {
  expect(optionForQemu('qemu-storage-daemon')).toBe('');
  expect(optionForQemu('./my build/qemu-storage-daemon')).toBe(" --binary './my build/qemu-storage-daemon'");
  expect(optionForQemu(releases()[0]!.daemon)).toBe(' --release 10.0.13');
});
