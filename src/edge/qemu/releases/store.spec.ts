import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchRelease, releases, releasesAsked, releasesFolder } from './store.ts';
import { SUITES } from './suites.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-releases-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function put(suite: string, version: string): void {
  mkdirSync(join(releasesFolder(), suite), { recursive: true });
  writeFileSync(join(releasesFolder(), suite, 'release.json'), JSON.stringify({ version, packageVersion: `1:${version}+ds-1` }));
}

describe('releases side by side', () => {
  beforeEach(() => {
    put('sid', '11.1.3');
    put('trixie', '10.0.13');
    put('bookworm', '7.2.22');
    put('trixie-backports', '10.0.2');
  });

  it('are told oldest first, by their numbers', () => {
    expect(releases().map(({ version }) => version)).toEqual(['7.2.22', '10.0.2', '10.0.13', '11.1.3']);
  });

  it.each([
    ['10', ['10.0.13']],
    ['10.0.2', ['10.0.2']],
    ['trixie-backports', ['10.0.2']],
    ['1', null],
    ['7.2', ['7.2.22']],
    ['all', ['7.2.22', '10.0.13', '11.1.3']],
  ])('%s means %j', (asked, versions) => {
    if (versions === null) expect(() => releasesAsked(asked)).toThrow('QEMU 1 is not in');
    else expect(releasesAsked(asked).map(({ version }) => version)).toEqual(versions);
  });

  it('says which are there if one is not', () => {
    expect(() => releasesAsked('9.2')).toThrow(/^QEMU 9\.2 is not in \S+ \(found 7\.2\.22, 10\.0\.2, 10\.0\.13, 11\.1\.3\): /);
  });
});

it('without apt, nothing is fetched and nothing is left behind', async () => {
  vi.stubEnv('PATH', folder);
  await expect(fetchRelease(SUITES[0]!)).rejects.toThrow("apt-get is not on the PATH; releases come from Debian's packages");
  expect(readdirSync(releasesFolder())).toEqual([]);
});

it('what apt says is told in one line, and what was there stays', async () => {
  put('bullseye', '5.2.0');
  const script = [
    '#!/bin/sh',
    'case "$*" in',
    '*indextargets*) echo http://mirror.invalid/debian/ ;;',
    "*update*) echo 'E: The repository is not signed.' >&2; exit 100 ;;",
    'esac',
    '',
  ].join('\n');
  for (const program of ['apt-get', 'apt-config']) {
    writeFileSync(join(folder, program), script);
    chmodSync(join(folder, program), 0o755);
  }
  vi.stubEnv('PATH', `${folder}:/bin:/usr/bin`);
  await expect(fetchRelease(SUITES[0]!)).rejects.toThrow(/^The repository is not signed\.$/);
  expect(releases().map(({ version }) => version)).toEqual(['5.2.0']);
  expect(readdirSync(releasesFolder())).toEqual(['bullseye']);
});
