/** The script for bash, asked as bash asks it; those for zsh and fish are read by these, where they are installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runHere } from '../testing.ts';

const scriptFor = async (shell: string): Promise<string> => (await runHere(['completion', shell])).out;

/** What bash offers behind these words. */
function offered(script: string, ...words: readonly string[]): string[] {
  const asked = `COMP_WORDS=(cowcheck ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _cowcheck`;
  const printed = `${script}\n${asked}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', printed], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

it('completes commands, options, and what an option takes', async () => {
  const script = await scriptFor('bash');
  expect(offered(script, 're')).toEqual(['replay', 'releases']);
  expect(offered(script, 'check', '--exh')).toEqual(['--exhaustive']);
  expect(offered(script, 'check', '--faults', '--wake', '')).toEqual(['any', 'qemu']);
  expect(offered(script, 'explain', '--format', 's')).toEqual(['svg']);
  expect(offered(script, 'replay', '/et')).toEqual(['/etc']);
});

it.each(['zsh', 'fish'])('is a script that %s can read', async (shell) => {
  const script = await scriptFor(shell);
  expect(script).toContain('--exhaustive'.slice(shell === 'fish' ? 2 : 0));
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-completion-'));
  const path = join(folder, shell);
  writeFileSync(path, script);
  const { error, status, stderr } = spawnSync(shell, ['-n', path], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  if (error === undefined) expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('knows three shells', async () => {
  expect((await runHere(['completion', 'bsh'])).err).toMatch(/bash, zsh, fish/);
});
