/** What a README shows is what the command prints, and the commands that it names are understood. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wholeProgram } from './run.ts';

const root = join(import.meta.dirname, '../../..');

/** The proof gets what is left of ten seconds, where nothing else is said: enough, unless other work keeps the machine busy. */
const PROVE_SECONDS = '50';

it.each(['README.md', 'examples/own-job/README.md'])('the first screen of %s is the real output', (file) => {
  const block = /```\n\$ npx cowcheck (.*)\n\n([\s\S]*?)```/.exec(readFileSync(join(root, file), 'utf8'))!;
  const out = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    const search = block[1]!.startsWith('check ') ? ['--out', out, '--prove-seconds', PROVE_SECONDS] : [];
    const printed = printedBy([...block[1]!.split(' '), ...search]);
    expect(printed).toContain(block[2]!.trimEnd());
  } finally {
    rmSync(out, { recursive: true });
  }
});

/** Standard output of a search that finds something, or of a trace that fails as it says. */
function printedBy(options: string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'dist/command/main.js'), ...options], { cwd: root, encoding: 'utf8' });
  expect(status).toBe(options[0] === 'check' ? 1 : 0);
  return stdout;
}

/** `.ci/run` runs most of them; some take a QEMU of yours. Here their options are looked at, and whether their files exist. */
it.each([...commandsIn('README.md'), ...commandsIn('docs/what-green-means.md'), ...commandsIn('docs/workload.md')])(
  'understands the options of: cowcheck %s',
  async (line) => {
    const [name, ...rest] = line.split(' ');
    const command = (await wholeProgram()).commands.find((one) => one.name() === name);
    expect(command, name).toBeDefined();
    const known = command!.options.flatMap(({ long }) => long ?? []);
    expect(rest.filter((word) => word.startsWith('--') && !known.includes(word))).toEqual([]);
    for (const word of rest.filter((one) => /^(traces|examples)\//.test(one) && !one.includes('*')))
      expect(existsSync(join(root, word)), word).toBe(true);
  },
);

/** Of what stands in a document, without `npx cowcheck`. */
function commandsIn(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^ {4}npx cowcheck (\w.*)$|`npx cowcheck (\w[^`]*)`/gm)].map(([, block, inline]) => (block ?? inline)!);
}
