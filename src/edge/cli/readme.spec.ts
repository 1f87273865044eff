/** What a README shows is what the command prints. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** The proof gets what is left of ten seconds, where nothing else is said: enough, unless other work keeps the machine busy. */
const PROVE_SECONDS = '50';

it.each(['README.md', 'examples/own-job/README.md'])('the first screen of %s is the real output', (file) => {
  const block = /```\n\$ npx cowcheck (.*)\n\n([\s\S]*?)```/.exec(readFileSync(join(root, file), 'utf8'))!;
  const out = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    const printed = printedBy([...block[1]!.split(' '), '--out', out, '--prove-seconds', PROVE_SECONDS]);
    expect(printed).toContain(block[2]!.trimEnd());
  } finally {
    rmSync(out, { recursive: true });
  }
});

/** Standard output of a command that finds something, which is status 1. */
function printedBy(options: string[]): string {
  try {
    execFileSync(process.execPath, [join(root, 'dist/command/main.js'), ...options], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    if (status === 1) return stdout;
  }
  throw new Error('the command found nothing');
}
